//! Everything in the server, as a test asks and changes it.

use jiff::{SignedDuration, Timestamp};

use crate::{AddedKey, Event, Fault, FaultPlan, Key, Request};

/// The people, keys, events and requests of a running server.
pub struct World {}

impl World {
    /// The long-lived key of the service account [`RUNBOOK_SVC`](crate::RUNBOOK_SVC).
    #[must_use]
    pub fn service_key(&self) -> &str {
        unimplemented!()
    }

    /// A key of the administrator.
    #[must_use]
    pub fn admin_key(&self) -> &str {
        unimplemented!()
    }

    /// A key of Alice's own.
    #[must_use]
    pub fn key_of_alice(&self) -> &str {
        unimplemented!()
    }

    /// A bearer token of [`RUNBOOK_SVC`](crate::RUNBOOK_SVC), as had by OpenID Connect.
    #[must_use]
    pub fn access_token(&self) -> &str {
        unimplemented!()
    }

    /// Adds an account and gives its id.
    pub fn add_user(&self, _username: &str, _display_name: &str, _is_service: bool) -> String {
        unimplemented!()
    }

    /// Adds this many people with names of no interest.
    pub fn add_users(&self, _count: usize) {
        unimplemented!()
    }

    /// Switches an account off: its keys answer 401 from now on.
    pub fn disable_user(&self, _id: &str) {
        unimplemented!()
    }

    /// Adds a key, whatever the rules say; `expires` may be past.
    pub fn add_key(&self, _owner: &str, _purpose: &str, _expires: Option<Timestamp>) -> AddedKey {
        unimplemented!()
    }

    /// Adds this many keys with purposes of no interest.
    pub fn add_keys(&self, _owner: &str, _count: usize) {
        unimplemented!()
    }

    /// The keys of an account that are not revoked, expired ones included; oldest first.
    #[must_use]
    pub fn keys(&self, _owner: &str) -> Vec<Key> {
        unimplemented!()
    }

    /// Revokes a key behind the clients' backs, without an event; false when there is none.
    pub fn revoke(&self, _key_id: &str) -> bool {
        unimplemented!()
    }

    /// Every secret that this server ever made or held, revoked keys and the access token too.
    #[must_use]
    pub fn every_secret(&self) -> Vec<String> {
        unimplemented!()
    }

    /// The server's present time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        unimplemented!()
    }

    /// Moves the server's clock.
    pub fn advance_clock(&self, _by: SignedDuration) {
        unimplemented!()
    }

    /// The audit trail, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        unimplemented!()
    }

    /// Adds this many events of an account, of no interest, one a second, the last of them now.
    pub fn add_events(&self, _user_id: &str, _count: usize) {
        unimplemented!()
    }

    /// Adds an event just as it is, but for an empty id or time.
    pub fn add_event(&self, _event: Event) {
        unimplemented!()
    }

    /// Every request since the start, or since [`World::forget_requests`], in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        unimplemented!()
    }

    /// Forgets the requests so far; connections are still counted from the start.
    pub fn forget_requests(&self) {
        unimplemented!()
    }

    /// How many connections were accepted since the start, refused ones included.
    #[must_use]
    pub fn connections(&self) -> usize {
        unimplemented!()
    }

    /// Plans a fault: for the next request once, unless [`FaultPlan`] is told otherwise.
    pub fn fault(&self, _fault: Fault) -> FaultPlan<'_> {
        unimplemented!()
    }

    /// Calls back before each request with this method and this text in its path is processed,
    /// with the number of such requests so far (from 1). The callback may change the world.
    pub fn before_request(
        &self,
        _method: &str,
        _path_fragment: &str,
        _callback: impl FnMut(&World, usize, &Request) + Send + 'static,
    ) {
        unimplemented!()
    }
}
