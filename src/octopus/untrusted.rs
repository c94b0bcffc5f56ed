//! Text that somebody else chose: a server, a proxy, a name, a variable, a file.

/// Untrusted text. `Display` and `Debug` show it in one harmless line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Untrusted(String);

impl Untrusted {
    /// The text as it was given: to be compared, looked up or sent, never to be printed.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }
}
