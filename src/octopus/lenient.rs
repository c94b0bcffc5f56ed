//! Reads members of JSON that may be missing or something else than expected: what cannot be read is
//! absent, and hides nothing else.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{Id, Untrusted};

/// Reads a text.
pub(crate) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Untrusted>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value.as_str().map(Into::into))
}

/// Reads the texts of a list.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Untrusted>, D::Error> {
    let value = Value::deserialize(from)?;
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(items
        .iter()
        .filter_map(Value::as_str)
        .map(Into::into)
        .collect())
}

/// Reads an ID.
pub(crate) fn id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Id>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value.as_str().and_then(Id::new))
}

/// Reads a time. One without a zone is invalid.
pub(crate) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}
