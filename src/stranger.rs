//! The one type for text that somebody else chose: a server, a proxy, a name, a variable, a file.
//!
//! How it is shown is in `output/sanitize.rs`, and there is no other way to show it.

use std::path::Path;

use serde::Deserialize;

/// Text of a stranger. `Display` and `Debug` show it in one harmless line.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Stranger(String);

impl Stranger {
    /// The text as it was given: to be compared, looked up or sent, never to be printed.
    pub fn as_given(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Stranger {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

/// A path as a person should see it.
pub fn path(path: &Path) -> Stranger {
    path.to_string_lossy().into_owned().into()
}
