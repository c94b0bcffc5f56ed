//! The API keys of an account.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use ureq::http::Method;

use super::error::{Error, Result};
use super::exchange::Request;
use super::paging::{Item, TAKE};
use super::{Client, Id};
use crate::secret::Secret;
use crate::stranger::Stranger;

/// No account has so many keys of one kind; they are kept in memory.
const MOST_FOUND: usize = 50_000;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everything its owner may do.
    Full,
    /// Reading only.
    ReadOnly,
}

/// What acts with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorType {
    /// A person, or a script in a person's name.
    User,
    /// An AI agent.
    AiAgent,
}

/// The key to be made.
#[derive(Debug)]
pub struct NewKey<'a> {
    pub purpose: &'a str,
    pub expires: Timestamp,
    pub access: Access,
    pub actor_type: ActorType,
}

/// A key just made: the only time that its secret is seen.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MadeKey {
    pub id: Id,
    #[serde(rename = "ApiKey")]
    pub secret: Secret,
    #[serde(default)]
    pub purpose: Option<Stranger>,
    #[serde(default)]
    pub expires: Option<Timestamp>,
    #[serde(default, deserialize_with = "moment")]
    pub created: Option<Timestamp>,
    /// Whether an earlier attempt, whose answer was lost, may have made another.
    #[serde(skip)]
    pub may_have_twin: bool,
}

/// What the server keeps of a key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyRecord {
    pub id: Id,
    #[serde(default)]
    pub purpose: Option<Stranger>,
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// `FullAccess`, `ReadOnly` or `Custom`; absent from older servers.
    #[serde(default)]
    pub access_level: Option<Stranger>,
    #[serde(default, deserialize_with = "moment")]
    pub created: Option<Timestamp>,
    #[serde(default, rename = "LastUsedTimeStamp", deserialize_with = "moment")]
    pub last_used: Option<Timestamp>,
    /// The first characters of the key.
    #[serde(default, rename = "ApiKey", deserialize_with = "hint")]
    pub hint: Option<Stranger>,
}

impl KeyRecord {
    /// Whether the server keeps this key as one that can only read.
    pub fn is_read_only(&self) -> bool {
        let level = self.access_level.as_ref();
        level.is_some_and(|level| level.as_given() == "ReadOnly")
    }
}

impl Item for KeyRecord {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// Only the hint of `{HasValue, NewValue, Hint}` is wanted; anything else in its place is let go.
fn hint<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Stranger>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.get("Hint").and_then(Value::as_str).map(Into::into))
}

/// A time without which a key or a task is known all the same: one that cannot be read hides nothing.
pub(super) fn moment<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Timestamp>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

/// What became of a key that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone now.
    Deleted,
    /// It was gone already.
    AlreadyGone,
}

impl Client {
    /// Makes a key on the account `owner`. After a broken connection the server may have made one
    /// that nobody received; it carries the same purpose and is found by it.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn create_key(&self, owner: &Id, key: &NewKey<'_>) -> Result<MadeKey> {
        let mut body = json!({
            "Purpose": key.purpose,
            "Expires": key.expires.to_string(),
            "UserId": owner.as_str(),
        });
        // Only what differs from the server's default is sent: older servers know neither field.
        if key.access == Access::ReadOnly {
            body["AccessLevel"] = json!("ReadOnly");
        }
        if key.actor_type == ActorType::AiAgent {
            body["ActorType"] = json!("AiAgent");
        }
        let path = keys_path(owner);
        let (made, may_have_twin) = self.send_telling(&Request {
            body: Some(body),
            ..Request::new(Method::POST, &path)
        })?;
        Ok(MadeKey {
            may_have_twin,
            ..made
        })
    }

    /// What the server keeps of one key.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn key(&self, owner: &Id, key: &Id) -> Result<KeyRecord> {
        self.send(&Request::new(Method::GET, &key_path(owner, key)))
    }

    /// Adds to `found` every key of the account that is `wanted`, over all pages.
    ///
    /// `part` of a purpose narrows the list on servers that know how; others ignore it, so `wanted`
    /// must judge each key by itself.
    ///
    /// # Errors
    /// As every call: see [`super::Error`]. What was found before the failure is in `found`.
    pub fn find_keys(
        &self,
        owner: &Id,
        part: Option<&str>,
        wanted: impl Fn(&KeyRecord) -> bool,
        found: &mut Vec<KeyRecord>,
    ) -> Result<()> {
        let narrowed = part.map(|part| ("partialPurpose", part));
        let mut seen: HashSet<Id> = found.iter().map(|key| key.id.clone()).collect();
        self.walk(&keys_path(owner), narrowed.as_slice(), |key: KeyRecord| {
            if wanted(&key) && seen.insert(key.id.clone()) {
                found.push(key);
            }
            if found.len() < MOST_FOUND {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        if found.len() < MOST_FOUND {
            Ok(())
        } else {
            Err(Error::Endless { items: found.len() })
        }
    }

    /// The newest keys of the account, in one request. `part` narrows them as in [`Client::find_keys`].
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn newest_keys(&self, owner: &Id, part: &str) -> Result<Vec<KeyRecord>> {
        self.page(&keys_path(owner), &[("partialPurpose", part)], TAKE)
    }

    /// Deletes a key. That it is gone already counts only when Octopus itself says so: a proxy's
    /// "not found" says nothing about the key.
    ///
    /// # Errors
    /// As every call: see [`super::Error`].
    pub fn delete_key(&self, owner: &Id, key: &Id) -> Result<Deletion> {
        match self.send::<Value>(&Request::new(Method::DELETE, &key_path(owner, key))) {
            Ok(_) => Ok(Deletion::Deleted),
            Err(error) if error.is_unknown() => Ok(Deletion::AlreadyGone),
            Err(error) => Err(error),
        }
    }
}

fn keys_path(owner: &Id) -> String {
    format!("/api/users/{owner}/apikeys")
}

fn key_path(owner: &Id, key: &Id) -> String {
    format!("/api/users/{owner}/apikeys/{key}")
}
