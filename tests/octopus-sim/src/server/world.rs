//! Everything in the server, as a test asks and changes it.

use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::Value;

use crate::server::clock::Clock;
use crate::server::fault::Faults;
use crate::server::hooks::Hooks;
use crate::server::lock::lock;
use crate::server::oidc::OIDC_SUBJECT;
use crate::server::requests::RequestLog;
use crate::server::state::State;
use crate::server::state::documents::Documents;
use crate::server::state::events::Events;
use crate::server::state::keys::Keys;
use crate::server::state::kinds::Kind;
use crate::server::state::packages::Packages;
use crate::server::state::people::{ADMIN, ALICE, People, RUNBOOK_SVC};
use crate::server::state::rate_limit::Buckets;
use crate::server::state::tasks::TaskList;
use crate::server::state::tokens::Tokens;
use crate::server::{AddedKey, Event, Key, Settings, Tasks};

/// The people, keys, events and requests of a running server.
pub struct World {
    pub(crate) settings: Settings,
    pub(crate) url: String,
    pub(crate) faults: Faults,
    pub(crate) hooks: Hooks,
    pub(crate) log: RequestLog,
    pub(crate) clock: Clock,
    state: Mutex<State>,
    service_key: String,
    admin_key: String,
    key_of_alice: String,
    access_token: String,
}

impl World {
    pub(crate) fn new(settings: Settings, url: &str) -> Self {
        let clock = Clock::ahead_by(settings.clock_offset);
        let mut keys = Keys::default();
        let mut tokens = Tokens::default();
        let mut standing =
            |owner, purpose| AddedKey::from(keys.add(new_key(owner, purpose, None, &clock))).secret;
        let world = Self {
            url: url.to_owned(),
            service_key: standing(RUNBOOK_SVC, "Runbooks"),
            admin_key: standing(ADMIN, "Administration"),
            key_of_alice: standing(ALICE, "Alice's scripts"),
            access_token: tokens.issue_access(RUNBOOK_SVC, clock.now()),
            state: Mutex::new(State {
                people: People::of(&settings),
                keys,
                events: Events::default(),
                documents: Documents::at_start(),
                packages: Packages::default(),
                tasks: TaskList::default(),
                tokens,
                buckets: Buckets::default(),
            }),
            faults: Faults::default(),
            hooks: Hooks::default(),
            log: RequestLog::default(),
            clock,
            settings,
        };
        world.add_oidc_identity(RUNBOOK_SVC, "", OIDC_SUBJECT, None);
        world
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Where it listens, with the virtual directory and without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The long-lived key of the service account [`RUNBOOK_SVC`]; it never expires.
    pub fn service_key(&self) -> &str {
        &self.service_key
    }

    /// A key of the administrator.
    pub fn admin_key(&self) -> &str {
        &self.admin_key
    }

    /// A key of Alice's own.
    pub fn key_of_alice(&self) -> &str {
        &self.key_of_alice
    }

    /// An access token of [`RUNBOOK_SVC`] from the server's start; it is valid for an hour.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// Adds an account and gives its id.
    pub fn add_user(&self, username: &str, display_name: &str, is_service: bool) -> String {
        self.state().people.add(username, display_name, is_service)
    }

    /// The display name of an account; that of [`SYSTEM`](crate::SYSTEM) is `System`.
    pub fn display_name(&self, account: &str) -> String {
        self.state().people.display_name(account)
    }

    /// Adds a key, whatever the rules say; `expires` may be past.
    pub fn add_key(&self, owner: &str, purpose: &str, expires: Option<Timestamp>) -> AddedKey {
        let key = new_key(owner, purpose, expires, &self.clock);
        self.state().keys.add(key).into()
    }

    /// Adds this many keys with purposes of no interest.
    pub fn add_keys(&self, owner: &str, count: usize) {
        let mut state = self.state();
        for number in 1..=count {
            let purpose = format!("Unrelated key {number}");
            state.keys.add(new_key(owner, &purpose, None, &self.clock));
        }
    }

    /// The keys of an account that are not revoked, expired ones included; oldest first.
    pub fn keys(&self, owner: &str) -> Vec<Key> {
        let state = self.state();
        let kept = state.keys.of(owner);
        kept.map(|stored| stored.key.clone()).collect()
    }

    /// Whether a key is neither revoked nor expired.
    pub fn is_active(&self, key_id: &str) -> bool {
        let state = self.state();
        let known = state.keys.get(key_id);
        known.is_some_and(|stored| !stored.key.is_expired(self.now()))
    }

    /// Revokes a key behind the clients' backs, without an event; false when there is none.
    pub fn revoke(&self, key_id: &str) -> bool {
        self.state().keys.revoke(key_id)
    }

    /// Every secret that this server ever made or held, revoked keys and access tokens too.
    pub fn every_secret(&self) -> Vec<String> {
        let state = self.state();
        let secrets = state.keys.every_secret();
        let secrets = secrets.chain(state.tokens.every_secret());
        secrets.map(str::to_owned).collect()
    }

    /// The audit trail, oldest first, with what is archived.
    pub fn events(&self) -> Vec<Event> {
        self.state().events.oldest_first().to_vec()
    }

    /// Adds an event just as it is, but for an empty id or time.
    pub fn add_event(&self, event: Event) {
        self.state().events.add(event, self.now());
    }

    /// Adds a space beside the default one, and gives its ID.
    pub fn add_space(&self, name: &str) -> String {
        self.state().documents.add_space(name, false)
    }

    /// The documents of a kind, such as `actiontemplates` or `runbooks`, as they are stored,
    /// secrets included.
    pub fn documents(&self, space: &str, kind: &str) -> Vec<Value> {
        let state = self.state();
        let all = state.documents.all(Kind::named(kind), space);
        all.map(|document| document.fields.clone()).collect()
    }

    /// The file names of the packages in a space's built-in feed.
    pub fn packages(&self, space: &str) -> Vec<String> {
        let state = self.state();
        let all = state.packages.of(space);
        all.map(|package| package.file_name.clone()).collect()
    }

    /// The tasks, to queue them and to have them end.
    pub fn tasks(&self) -> Tasks<'_> {
        Tasks(self)
    }
}

fn new_key(owner: &str, purpose: &str, expires: Option<Timestamp>, clock: &Clock) -> Key {
    Key {
        id: String::new(),
        owner: owner.to_owned(),
        purpose: purpose.to_owned(),
        created: clock.now(),
        expires,
        access_level: "FullAccess".to_owned(),
        actor_type: "User".to_owned(),
        last_used: None,
    }
}
