//! Who makes a request, and with which credential.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;

use crate::server::clock::http_date;
use crate::server::rest::Refusal;
use crate::server::state::State;
use crate::server::state::events::Event;
use crate::server::state::keys::Key;
use crate::server::state::people::{RUNBOOK_SVC, TaskView};

/// The account behind an accepted credential.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) user_id: String,
    username: String,
    is_service: bool,
    pub(crate) edits_users: bool,
    pub(crate) views_events: bool,
    task_view: TaskView,
    credential: Credential,
    user_agent: String,
    ip_address: String,
}

#[derive(Clone)]
enum Credential {
    Key { key: Box<Key>, hint: String },
    AccessToken,
}

impl Caller {
    /// Looks the credential up; the key in it counts as used now.
    pub(crate) fn identify(
        headers: &HeaderMap,
        ip_address: String,
        state: &mut State,
        access_token: &str,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let (owner, credential) = if let Some(secret) = text("X-Octopus-ApiKey") {
            let key = state.keys.used(secret, now);
            let key = Box::new(key.ok_or_else(Refusal::unauthorized)?.clone());
            let hint = state.keys.hint(&key.id).to_owned();
            (key.owner.clone(), Credential::Key { key, hint })
        } else {
            let token = text(header::AUTHORIZATION.as_str());
            let token = token.and_then(|value| value.strip_prefix("Bearer "));
            if token != Some(access_token) {
                return Err(Refusal::unauthorized());
            }
            (RUNBOOK_SVC.to_owned(), Credential::AccessToken)
        };
        let person = state.people.get(&owner).filter(|person| person.is_active);
        let person = person.ok_or_else(Refusal::unauthorized)?;
        Ok(Self {
            user_id: owner,
            username: person.username.clone(),
            is_service: person.is_service,
            edits_users: person.edits_users,
            views_events: person.views_events,
            task_view: person.task_view.clone(),
            credential,
            user_agent: text(header::USER_AGENT.as_str())
                .unwrap_or_default()
                .to_owned(),
            ip_address,
        })
    }

    /// Whether the credential lets it read and nothing else.
    pub(crate) fn only_reads(&self) -> bool {
        self.key().is_some_and(|key| key.access_level == "ReadOnly")
    }

    /// Whether it may look at tasks at all.
    pub(crate) fn views_tasks(&self) -> bool {
        self.task_view.granted
    }

    /// Whether it may look at the tasks of this space; `None` is the system.
    pub(crate) fn views_tasks_of(&self, space: Option<&str>) -> bool {
        self.task_view.granted
            && space.is_none_or(|space| !self.task_view.hidden_spaces.contains(space))
    }

    /// When its key stops working.
    pub(crate) fn key_expires(&self) -> Option<Timestamp> {
        self.key().and_then(|key| key.expires)
    }

    /// An event that says who did it; `named` tells whether it carries the key's id and hint.
    pub(crate) fn event(&self, named: bool) -> Event {
        let (established_with, key) = match &self.credential {
            Credential::Key { key, hint } => (
                format!(
                    "API key '{}' created {}",
                    key.purpose,
                    http_date(key.created)
                ),
                named.then(|| (key.id.clone(), hint.clone())),
            ),
            // No source shows what a real server writes here: these words are an assumption.
            Credential::AccessToken => ("OpenID Connect access token".to_owned(), None),
        };
        let (api_key_id, api_key_hint) = key.unzip();
        Event {
            user_id: self.user_id.clone(),
            username: self.username.clone(),
            is_service: self.is_service,
            identity_established_with: established_with,
            user_agent: self.user_agent.clone(),
            ip_address: self.ip_address.clone(),
            api_key_id,
            api_key_hint,
            ..Event::default()
        }
    }

    fn key(&self) -> Option<&Key> {
        match &self.credential {
            Credential::Key { key, .. } => Some(key),
            Credential::AccessToken => None,
        }
    }
}
