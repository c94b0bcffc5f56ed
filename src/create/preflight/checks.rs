//! The checks, one function each.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use octopus::{Access, ActorType, ApiKey, Client, Credential, ErrorKind, Id, Untrusted};

use super::findings::Findings;
use crate::create::key::{KeyRequest, LostPost, NotCreated};
use crate::output::Failure;
use crate::run::{Context, Owner, Purpose, RunId, Selector, owner};

/// The name in the purposes of the check's keys.
const NAME: &str = "runkey preflight check";
/// How long the keys of the check are valid, if they are not revoked.
const LIFETIME: Duration = Duration::from_mins(10);
/// A lifetime that outlives an access token, which is valid for one hour (Octopus's documentation,
/// "OpenID Connect").
const LONG_LIFETIME: Duration = Duration::from_hours(2);
/// A clock that is this far off is worth a word.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Whether the server answers as an Octopus Server does.
pub fn server(client: &Client, findings: &Findings<'_>) -> Option<()> {
    const LABEL: &str = "Server";
    match client.root() {
        Ok(root) => {
            let version = root
                .version
                .unwrap_or_else(|| "of an unknown version".into());
            let detail = format!(
                "'{}' {version} at {}",
                root.application,
                client.address().as_str()
            );
            findings.passed(LABEL, &detail);
            Some(())
        }
        Err(error) => {
            findings.failed_with(LABEL, &error);
            None
        }
    }
}

/// Whether the credential is accepted, and who owns the keys. Gives the credential's account and the
/// owner.
pub fn account(
    client: &Client,
    given: Option<&Untrusted>,
    findings: &Findings<'_>,
) -> Option<(Id, Owner)> {
    const LABEL: &str = "Credential";
    let me = match client.me() {
        Ok(me) => me,
        Err(error) => {
            findings.failed_with(LABEL, &error);
            return None;
        }
    };
    let how = match client.credential() {
        Credential::ApiKey(_) => "API key",
        Credential::AccessToken(_) => "access token",
        Credential::IdToken { .. } => "ID token, exchanged for an access token,",
    };
    let kind = if me.is_service == Some(true) {
        "service account"
    } else {
        "account"
    };
    findings.passed(
        LABEL,
        &format!("{how} of the {kind} '{}' ({})", me.username, me.id),
    );
    if let Some(ahead) = client
        .clock_ahead()
        .filter(|ahead| ahead.abs() > CLOCK_TOLERANCE)
    {
        let detail = format!("the server's clock differs from this machine's by {ahead:#}");
        findings.passed("Clock", &detail);
    }
    if given.is_none() {
        return Some((me.id.clone(), Owner::of_credential(me)));
    }
    match owner::find(client, given) {
        Ok(owner) => {
            findings.passed("Key owner", owner.id.as_str());
            Some((me.id, owner))
        }
        Err(failure) => {
            findings.failed("Key owner", &failure.in_one_line());
            None
        }
    }
}

/// The server refused to create a key.
pub struct NoKeys;

/// What the checks work with once there is an account.
pub struct Preflight<'a> {
    pub client: &'a Client,
    /// The credential's account, which the audit trail names as the creator of the keys.
    pub account: &'a Id,
    pub owner: &'a Owner,
    pub run: &'a RunId,
    pub context: &'a Context<'a>,
    pub findings: &'a Findings<'a>,
}

