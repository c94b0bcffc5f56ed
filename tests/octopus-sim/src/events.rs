//! The audit trail.

use jiff::Timestamp;

/// One entry of the audit trail.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// Such as `Events-12`; given by the server when empty.
    pub id: String,
    /// `Created`, `Modified` or `Deleted`.
    pub category: String,
    /// The account that did it.
    pub user_id: String,
    /// That account's user name.
    pub username: String,
    /// Whether that is a service account.
    pub is_service: bool,
    /// How the server knew the account; names the key's purpose.
    pub identity_established_with: String,
    /// The `User-Agent` header as sent.
    pub user_agent: String,
    /// When; the server's present time when left at the default.
    pub occurred: Timestamp,
    /// What was done, in words.
    pub message: String,
    /// What it was done to.
    pub related_document_ids: Vec<String>,
    /// The space; `None` for the system's own events.
    pub space_id: Option<String>,
    /// Where the request came from.
    pub ip_address: String,
    /// The key it was done with.
    pub api_key_id: Option<String>,
    /// The first 8 characters of that key.
    pub api_key_hint: Option<String>,
}
