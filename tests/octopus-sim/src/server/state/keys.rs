//! The API keys that the server holds.

use std::collections::HashMap;
use std::iter::repeat_with;

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
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl From<&Stored> for AddedKey {
    fn from(stored: &Stored) -> Self {
        Self {
            id: stored.key.id.clone(),
            secret: stored.secret.clone(),
        }
    }
}

/// A key with what only the server knows of it.
pub(crate) struct Stored {
    pub(crate) key: Key,
    secret: String,
    /// For the filter, which ignores case: a list of 100,000 keys is filtered for each page.
    pub(crate) lowercase_purpose: String,
    is_revoked: bool,
}

impl Stored {
    /// The first 8 characters of the secret.
    pub(crate) fn hint(&self) -> &str {
        &self.secret[..8]
    }
}

/// All keys ever made, oldest first. Revoked ones keep their place, so that a test can look for their
/// secrets.
#[derive(Default)]
pub(crate) struct Keys {
    all: Vec<Stored>,
    by_secret: HashMap<String, usize>,
}

impl Keys {
    /// Makes up a secret and an id for this key, and keeps it.
    pub(crate) fn add(&mut self, mut key: Key) -> &Stored {
        let place = self.all.len();
        let secret = new_secret();
        self.by_secret.insert(secret.clone(), place);
        key.id = format!("apikeys-{}", place + 1);
        self.all.push(Stored {
            lowercase_purpose: key.purpose.to_lowercase(),
            key,
            secret,
            is_revoked: false,
        });
        &self.all[place]
    }

    /// The key with this secret; it now was last used at this moment.
    pub(crate) fn used(&mut self, secret: &str, now: Timestamp) -> Option<&Stored> {
        let stored = &mut self.all[*self.by_secret.get(secret)?];
        if stored.is_revoked || stored.key.is_expired(now) {
            return None;
        }
        stored.key.last_used = Some(now);
        Some(stored)
    }

    /// A key that is not revoked.
    pub(crate) fn get(&self, id: &str) -> Option<&Stored> {
        let number = id.to_lowercase().strip_prefix("apikeys-")?.parse().ok();
        let stored = self
            .all
            .get(number.and_then(|number: usize| number.checked_sub(1))?)?;
        (!stored.is_revoked).then_some(stored)
    }

    /// An owner's keys that are not revoked, oldest first.
    pub(crate) fn of(&self, owner: &str) -> impl DoubleEndedIterator<Item = &Stored> {
        let kept = self.all.iter().filter(|stored| !stored.is_revoked);
        kept.filter(move |stored| stored.key.owner == owner)
    }

    /// Revokes a key; false where there is none.
    pub(crate) fn revoke(&mut self, id: &str) -> bool {
        let known = self.all.iter_mut().find(|stored| stored.key.id == id);
        known.is_some_and(|stored| !std::mem::replace(&mut stored.is_revoked, true))
    }

    pub(crate) fn every_secret(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|stored| stored.secret.as_str())
    }
}

/// Letters and digits as in a key.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

fn new_secret() -> String {
    let letter = || char::from(LETTERS[fastrand::usize(..LETTERS.len())]);
    let random: String = repeat_with(letter).take(32).collect();
    format!("API-{random}")
}
