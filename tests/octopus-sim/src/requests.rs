//! The requests that the server had.

/// One request, as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// As sent, with the virtual directory, without the query.
    pub path: String,
    /// As sent, without the `?`; empty when there was none.
    pub query: String,
    /// Names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body, as text.
    pub body: String,
    /// The answer's status; `None` when there was none.
    pub status: Option<u16>,
    /// Which connection it came by, counted from 1.
    pub connection: usize,
    /// The account behind the credential; `None` when it was not accepted or not looked at.
    pub user: Option<String>,
}

impl Request {
    /// The value of this header; the name is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
