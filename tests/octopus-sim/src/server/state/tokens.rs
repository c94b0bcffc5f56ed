//! Access tokens, as had by `OpenID` Connect.

use jiff::{SignedDuration, Timestamp};

/// How long a token is good.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// All tokens ever issued, and until when each is good.
#[derive(Default)]
pub(crate) struct Tokens(Vec<(String, Timestamp)>);

impl Tokens {
    /// Issues a token that is good for an hour.
    pub(crate) fn issue(&mut self, now: Timestamp) -> String {
        let token = format!("eyJhbGciOiJSUzI1NiJ9.eyJ{:x}", fastrand::u128(..));
        self.0.push((token.clone(), now + LIFETIME));
        token
    }

    /// Whether this is a token, and not over at this moment.
    pub(crate) fn is_good(&self, token: &str, now: Timestamp) -> bool {
        self.0
            .iter()
            .any(|(known, until)| known == token && now < *until)
    }

    pub(crate) fn every_secret(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(token, _)| token.as_str())
    }
}
