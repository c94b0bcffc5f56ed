//! ID tokens and access tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How long a token is valid.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// An access token, whose it is and until when it is valid.
struct AccessToken {
    secret: String,
    account: String,
    expires: Timestamp,
}

/// All tokens ever issued.
#[derive(Default)]
pub(crate) struct Tokens {
    access: Vec<AccessToken>,
    /// ID tokens of any issuer, with their claims: what is not here has no valid signature.
    identity: Vec<(String, Value)>,
}

impl Tokens {
    /// Issues an access token of this account.
    pub(crate) fn issue_access(&mut self, account: &str, now: Timestamp) -> String {
        let secret = jwt(&json!({ "sub": account, "exp": (now + LIFETIME).as_second() }));
        self.access.push(AccessToken {
            secret: secret.clone(),
            account: account.to_owned(),
            expires: now + LIFETIME,
        });
        secret
    }

    /// Issues an ID token.
    pub(crate) fn issue_identity(&mut self, claims: Value) -> String {
        let token = jwt(&claims);
        self.identity.push((token.clone(), claims));
        token
    }

    /// Whose access token this is, and until when, if it is valid at this moment.
    pub(crate) fn account(&self, token: &str, now: Timestamp) -> Option<(String, Timestamp)> {
        let mut all = self.access.iter();
        let found = all.find(|known| known.secret == token && now < known.expires)?;
        Some((found.account.clone(), found.expires))
    }

    /// The claims of an ID token with a valid signature, expired or not.
    pub(crate) fn claims(&self, token: &str) -> Option<&Value> {
        let mut all = self.identity.iter();
        all.find(|(known, _)| known == token)
            .map(|(_, claims)| claims)
    }

    pub(crate) fn every_secret(&self) -> impl Iterator<Item = &str> {
        let access = self.access.iter().map(|token| token.secret.as_str());
        access.chain(self.identity.iter().map(|(token, _)| token.as_str()))
    }
}

/// A token in the form of a JWT; nothing can be computed of its signature.
fn jwt(claims: &Value) -> String {
    let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
    let header = encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let signature = format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..));
    format!(
        "{header}.{}.{}",
        encode(&claims.to_string()),
        encode(&signature)
    )
}
