//! The members of the JSON object, read with patience for what Octopus leaves in it.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde_json::Value;

/// No name needs more; the rest of a longer value is cut off, in characters.
const MAX_VALUE: usize = 4_000;

/// Why a text is not a step context. Its content is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepContextError {
    line: usize,
    column: usize,
}

impl fmt::Display for StepContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column } = self;
        write!(
            f,
            "RUNKEY_STEP_CONTEXT is not a JSON object (line {line}, column {column})."
        )
    }
}

impl std::error::Error for StepContextError {}

/// What a script asked Octopus for, and the answers: `None` where Octopus knew none.
#[derive(Debug)]
pub struct Members(BTreeMap<String, Option<String>>);

impl Members {
    /// Reads a JSON object. A member that is a list or an object is ignored.
    pub fn parse(text: &str) -> Result<Self, StepContextError> {
        let members: BTreeMap<String, Value> = serde_json::from_str(&escape_controls(text))
            .map_err(|error| StepContextError {
                line: error.line(),
                column: error.column(),
            })?;
        let members = members.into_iter().filter_map(|(name, value)| {
            let value = match value {
                Value::String(text) => answer(&text),
                Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
                Value::Null => None,
                Value::Array(_) | Value::Object(_) => return None,
            };
            Some((name, value))
        });
        Ok(Self(members.collect()))
    }

    /// Returns the value of a member that is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }

    /// Tells whether the script asked for this, whatever the answer.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns whether a switch is on. One that is not set is off.
    pub fn switch(&self, name: &str) -> Result<bool, ()> {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            Some("true" | "1" | "yes" | "on") => Ok(true),
            None | Some("false" | "0" | "no" | "off") => Ok(false),
            Some(_) => Err(()),
        }
    }
}

/// Escapes what `JsonEscape` leaves raw. Line ends and tabs are the script's own, between the members.
fn escape_controls(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t') {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Returns the value without surrounding blanks, unless it is empty or the expression itself, which
/// Octopus leaves as it stands where it does not know the variable.
fn answer(value: &str) -> Option<String> {
    let value = value.trim();
    let is_expression = value.starts_with("#{") && value.ends_with("| JsonEscape}");
    if value.is_empty() || is_expression {
        return None;
    }
    Some(value.chars().take(MAX_VALUE).collect())
}

#[cfg(test)]
mod tests {
    use crate::environment::StepContext;

    /// What is left of an expression inside a value is refused where the value is used.
    #[test]
    fn keeps_an_unresolved_expression_inside_a_value() {
        for value in ["Eve #{No.Such}", "#{No.Such}", "#{A | JsonEscape} b"] {
            let context = StepContext::of(&[&format!(r#""Owner": "{value}""#)]);
            assert_eq!(context.get("RUNKEY_OWNER"), Some(value));
        }
    }

    #[test]
    fn tolerates_raw_control_characters_and_cuts_long_values() {
        let raw = "a\u{1}b\u{b}c\u{1f}d\u{7f}e\u{85}\u{2028}f";
        let context = StepContext::of(&[
            &format!(r#""Owner": "{raw}""#),
            &format!(r#""Access": "{}""#, "é".repeat(4_001)),
        ]);
        assert_eq!(context.get("RUNKEY_OWNER"), Some(raw));
        let access = context.get("RUNKEY_ACCESS").expect("it is set");
        assert_eq!(access, "é".repeat(4_000));
    }

    #[test]
    fn refuses_what_is_not_an_object_without_quoting_it() {
        for text in [
            "",
            "[1]",
            "API-SECRET",
            "\"API-SECRET\"",
            "{\n\"a\": \"API-SECRET\n\"}",
        ] {
            let error = StepContext::parse(text).expect_err("it is refused");
            let error = error.to_string();
            assert!(error.contains("not a JSON object"), "{error}");
            assert!(!error.contains("SECRET"), "{error}");
        }
    }
}
