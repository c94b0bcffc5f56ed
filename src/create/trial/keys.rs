//! The keys that the trial makes, and that none of them outlives it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::key::Purpose;
use crate::key::purpose::RunId;
use crate::octopus::{
    Access, ActorType, Client, Credential, Deletion, Error, Id, KeyRecord, MadeKey, NewKey, Result,
};
use crate::output::Failure;
use crate::stranger::Stranger;

/// Who made the keys, as the audit trail will quote it.
const BY: &str = "runkey trial";

/// How long to keep trying to revoke what is left, whatever time the checks took.
const AT_LEAST: Duration = Duration::from_secs(10);
const AT_MOST: Duration = Duration::from_secs(20);

/// How often to revoke what is left.
const ROUNDS: usize = 2;

/// A key of the trial's.
pub struct TrialKey {
    pub made: MadeKey,
    pub purpose: Purpose,
    /// When it was asked to expire.
    pub asked: Timestamp,
}

/// Makes keys and knows which of them may be alive.
pub struct Keys<'a> {
    pub client: &'a Client,
    pub owner: &'a Id,
    pub expires_in: Duration,
    /// What tells this trial's keys from all others.
    run: String,
    /// When the trial began, by the server's clock.
    pub since: Timestamp,
    /// The key with full access, while it is there.
    pub first: Option<TrialKey>,
    alive: Vec<Id>,
    /// Whether one may have been made that nobody received.
    may_be_more: bool,
    asked: usize,
}

impl<'a> Keys<'a> {
    /// # Errors
    /// When the keys' life is beyond every calendar.
    pub fn new(
        client: &'a Client,
        owner: &'a Id,
        expires_in: Duration,
    ) -> std::result::Result<Self, Failure> {
        let letters = std::iter::repeat_with(fastrand::alphanumeric);
        let keys = Self {
            client,
            owner,
            expires_in,
            run: format!("Trial-{}", letters.take(8).collect::<String>()),
            since: client.now(),
            first: None,
            alive: Vec::new(),
            may_be_more: false,
            asked: 0,
        };
        match keys.expiry() {
            Some(_) => Ok(keys),
            None => Err(Failure::usage(
                "The life of the key (--expires-in, RUNKEY_EXPIRES_IN) is beyond every calendar.",
                "Give a time such as 10m.",
            )),
        }
    }

    fn expiry(&self) -> Option<Timestamp> {
        let life = SignedDuration::try_from(self.expires_in).ok()?;
        let now = Timestamp::from_second(self.client.now().as_second()).ok()?;
        now.checked_add(life).ok()
    }

    /// Makes a key under a purpose of its own, in the form of a run's, so that a sweep for expired
    /// keys knows it.
    pub fn make(&mut self, access: Access) -> Result<TrialKey> {
        self.asked += 1;
        // Both are ours, and plain.
        let purpose = RunId::new(&format!("{}-{}", self.run, self.asked), &[])
            .and_then(|id| Purpose::of_run(BY, &id, &[]))
            .expect("a purpose of letters and digits");
        let asked = self.expiry().unwrap_or(Timestamp::MAX);
        let new = NewKey {
            purpose: purpose.as_str(),
            expires: asked,
            access,
            actor_type: ActorType::User,
        };
        match self.client.create_key(self.owner, &new) {
            Ok(made) => {
                self.alive.push(made.id.clone());
                self.may_be_more |= made.may_have_twin;
                Ok(TrialKey {
                    made,
                    purpose,
                    asked,
                })
            }
            Err(error) => {
                if let Error::Unreadable { id: Some(id), .. } = &error {
                    self.alive.push(id.clone());
                }
                self.may_be_more |= error.may_have_been_done() || error.follows_lost_answer();
                Err(error)
            }
        }
    }

    /// How many keys of the trial are there.
    pub fn alive(&self) -> usize {
        self.alive.len()
    }

    /// Revokes a key of the trial's with the credential.
    pub fn revoke(&mut self, client: &Client, id: &Id) -> Result<()> {
        client.delete_key(self.owner, id)?;
        self.alive.retain(|alive| alive != id);
        Ok(())
    }

    /// Has a key revoke itself, and tells whether it did. It is asked once: a second time the key
    /// might be a revoked one.
    pub fn revoke_itself(&mut self, key: &TrialKey) -> Result<bool> {
        let client = self.as_key(key).asking_once();
        let deletion = client.delete_key(self.owner, &key.made.id)?;
        // A key that is gone could not have asked.
        let is_done = deletion == Deletion::Deleted;
        if is_done {
            self.alive.retain(|alive| *alive != key.made.id);
        }
        Ok(is_done)
    }

    /// A client that authenticates with this key.
    pub fn as_key(&self, key: &TrialKey) -> Client {
        let secret = key.made.secret.clone();
        self.client.with_credential(Credential::ApiKey(secret))
    }

    /// Revokes whatever may be alive, and gives what could not be.
    pub fn revoke_all(&mut self) -> Vec<Id> {
        let client = self.client.hurried(AT_LEAST, AT_MOST);
        if self.may_be_more {
            let mut found = Vec::new();
            let is_ours = |key: &KeyRecord| {
                let purpose = key.purpose.as_ref().map(Stranger::as_given);
                purpose.is_some_and(|purpose| purpose.contains(&self.run))
            };
            // What was found before a failure is revoked all the same.
            let _ = client.find_keys(self.owner, Some(&self.run), is_ours, &mut found);
            for key in found {
                if !self.alive.contains(&key.id) {
                    self.alive.push(key.id);
                }
            }
        }
        // A refusal may be a passing one, too.
        for _ in 0..ROUNDS {
            for id in self.alive.clone() {
                // What cannot be revoked stays in the list.
                let _ = self.revoke(&client, &id);
            }
        }
        std::mem::take(&mut self.alive)
    }
}
