//! The server as an OIDC issuer, as a test uses it.

use serde_json::json;

use crate::server::World;
use crate::server::state::people::Identity;
use crate::server::state::tokens::LIFETIME;

/// The subject of the OIDC identity that [`RUNBOOK_SVC`](crate::RUNBOOK_SVC) has from the start.
pub const OIDC_SUBJECT: &str =
    "space:default:project:web-shop:runbook:rotate-certificates:type:runbook";

impl World {
    /// The service account ID of an account: the GUID that is the default audience.
    pub fn service_account_id(&self, user_id: &str) -> String {
        let state = self.state();
        let person = state.people.get(user_id);
        person.expect("the test names an account").external_id()
    }

    /// Adds an OIDC identity to a service account; an empty issuer is this server.
    pub fn add_oidc_identity(
        &self,
        user_id: &str,
        issuer: &str,
        subject: &str,
        audience: Option<&str>,
    ) {
        let issuer = self.issuer(issuer);
        if let Some(person) = self.state().people.get_mut(user_id) {
            person.identities.push(Identity {
                id: Identity::new_id(),
                name: subject.to_owned(),
                issuer,
                subject: subject.to_owned(),
                audience: audience.map(str::to_owned),
            });
        }
    }

    /// Issues an ID token; an empty issuer is this server.
    pub fn issue_id_token(&self, issuer: &str, subject: &str, audience: &str) -> String {
        let (issuer, now) = (self.issuer(issuer), self.now());
        let claims = json!({
            "iss": issuer, "sub": subject, "aud": audience,
            "iat": now.as_second(), "nbf": now.as_second(),
            "exp": (now + LIFETIME).as_second(),
        });
        self.state().tokens.issue_identity(claims)
    }

    fn issuer(&self, issuer: &str) -> String {
        let issuer = if issuer.is_empty() { &self.url } else { issuer };
        issuer.to_owned()
    }
}
