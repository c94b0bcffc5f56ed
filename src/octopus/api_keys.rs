//! The API keys of an account.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::error::{Error, ErrorKind, Result};
use crate::lenient::{moment, text};
use crate::paging::Unreadable;
use crate::wire::Request;
use crate::{Client, Id, Secret, Untrusted};

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everything its owner may do.
    Full,
    /// Reading only.
    ReadOnly,
}

/// Who uses a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorType {
    /// A person or a script.
    User,
    /// An AI agent.
    AiAgent,
}

/// The key to create.
#[derive(Debug, Clone)]
pub struct CreateKey<'a> {
    /// What names it in the audit trail.
    pub purpose: &'a str,
    /// How long it is valid.
    pub lifetime: Duration,
    /// What it may do.
    pub access: Access,
    /// Who uses it.
    pub actor_type: ActorType,
}

/// A key that was created: its record, and the only time that its secret is shown.
#[derive(Debug)]
pub struct ApiKey {
    /// What the server keeps of it.
    pub record: KeyRecord,
    /// The key itself.
    pub secret: Secret,
    /// When an earlier attempt was sent whose response was lost: it may have created another key of
    /// the same purpose.
    pub possible_duplicate: Option<Timestamp>,
}

/// What the server keeps of a key. What cannot be read is absent, and hides no other.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyRecord {
    /// Such as `apikeys-4f…`.
    pub id: Id,
    /// What names it in the audit trail. It tells whose key this is: anything but a text makes the
    /// record unreadable.
    #[serde(default)]
    pub purpose: Option<Untrusted>,
    /// When it was created, by the server's clock.
    #[serde(default, deserialize_with = "moment")]
    pub created: Option<Timestamp>,
    /// Until when it is valid.
    #[serde(default, deserialize_with = "moment")]
    pub expires: Option<Timestamp>,
    /// `FullAccess`, `ReadOnly` or `Custom`; absent from older servers.
    #[serde(default, deserialize_with = "text")]
    pub access_level: Option<Untrusted>,
    /// `User` or `AiAgent`; absent from older servers.
    #[serde(default, deserialize_with = "text")]
    pub actor_type: Option<Untrusted>,
    /// When it was last used.
    #[serde(default, rename = "LastUsedTimeStamp", deserialize_with = "moment")]
    pub last_used: Option<Timestamp>,
    /// The first characters of the key.
    #[serde(default, rename = "ApiKey", deserialize_with = "hint")]
    pub hint: Option<Untrusted>,
}

impl KeyRecord {
    /// Returns the record of a key of which only the ID is known.
    #[must_use]
    pub fn of(id: Id) -> Self {
        Self {
            id,
            purpose: None,
            created: None,
            expires: None,
            access_level: None,
            actor_type: None,
            last_used: None,
            hint: None,
        }
    }

    /// Whether the server keeps this key as one that can only read.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        let level = self.access_level.as_ref();
        level.is_some_and(|level| level.raw() == "ReadOnly")
    }
}

/// The keys of a list, and what in it could not be read.
#[derive(Debug, Default)]
pub struct KeyList {
    /// The keys that were wanted.
    pub keys: Vec<KeyRecord>,
    /// The items that could not be read.
    pub unreadable: Vec<Unreadable>,
}

impl Client {
    /// Creates a key on the account `owner`. Its expiry is computed for each attempt, by the server's
    /// clock as far as that is known.
    ///
    /// # Errors
    /// When there is no key; [`Error::indeterminate_since`] tells whether there may be one.
    pub fn create_key(&self, owner: &Id, key: &CreateKey<'_>) -> Result<ApiKey> {
        let lifetime = SignedDuration::try_from(key.lifetime).unwrap_or(SignedDuration::MAX);
        // Whole seconds: how many digits of a fraction the server reads is not documented.
        let expires = || {
            let now = Timestamp::from_second(self.now().as_second()).ok()?;
            now.checked_add(lifetime).ok()
        };
        if expires().is_none() {
            return Err(Error::new(ErrorKind::Rejected, "the lifetime is too long"));
        }
        let response = self.send(&|| {
            let mut body = json!({
                "Purpose": key.purpose,
                "Expires": expires().unwrap_or(Timestamp::MAX).to_string(),
                "UserId": owner.as_str(),
            });
            // Only what differs from the server's default is sent: older servers know neither field.
            if key.access == Access::ReadOnly {
                body["AccessLevel"] = json!("ReadOnly");
            }
            if key.actor_type == ActorType::AiAgent {
                body["ActorType"] = json!("AiAgent");
            }
            Request {
                is_undone_when_late: true,
                ..Request::new(Method::POST, keys_path(owner)).json(&body)
            }
        })?;
        let created: Created = response.json().map_err(|error| Error {
            indeterminate_since: Some(self.now()),
            // With an earlier response lost, it would name one of two keys.
            id: error.id.filter(|_| response.lost.is_none()),
            ..error
        })?;
        if let Some(time) = created.record.created {
            self.set_clock(time);
        }
        Ok(ApiKey {
            record: created.record,
            secret: created.secret,
            possible_duplicate: response.lost,
        })
    }

