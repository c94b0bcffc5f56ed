//! What requests authenticate with.

use std::cell::RefCell;

use secrecy::zeroize::Zeroizing;
use ureq::http::HeaderValue;

use crate::client::sensitive;
use crate::error::Result;
use crate::{Client, Secret, token_exchange};

/// An API key, an access token, or an ID token to exchange for one.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Sent as `X-Octopus-ApiKey`.
    ApiKey(Secret),
    /// Sent as `Authorization: Bearer`.
    AccessToken(Secret),
    /// Exchanged for an access token (OpenID Connect).
    IdToken {
        /// The token that the issuer gave, a JWT.
        token: Secret,
        /// The service account's ID, a GUID: the audience of the exchange.
        service_account_id: String,
    },
}

impl Credential {
    /// Whether this is the key that a server's hint of at least `min` characters stands for.
    #[must_use]
    pub fn fits_hint(&self, hint: &str, min: usize) -> bool {
        match self {
            Self::ApiKey(key) => key.fits_hint(hint, min),
            Self::AccessToken(_) | Self::IdToken { .. } => false,
        }
    }

    /// Whether the secret can be sent as a header: a line break in it could add a header of its own.
    #[must_use]
    pub fn can_be_sent(secret: &Secret) -> bool {
        let text = secret.expose();
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

/// A credential in use: an access token that was obtained stays in memory.
#[derive(Debug)]
pub(crate) struct Session {
    credential: Credential,
    access_token: RefCell<Option<Secret>>,
}

impl Session {
    pub(crate) fn new(credential: Credential) -> Self {
        Self {
            credential,
            access_token: RefCell::default(),
        }
    }

    pub(crate) fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The header that authenticates a request. The first one with an ID token exchanges it.
    pub(crate) fn header(&self, client: &Client) -> Result<(&'static str, HeaderValue)> {
        match &self.credential {
            Credential::ApiKey(key) => Ok(("X-Octopus-ApiKey", sensitive(key.expose()))),
            Credential::AccessToken(token) => Ok(bearer(token)),
            Credential::IdToken {
                token,
                service_account_id,
            } => {
                if let Some(token) = &*self.access_token.borrow() {
                    return Ok(bearer(token));
                }
                let obtained = token_exchange::exchange(client, token, service_account_id)?;
                let header = bearer(&obtained);
                self.access_token.replace(Some(obtained));
                Ok(header)
            }
        }
    }

    /// Forgets an access token that was refused; true if another can be obtained.
    pub(crate) fn renew(&self) -> bool {
        self.access_token.take().is_some()
    }
}

fn bearer(token: &Secret) -> (&'static str, HeaderValue) {
    let text = Zeroizing::new(format!("Bearer {}", token.expose()));
    ("Authorization", sensitive(&text))
}
