//! Who makes a request, and with which credential.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use jiff::Timestamp;

use crate::server::clock::http_date;
use crate::server::rest::Refusal;
use crate::server::settings::Settings;
use crate::server::state::State;
use crate::server::state::events::Event;
use crate::server::state::keys::Key;
use crate::server::state::people::Person;

/// The account of an accepted credential; or, where none is needed, nobody.
pub(crate) struct Caller {
    /// With an empty ID for nobody.
    pub(crate) person: Person,
    credential: Credential,
    user_agent: String,
    ip_address: String,
}

enum Credential {
    None,
    Key { key: Box<Key>, hint: String },
    AccessToken { expires: Timestamp },
}

impl Caller {
    /// A caller who needs no credential.
    pub(crate) fn anonymous(headers: &HeaderMap, peer: IpAddr) -> Self {
        Self {
            person: Person::new("", "", "", false),
            credential: Credential::None,
            user_agent: user_agent(headers),
            ip_address: peer.to_string(),
        }
    }

    /// Looks the credential up; the key in it counts as used now.
    pub(crate) fn identify(
        headers: &HeaderMap,
        peer: IpAddr,
        state: &mut State,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let found = match text("X-Octopus-ApiKey") {
            Some(secret) => by_key(secret, state, settings, now),
            None => text(header::AUTHORIZATION.as_str())
                .and_then(|value| value.strip_prefix("Bearer "))
                .and_then(|token| state.tokens.account(token, now))
                .map(|(owner, expires)| (owner, Credential::AccessToken { expires })),
        };
        let known = found
            .and_then(|(owner, credential)| Some((state.people.get(&owner)?.clone(), credential)));
        let Some((person, credential)) = known else {
            return Err(Refusal::unauthorized(settings.wording));
        };
        Ok(Self {
            person,
            credential,
            ..Self::anonymous(headers, peer)
        })
    }

    /// Whether the credential lets it read and nothing else.
    pub(crate) fn only_reads(&self) -> bool {
        self.key().is_some_and(|key| key.access_level == "ReadOnly")
    }

    /// Whether it has this permission.
    pub(crate) fn may(&self, permission: &str) -> bool {
        !self.person.lacks.contains(permission)
    }

    /// The key that it authenticates with, if it is one.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key().map(|key| key.id.as_str())
    }

    /// Whether it works with a key of an AI agent.
    pub(crate) fn is_agent(&self) -> bool {
        self.key().is_some_and(|key| key.actor_type == "AiAgent")
    }

    /// When its key expires, or its token where no key may outlive that.
    pub(crate) fn limit(&self, settings: &Settings) -> Option<Timestamp> {
        match &self.credential {
            Credential::None => None,
            Credential::Key { key, .. } => key.expires,
            Credential::AccessToken { expires } => {
                (!settings.key_may_outlive_token).then_some(*expires)
            }
        }
    }

    /// An event that says who did it.
    pub(crate) fn event(&self) -> Event {
        let (established_with, key) = match &self.credential {
            Credential::Key { key, hint } => (
                format!(
                    "API key '{}' created {}",
                    key.purpose,
                    http_date(key.created)
                ),
                Some((key.id.clone(), hint.clone())),
            ),
            // No source shows what a real server writes here: these words are assumed.
            Credential::AccessToken { .. } => ("OpenID Connect access token".to_owned(), None),
            Credential::None => (String::new(), None),
        };
        let (api_key_id, api_key_hint) = key.unzip();
        Event {
            user_id: self.person.id.clone(),
            username: self.person.username.clone(),
            is_service: self.person.is_service,
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
            _ => None,
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
    let stored = state.keys.used(secret, now)?;
    let hint = settings.hints.show(stored.hint());
    let key = Box::new(stored.key.clone());
    Some((key.owner.clone(), Credential::Key { key, hint }))
}

fn user_agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT);
    let text = text.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().to_owned()
}