impl Preflight<'_> {
    /// Creates keys of every kind and uses them; gives when a request was sent whose response was lost.
    ///
    /// # Errors
    /// When no key was created, and none can be.
    pub fn keys(&self) -> Result<Option<Timestamp>, NoKeys> {
        let user = self.owner.user.as_ref();
        let actor_type = if user.is_some_and(octopus::User::is_agent) {
            ActorType::AiAgent
        } else {
            ActorType::User
        };
        let key = match self.create(LIFETIME, Access::Full, actor_type) {
            Ok(key) => key,
            Err(not_created) => {
                self.findings
                    .failed("Create a key", &not_created.failure.in_one_line());
                let lost = not_created.lost.since;
                return lost.map(Some).ok_or(NoKeys);
            }
        };
        let detail = format!("{}, valid for as long as asked", key.record.id);
        self.findings.passed("Create a key", &detail);
        let mut lost = key.possible_duplicate;
        self.narrowing();
        self.use_key(&key);
        for lost_again in [
            self.optional(Access::ReadOnly, actor_type),
            self.agent(actor_type),
            self.long(actor_type),
        ] {
            lost = lost_again.or(lost);
        }
        Ok(lost)
    }

    fn create(
        &self,
        lifetime: Duration,
        access: Access,
        actor_type: ActorType,
    ) -> Result<ApiKey, NotCreated> {
        let purpose = Purpose::of_run(NAME, self.run).map_err(|error| NotCreated {
            failure: Box::new(Failure::new(format!("The purpose {error}."), error.help())),
            lost: LostPost::default(),
        })?;
        let request = KeyRequest {
            client: self.client,
            owner: self.owner,
            purpose: &purpose,
            lifetime,
            access,
            actor_type,
            context: self.context,
        };
        request.create()
    }

    /// Whether the server narrows lists by a part of the purpose, which saves requests.
    fn narrowing(&self) {
        const LABEL: &str = "Find keys by purpose";
        let selector = Selector::Run(self.run.clone());
        let list = self
            .client
            .list_keys(&self.owner.id, Some(self.run.as_str()), &|_| true);
        match list {
            Err(error) => self.findings.failed_with(LABEL, &error),
            Ok(list) if !list.keys.iter().any(|key| selector.matches(key)) => {
                self.findings
                    .passed(LABEL, "not by the server; all keys are read");
            }
            Ok(list) if list.keys.iter().all(|key| selector.matches(key)) => {
                self.findings.passed(LABEL, "by the server");
            }
            Ok(_) => self.findings.passed(LABEL, "the server gives all keys"),
        }
    }

    /// Whether the key is accepted, and may read its own record.
    fn use_key(&self, key: &ApiKey) {
        const LABEL: &str = "Use the key";
        let client = self
            .client
            .with_credential(Credential::ApiKey(key.secret.clone()));
        match client.key(&self.owner.id, &key.record.id) {
            Ok(_) => self
                .findings
                .passed(LABEL, "accepted; it may read its own record"),
            Err(error) if error.kind == ErrorKind::Forbidden => {
                let detail =
                    "accepted; it may not read its own record, so `use` checks its owner only";
                self.findings.passed(LABEL, detail);
            }
            Err(error) => self.findings.failed_with(LABEL, &error),
        }
    }

    /// Whether read-only keys are supported.
    fn optional(&self, access: Access, actor_type: ActorType) -> Option<Timestamp> {
        const LABEL: &str = "Read-only keys";
        match self.create(LIFETIME, access, actor_type) {
            Ok(key) => {
                self.findings.passed(LABEL, "supported and enforced");
                key.possible_duplicate
            }
            Err(not_created) => {
                self.findings
                    .not_available(LABEL, not_created.failure.what());
                not_created.lost.since
            }
        }
    }

    /// Whether keys of AI agents are supported.
    fn agent(&self, tried: ActorType) -> Option<Timestamp> {
        const LABEL: &str = "Keys of AI agents";
        if tried == ActorType::AiAgent {
            self.findings.passed(LABEL, "the account has no others");
            return None;
        }
        match self.create(LIFETIME, Access::Full, ActorType::AiAgent) {
            Ok(key) => {
                self.findings.passed(LABEL, "supported");
                key.possible_duplicate
            }
            Err(not_created) => {
                self.findings
                    .not_available(LABEL, not_created.failure.what());
                not_created.lost.since
            }
        }
    }

    /// With an ID token: whether a key may be valid for longer than the access token that creates it,
    /// which is documented nowhere.
    fn long(&self, actor_type: ActorType) -> Option<Timestamp> {
        const LABEL: &str = "Keys that outlive the access token";
        if !matches!(self.client.credential(), Credential::IdToken { .. }) {
            return None;
        }
        match self.create(LONG_LIFETIME, Access::Full, actor_type) {
            Ok(key) => {
                self.findings.passed(LABEL, "accepted for two hours");
                key.possible_duplicate
            }
            Err(not_created) => {
                let detail = format!(
                    "{} Keep --expires-in (RUNKEY_EXPIRES_IN) within an hour.",
                    not_created.failure.what()
                );
                self.findings.not_available(LABEL, &detail);
                not_created.lost.since
            }
        }
    }

    /// Whether the audit trail can be read.
    pub fn report(&self) {
        const LABEL: &str = "Report";
        let since = self.client.now();
        let mut events = 0;
        let read = self.client.events(self.account, since, &mut |_| {
            events += 1;
            ControlFlow::Break(())
        });
        match read {
            Ok(_) if events > 0 => self.findings.passed(LABEL, "the audit trail is readable"),
            Ok(_) => self.findings.not_available(LABEL, "the audit trail shows no event of the keys just created: the EventView permission may be missing"),
            Err(error) => self.findings.not_available_with(LABEL, &error, "It needs the EventView permission."),
        }
    }

    /// Whether tasks can be read.
    pub fn cleanup(&self) {
        const LABEL: &str = "Cleanup";
        match self.client.newest_tasks(1) {
            Ok(tasks) if tasks.is_empty() => self.findings.not_available(
                LABEL,
                "no task is readable: the server has none yet, or the TaskView permission is missing",
            ),
            Ok(_) => self.findings.passed(LABEL, "tasks are readable"),
            Err(error) => {
                self.findings.not_available_with(
                    LABEL,
                    &error,
                    "It needs the TaskView permission.",
                );
            }
        }
    }
}
