//! Who makes a request, and with which credential.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;

use crate::server::clock::http_date;
use crate::server::rest::Refusal;
use crate::server::settings::Settings;
use crate::server::state::State;
use crate::server::state::events::Event;
use crate::server::state::keys::Key;
use crate::server::state::people::{RUNBOOK_SVC, TaskView};
use crate::server::wording::login_failed;

/// Who an event names that nobody is known to have caused; an assumption.
const SYSTEM: &str = "users-system";

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
    /// Looks the credential up; the key in it counts as used now. One that is refused leaves a
    /// failed login in the audit trail.
    pub(crate) fn identify(
        headers: &HeaderMap,
        ip_address: &str,
        state: &mut State,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let secret = text("X-Octopus-ApiKey");
        let found = match secret {
            Some(secret) => by_key(secret, state, settings, now),
            None => text(header::AUTHORIZATION.as_str())
                .and_then(|value| value.strip_prefix("Bearer "))
                .filter(|token| state.tokens.is_good(token, now))
                .map(|_| (RUNBOOK_SVC.to_owned(), Credential::AccessToken)),
        };
        let active = found.and_then(|(owner, credential)| {
            let person = state.people.get(&owner)?;
            person.is_active.then_some((person, credential))
        });
        let Some((person, credential)) = active else {
            if let Some(secret) = secret {
                let event = failed_login(secret, headers, ip_address, state);
                state.events.add(event, now);
            }
            return Err(Refusal::unauthorized(settings.wording));
        };
        Ok(Self {
            user_id: person.id.clone(),
            username: person.username.clone(),
            is_service: person.is_service,
            edits_users: person.edits_users,
            views_events: person.views_events,
            task_view: person.task_view.clone(),
            credential,
            user_agent: user_agent(headers),
            ip_address: ip_address.to_owned(),
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

    /// The key that it authenticates with, if it is one.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key().map(|key| key.id.as_str())
    }

    /// Whether it works with a key of an AI agent.
    pub(crate) fn is_agent(&self) -> bool {
        self.key().is_some_and(|key| key.actor_type == "AiAgent")
    }

    /// When its key stops working.
    pub(crate) fn key_expires(&self) -> Option<Timestamp> {
        self.key().and_then(|key| key.expires)
    }

    /// An event that says who did it.
    pub(crate) fn event(&self, settings: &Settings) -> Event {
        let (established_with, key) = match &self.credential {
            Credential::Key { key, hint } => (
                format!(
                    "{} '{}' created {}",
                    settings.key_words_of_identity.of(key),
                    key.purpose,
                    http_date(key.created)
                ),
                Some((key.id.clone(), hint.clone())),
            ),
            // No source shows what a real server writes here: these words are an assumption.
            Credential::AccessToken => ("OpenID Connect access token".to_owned(), None),
        };
        let key = key.filter(|_| settings.names_keys_in_events);
        let (api_key_id, api_key_hint) = key.unzip();
        Event {
            user_id: self.user_id.clone(),
            username: self.username.clone(),
            is_service: self.is_service,
            identity_established_with: established_with,
            user_agent: self.user_agent.clone(),
            ip_address: self.ip_address.clone(),
            api_key_id,
            api_key_hint: api_key_hint.filter(|_| settings.shows_hints_in_events),
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

/// The key with this secret, and whose it is.
fn by_key(
    secret: &str,
    state: &mut State,
    settings: &Settings,
    now: Timestamp,
) -> Option<(String, Credential)> {
    let key = Box::new(state.keys.used(secret, now)?.clone());
    let hint = settings.hints.show(state.keys.hint(&key.id));
    Some((key.owner.clone(), Credential::Key { key, hint }))
}

/// The event of a refused key. It names the owner of a key that the server still holds, though
/// expired or of a disabled account; of any other key only the beginning is known.
fn failed_login(secret: &str, headers: &HeaderMap, ip_address: &str, state: &State) -> Event {
    let owner = state.keys.owner(secret).and_then(|id| state.people.get(id));
    Event {
        category: "LoginFailed".to_owned(),
        user_id: owner.map_or_else(|| SYSTEM.to_owned(), |owner| owner.id.clone()),
        username: owner.map_or_else(|| "system".to_owned(), |owner| owner.username.clone()),
        is_service: owner.is_some_and(|owner| owner.is_service),
        user_agent: user_agent(headers),
        message: login_failed(secret, ip_address),
        ip_address: ip_address.to_owned(),
        ..Event::default()
    }
}

fn user_agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT);
    let text = text.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().to_owned()
}
