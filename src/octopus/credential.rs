//! What a request authenticates with.

use secrecy::zeroize::Zeroizing;
use ureq::http::HeaderValue;

use crate::secret::Secret;

/// An API key, or an access token had by `OpenID` Connect.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Sent as `X-Octopus-ApiKey`.
    ApiKey(Secret),
    /// Sent as `Authorization: Bearer`.
    AccessToken(Secret),
}

impl Credential {
    /// Whether this is the key that a server's hint of at least `shortest` characters stands for.
    pub fn fits_hint(&self, hint: &str, shortest: usize) -> bool {
        match self {
            Self::ApiKey(key) => key.fits_hint(hint, shortest),
            Self::AccessToken(_) => false,
        }
    }

    /// Whether the text could be sent as a header: a line break in it could add a header of its own.
    pub fn can_be_sent(secret: &Secret) -> bool {
        let text = secret.expose();
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// The header that carries it.
    pub(super) fn header(&self) -> (&'static str, HeaderValue) {
        match self {
            Self::ApiKey(key) => ("X-Octopus-ApiKey", sensitive(key.expose())),
            Self::AccessToken(token) => (
                "Authorization",
                sensitive(&Zeroizing::new(format!("Bearer {}", token.expose()))),
            ),
        }
    }
}

/// A header that the HTTP library does not show either. Text that is no header, which
/// [`Credential::can_be_sent`] finds beforehand, is sent as an empty one.
fn sensitive(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_credential_nor_its_header_shows_in_debug_output() {
        let key = Credential::ApiKey(Secret::new("API-ABCD1234".into()));
        let token = Credential::AccessToken(Secret::new("eyJABCD1234".into()));
        let header = sensitive("API-ABCD1234");
        let shown = format!("{key:?} {token:?} {header:?}");
        assert!(!shown.contains("ABCD1234"), "{shown}");
    }
}