    /// The keys of the account that `is_wanted`, over all pages. `part` of a purpose narrows the list
    /// on servers that know how; others ignore it.
    ///
    /// # Errors
    /// When the list cannot be read to its end.
    pub fn list_keys(
        &self,
        owner: &Id,
        part: Option<&str>,
        is_wanted: &dyn Fn(&KeyRecord) -> bool,
    ) -> Result<KeyList> {
        let mut list = Request::get(keys_path(owner));
        if let Some(part) = part {
            list = list.query("partialPurpose", part);
        }
        let mut keys: Vec<KeyRecord> = Vec::new();
        let unreadable = self.walk(&list, &mut |key: KeyRecord| {
            if is_wanted(&key) && keys.iter().all(|known| known.id != key.id) {
                keys.push(key);
            }
            ControlFlow::Continue(())
        })?;
        Ok(KeyList { keys, unreadable })
    }

    /// What the server keeps of one key.
    ///
    /// # Errors
    /// When there is no usable response.
    pub fn key(&self, owner: &Id, key: &Id) -> Result<KeyRecord> {
        self.fetch(&Request::get(key_path(owner, key)))
    }

    /// Asks the server to delete a key. A gateway that blocks DELETE is asked in the form that Octopus's
    /// .NET client uses for it. Whether the key is gone, the list of keys tells.
    ///
    /// # Errors
    /// When there is no success.
    pub fn delete_key(&self, owner: &Id, key: &Id) -> Result<()> {
        let error = match self.send(&|| Request::new(Method::DELETE, key_path(owner, key))) {
            Ok(_) => return Ok(()),
            Err(error) if is_blocked(&error) => error,
            Err(error) => return Err(error),
        };
        self.observer().blocked(&error);
        // So that client sends every PUT and DELETE (OctopusDeploy/OctopusClients, `OctopusAsyncClient`).
        let request = || {
            let request = Request::new(Method::POST, key_path(owner, key));
            request.header("X-HTTP-Method-Override", "DELETE")
        };
        self.send(&request).map(drop)
    }
}

/// Whether something between does not let DELETE through.
fn is_blocked(error: &Error) -> bool {
    match error.status {
        Some(405 | 501) => true,
        Some(403) => error.kind == ErrorKind::Gateway,
        _ => false,
    }
}

/// The response to the POST: the record, with the key itself where records have the hint.
struct Created {
    record: KeyRecord,
    secret: Secret,
}

impl<'de> Deserialize<'de> for Created {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            id: Id,
            api_key: Secret,
            #[serde(default, deserialize_with = "text")]
            purpose: Option<Untrusted>,
            #[serde(default, deserialize_with = "moment")]
            created: Option<Timestamp>,
            #[serde(default, deserialize_with = "moment")]
            expires: Option<Timestamp>,
            #[serde(default, deserialize_with = "text")]
            actor_type: Option<Untrusted>,
        }
        let raw = Raw::deserialize(deserializer)?;
        Ok(Self {
            secret: raw.api_key,
            record: KeyRecord {
                purpose: raw.purpose,
                created: raw.created,
                expires: raw.expires,
                actor_type: raw.actor_type,
                ..KeyRecord::of(raw.id)
            },
        })
    }
}

/// Only the hint of `{HasValue, NewValue, Hint}` is wanted.
fn hint<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Untrusted>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value.get("Hint").and_then(Value::as_str).map(Into::into))
}

fn keys_path(owner: &Id) -> String {
    format!("/api/users/{owner}/apikeys")
}

fn key_path(owner: &Id, key: &Id) -> String {
    format!("/api/users/{owner}/apikeys/{key}")
}
