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

/// A key's place among all keys ever made.
type Place = usize;

struct Stored {
    key: Key,
    secret: String,
    /// For the filter, which ignores case: a list of 100,000 keys is filtered for each page.
    lowercase_purpose: String,
}

/// All keys ever made. Revoked ones keep their place, so that a test can look for their secrets.
#[derive(Default)]
pub(crate) struct Keys {
    all: Vec<Stored>,
    /// Only keys that are not revoked.
    by_secret: HashMap<String, Place>,
    /// For each owner the keys that are not revoked, oldest first.
    by_owner: HashMap<String, Vec<Place>>,
}

impl Keys {
    /// Makes up a secret and an id for this key, and keeps it.
    pub(crate) fn add(&mut self, mut key: Key) -> AddedKey {
        let place = self.all.len();
        let secret = new_secret();
        key.id = format!("apikeys-{}", place + 1);
        self.by_secret.insert(secret.clone(), place);
        self.by_owner
            .entry(key.owner.clone())
            .or_default()
            .push(place);
        let added = AddedKey {
            id: key.id.clone(),
            secret: secret.clone(),
        };
        self.all.push(Stored {
            lowercase_purpose: key.purpose.to_lowercase(),
            key,
            secret,
        });
        added
    }

    /// The key with this secret; it now was last used at this moment.
    pub(crate) fn used(&mut self, secret: &str, now: Timestamp) -> Option<&Key> {
        let key = &mut self.all[*self.by_secret.get(secret)?].key;
        if key.is_expired(now) {
            return None;
        }
        key.last_used = Some(now);
        Some(key)
    }

    /// An owner's key by its id.
    pub(crate) fn get(&self, owner: &str, id: &str) -> Option<&Key> {
        let place = place(id)?;
        let places = self.by_owner.get(owner)?;
        places.binary_search(&place).ok()?;
        Some(&self.all[place].key)
    }

    /// The places of an owner's keys, oldest first.
    pub(crate) fn of(&self, owner: &str) -> &[Place] {
        self.by_owner.get(owner).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn at(&self, place: Place) -> &Key {
        &self.all[place].key
    }

    /// Whether that key's purpose contains this text, given in lower case.
    pub(crate) fn is_for(&self, place: Place, lowercase_text: &str) -> bool {
        self.all[place].lowercase_purpose.contains(lowercase_text)
    }

    /// Whether a key is neither revoked nor expired.
    pub(crate) fn is_active(&self, id: &str, now: Timestamp) -> bool {
        let stored = place(id).and_then(|place| self.all.get(place));
        stored.is_some_and(|stored| {
            self.by_secret.contains_key(&stored.secret) && !stored.key.is_expired(now)
        })
    }

    /// The first 8 characters of a key's secret.
    pub(crate) fn hint(&self, id: &str) -> &str {
        place(id).map_or("", |place| &self.all[place].secret[..8])
    }

    /// Takes a key away and gives what it was.
    pub(crate) fn revoke(&mut self, id: &str) -> Option<&Key> {
        let place = place(id)?;
        let stored = self.all.get(place)?;
        self.by_secret.remove(&stored.secret)?;
        let places = self.by_owner.get_mut(&stored.key.owner)?;
        places.retain(|kept| *kept != place);
        Some(&stored.key)
    }

    pub(crate) fn every_secret(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|stored| stored.secret.as_str())
    }
}

fn place(id: &str) -> Option<Place> {
    let number: usize = id
        .get(8..)
        .filter(|_| id.to_lowercase().starts_with("apikeys-"))?
        .parse()
        .ok()?;
    number.checked_sub(1)
}

/// Letters and digits as in a key.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

fn new_secret() -> String {
    let letter = || char::from(LETTERS[fastrand::usize(..LETTERS.len())]);
    let random: String = repeat_with(letter).take(32).collect();
    format!("API-{random}")
}
