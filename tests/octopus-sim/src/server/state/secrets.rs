//! Secrets inside documents: they are kept, and never shown.

use serde_json::{Value, json};

/// A copy without the values of sensitive variables and properties.
pub(crate) fn hidden(stored: &Value) -> Value {
    match stored {
        Value::Array(items) => items.iter().map(hidden).collect(),
        Value::Object(fields) => {
            let is_secret = |name: &str| match name {
                "Value" => fields.get("IsSensitive") == Some(&json!(true)),
                "NewValue" => fields.contains_key("HasValue"),
                _ => false,
            };
            let shown = fields.iter().map(|(name, value)| {
                let value = if is_secret(name) {
                    Value::Null
                } else {
                    hidden(value)
                };
                (name.clone(), value)
            });
            Value::Object(shown.collect())
        }
        plain => plain.clone(),
    }
}

/// Fills in the secrets that `new` leaves out by `null`, from what was stored. Elements of lists
/// are the same if their IDs are; one that is sent without its ID loses its secret.
pub(crate) fn keep(old: &Value, new: &mut Value) {
    match new {
        Value::Array(items) => {
            for item in items.iter_mut().filter(|item| item["Id"].is_string()) {
                let known = old.as_array().into_iter().flatten();
                if let Some(known) = known.into_iter().find(|known| known["Id"] == item["Id"]) {
                    keep(known, item);
                }
            }
        }
        Value::Object(fields) => {
            let is_left_out = |name: &str| fields.get(name).is_none_or(Value::is_null);
            let secret = if fields.get("IsSensitive") == Some(&json!(true)) && is_left_out("Value")
            {
                Some("Value")
            } else if fields.get("HasValue") == Some(&json!(true)) && is_left_out("NewValue") {
                Some("NewValue")
            } else {
                None
            };
            if let Some(name) = secret {
                fields.insert(name.to_owned(), old[name].clone());
            }
            for (name, value) in fields.iter_mut() {
                keep(&old[name.as_str()], value);
            }
        }
        _ => {}
    }
}
