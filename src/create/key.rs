//! Creates a key and compares what the server stored with what was asked for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use octopus::{
    Access, ActorType, ApiKey, Client, CreateKey, Credential, Error, ErrorKind, KeyRecord,
    OnInterrupt, RetryPolicy, Untrusted,
};

use crate::output::{Failure, key_name};
use crate::run::{Context, Owner, Purpose, Selector};

/// How far an expiry may be from what was asked for.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// The key to create, and where.
#[derive(Clone, Copy)]
pub struct KeyRequest<'a> {
    pub client: &'a Client,
    pub owner: &'a Owner,
    pub purpose: &'a Purpose,
    pub lifetime: Duration,
    pub access: Access,
    pub actor_type: ActorType,
    pub context: &'a Context<'a>,
}

/// Why there is no key.
#[derive(Debug)]
pub struct NotCreated {
    pub failure: Box<Failure>,
    pub lost: LostPost,
}

/// A POST whose response was lost, or could not be read: it may have created a key.
#[derive(Debug, Default)]
pub struct LostPost {
    /// When it was sent.
    pub since: Option<Timestamp>,
    /// Whether its response has the ID of the key and no other response was lost, so that the failure
    /// says what became of the key.
    pub is_key_named: bool,
}

impl KeyRequest<'_> {
    /// Creates the key. One that is not what was asked for is revoked at once.
    ///
    /// # Errors
    /// When there is no key to pass on.
    pub fn create(&self) -> Result<ApiKey, NotCreated> {
        let signals = self.context.signals;
        let mut lost = LostPost::default();
        let result = match signals.pending() {
            Some(signal) => Err(Failure::interrupted(signal)),
            None => self.attempt(&mut lost),
        };
        let result = result.and_then(|key| match signals.pending() {
            Some(signal) => Err(self.revoke(&key.record, Failure::interrupted(signal))),
            None => Ok(key),
        });
        result.map_err(|failure| NotCreated {
            failure: Box::new(failure),
            lost,
        })
    }

    /// Creates the key, a second time where the response shows that the expiry was computed by a wrong
    /// clock: by then the server's own is known.
    fn attempt(&self, lost: &mut LostPost) -> Result<ApiKey, Failure> {
        let was_clock_known = self.client.clock_ahead().is_some();
        let first = match self.post(lost) {
            Err(error) if is_clock_wrong(&error, was_clock_known, self.client) => self.post(lost),
            first => first,
        };
        let mut key = first.map_err(|error| self.not_created(&error, lost))?;
        if !self.has_lifetime(&key.record) && key.record.expires.is_some() {
            self.revoke_first(&key.record)?;
            key = self
                .post(lost)
                .map_err(|error| self.not_created(&error, lost))?;
        }
        match self.verify(&key) {
            Ok(()) => Ok(key),
            Err(failure) => Err(self.revoke(&key.record, failure)),
        }
    }

    fn post(&self, lost: &mut LostPost) -> Result<ApiKey, Error> {
        let result = self.client.create_key(
            &self.owner.id,
            &CreateKey {
                purpose: self.purpose.as_str(),
                lifetime: self.lifetime,
                access: self.access,
                actor_type: self.actor_type,
            },
        );
        let since = match &result {
            Ok(key) => key.possible_duplicate,
            Err(error) => error.indeterminate_since,
        };
        let id = result.as_ref().err().and_then(|error| error.id.as_ref());
        lost.is_key_named = id.is_some() && lost.since.is_none();
        lost.since = since.or(lost.since);
        result
    }

    /// Whether the key is valid for as long as was asked for. The response's own `Created` is the
    /// clock; where it is missing, the server's time as far as that is known.
    fn has_lifetime(&self, key: &KeyRecord) -> bool {
        let asked = SignedDuration::try_from(self.lifetime).unwrap_or(SignedDuration::MAX);
        let created = key.created.unwrap_or_else(|| self.client.now());
        let lifetime = key.expires.map(|expires| expires.duration_since(created));
        lifetime.is_some_and(|lifetime| (lifetime - asked).abs() <= TOLERANCE)
    }

    /// Compares what the server stored with what was asked for. Old servers ignore what they do not
    /// know.
    fn verify(&self, key: &ApiKey) -> Result<(), Failure> {
        let record = &key.record;
        if !Credential::can_be_sent(&key.secret) {
            return Err(Failure::new(
                "The server returned a key that is empty or contains an invalid character.",
                "Check for a proxy between this worker and the server that changes responses.",
            ));
        }
        if record.purpose.as_ref().map(Untrusted::raw) != Some(self.purpose.as_str()) {
            return Err(Failure::new(
                "The server stored a different purpose, so the delete step would not find the key.",
                "Shorten or simplify --run-by (RUNKEY_RUN_BY) or --purpose (RUNKEY_PURPOSE).",
            ));
        }
        let Some(expires) = record.expires else {
            return Err(Failure::new(
                "The server created a key that does not expire.",
                "Upgrade Octopus Server to 2020.6 or later, the first version with expiring keys.",
            ));
        };
        if !self.has_lifetime(record) {
            return Err(Failure::new(
                format!(
                    "The server created a key that expires at {expires:.0}, which is not what was asked for."
                ),
                "Check the server's clock, and its maximum lifetime of API keys.",
            ));
        }
        self.verify_actor_type(record)?;
        match self.access {
            Access::ReadOnly => self.verify_read_only(record),
            Access::Full => Ok(()),
        }
    }

    fn verify_actor_type(&self, record: &KeyRecord) -> Result<(), Failure> {
        let asked = match self.actor_type {
            ActorType::User => "User",
            ActorType::AiAgent => "AiAgent",
        };
        // Older servers know no actor types: every key is a user's.
        let stored = record.actor_type.as_ref().map_or("User", Untrusted::raw);
        if stored == asked {
            return Ok(());
        }
        let stored = Untrusted::from(stored);
        Err(Failure::new(
            format!("The server created a key of the actor type '{stored}' instead of '{asked}'."),
            "Set --actor-type (RUNKEY_ACTOR_TYPE) to what the account's keys can be.",
        ))
    }

    fn verify_read_only(&self, record: &KeyRecord) -> Result<(), Failure> {
        let stored = self
            .client
            .key(&self.owner.id, &record.id)
            .map_err(|error| {
                Failure::from_error("Cannot verify that the key is read-only", &error)
            })?;
        if stored.is_read_only() {
            return Ok(());
        }
        let level = stored.access_level.unwrap_or_else(|| "unknown".into());
        Err(Failure::new(
            format!(
                "The server created a key with the access level '{level}' instead of read-only."
            ),
            "This server does not support read-only keys: use --access full, with an owner that has few permissions.",
        ))
    }

    /// Revokes a key that cannot be passed on, and adds to the failure what became of it.
    pub fn revoke(&self, key: &KeyRecord, failure: Failure) -> Failure {
        match self.delete(key) {
            Ok(()) => failure.what_also("The key was revoked."),
            Err(error) => {
                let named = format!("API key {}", key_name(&key.id, key.expires));
                failure
                    .may_be_active(&named, &self.delete_command(key))
                    .what_also(&format!("Cannot revoke it: {error}."))
            }
        }
    }

    fn revoke_first(&self, key: &KeyRecord) -> Result<(), Failure> {
        self.delete(key).map_err(|error| {
            let what = format!("Cannot revoke API key {}", key_name(&key.id, key.expires));
            Failure::from_error_with_task(&what, &error).revoke_with(&self.delete_command(key))
        })
    }

    /// The command that revokes the key, by the purpose that the server stored.
    fn delete_command(&self, key: &KeyRecord) -> String {
        let stored = key.purpose.as_ref();
        let stored = stored.and_then(|purpose| Purpose::existing(purpose.raw()).ok());
        let purpose = stored.unwrap_or_else(|| self.purpose.clone());
        Selector::of_purpose(purpose).command(Some(&self.owner.id))
    }

    /// A signal that ended the creation must not end this, but one request is all that it gets.
    fn delete(&self, key: &KeyRecord) -> Result<(), Error> {
        let policy = RetryPolicy::lasting(self.client.timeout()).on_interrupt(OnInterrupt::Ignore);
        match self
            .client
            .with_policy(policy)
            .delete_key(&self.owner.id, &key.id)
        {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    fn not_created(&self, error: &Error, lost: &LostPost) -> Failure {
        let task = if self.owner.is_given {
            format!("Cannot create a key for account {}", self.owner.id)
        } else {
            "Cannot create the key".to_owned()
        };
        let failure = Failure::from_error(&task, error);
        let failure = match error.kind {
            ErrorKind::Forbidden | ErrorKind::NotFound if self.owner.is_given => {
                failure.help_also("Keys can be created for oneself and for service accounts only.")
            }
            ErrorKind::Rejected if self.is_agent_account() => failure.help_also(
                "This service account is of type Agent and has keys of AI agents only: use --actor-type ai-agent.",
            ),
            // Octopus takes no expiry past its own maximum, or past that of the credential.
            ErrorKind::Rejected => failure.help_also(
                "If the expiry was rejected, set a shorter --expires-in (RUNKEY_EXPIRES_IN).",
            ),
            _ => failure,
        };
        if let Some(id) = error.id.as_ref().filter(|_| lost.is_key_named) {
            let record = KeyRecord::of(id.clone());
            return self.revoke(&record, failure);
        }
        failure
    }

    fn is_agent_account(&self) -> bool {
        let user = self.owner.user.as_ref();
        user.is_some_and(octopus::User::is_agent)
    }
}

/// Whether the server may have rejected an expiry that was computed by this machine's wrong clock.
fn is_clock_wrong(error: &Error, was_known: bool, client: &Client) -> bool {
    let ahead = client.clock_ahead();
    error.kind == ErrorKind::Rejected
        && !was_known
        && ahead.is_some_and(|ahead| ahead.abs() > TOLERANCE)
}
