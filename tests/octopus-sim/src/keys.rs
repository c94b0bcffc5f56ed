//! The API keys that the server holds.

use jiff::Timestamp;

/// A key that a test put into the server.
#[derive(Clone, Debug)]
pub struct AddedKey {
    /// Such as `apikeys-7`.
    pub id: String,
    /// The key itself: `API-` and 32 capital letters and digits.
    pub secret: String,
}

/// A key as the server holds it, expired or not; a revoked key is gone.
#[derive(Clone, Debug)]
pub struct Key {
    /// Such as `apikeys-7`.
    pub id: String,
    /// The account it belongs to.
    pub owner: String,
    /// What it was made for.
    pub purpose: String,
    /// When it was made, by the server's clock.
    pub created: Timestamp,
    /// When it stops working; `None` only for a key of a server that knew no expiry.
    pub expires: Option<Timestamp>,
    /// `FullAccess` or `ReadOnly`.
    pub access_level: String,
    /// `User` or `AiAgent`.
    pub actor_type: String,
    /// When it was last used, by the server's clock.
    pub last_used: Option<Timestamp>,
}

impl Key {
    /// Whether it no longer works at this moment of the server's clock.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}
