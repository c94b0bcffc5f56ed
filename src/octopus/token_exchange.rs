//! Exchanges an ID token for an access token of a service account (Octopus's documentation, "OpenID
//! Connect"; OAuth 2.0 Token Exchange, RFC 8693).

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::error::{Error, ErrorKind, Result};
use crate::wire::Request;
use crate::{Client, Credential, Secret, Untrusted};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";

#[derive(Deserialize)]
struct Discovery {
    token_endpoint: String,
}

#[derive(Deserialize)]
struct AccessToken {
    access_token: Secret,
}

/// An error of the token endpoint (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

/// Obtains an access token. The ID token is sent to the host of the server's URL alone.
///
/// # Errors
/// Of kind [`ErrorKind::TokenExchange`] when the server refuses it, or its own answer is refused.
pub(crate) fn exchange(
    client: &Client,
    token: &Secret,
    service_account_id: &str,
) -> Result<Secret> {
    let address = client.address();
    if !address.is_secure() && !address.is_loopback() {
        return Err(refused(
            "an ID token is not sent over http, only over https",
        ));
    }
    let discovery = Request::get(DISCOVERY).anonymous();
    let discovery: Discovery = client
        .fetch(&discovery)
        .map_err(|error| match error.status {
            Some(404) => refused("this server does not support OpenID Connect (404 Not Found)"),
            _ => error,
        })?;
    let endpoint = endpoint(client, &discovery.token_endpoint)?;
    let mut request = Request::new(Method::POST, endpoint).anonymous();
    request.is_at_origin = true;
    let request = request.json(&json!({
        "grant_type": GRANT_TYPE,
        "audience": service_account_id,
        "subject_token": token.expose(),
        "subject_token_type": TOKEN_TYPE,
    }));
    let obtained: AccessToken = client.fetch(&request).map_err(|error| Error {
        claims: Some(Box::new(Claims::of(token))),
        ..as_refusal(error)
    })?;
    if Credential::can_be_sent(&obtained.access_token) {
        Ok(obtained.access_token)
    } else {
        Err(refused(
            "the access token contains a character that no token has",
        ))
    }
}

/// The path and query of the endpoint, below the host of the server's URL.
fn endpoint(client: &Client, url: &str) -> Result<String> {
    let address = client.address();
    let shown = Untrusted::from(url);
    let unusable = || {
        let cause = format!(
            "the token endpoint '{shown}' in {}{DISCOVERY} is not a URL with a path",
            address.as_str()
        );
        refused(cause)
    };
    let (origin, path) = split(url).ok_or_else(unusable)?;
    if !address.as_str().starts_with(origin) && origin != address.origin() {
        let origin = Untrusted::from(origin);
        let line = format!(
            "The token endpoint is at '{origin}'; its path is used at {} instead.",
            address.origin()
        );
        client.observer().notice(&line);
    }
    Ok(path.to_owned())
}

/// An absolute URL's scheme and authority, and its path and query.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let path = &rest[rest.find('/').filter(|host_end| *host_end > 0)?..];
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\\#\"<>".contains(&byte));
    let is_path = is_plain && !path.starts_with("//") && !rest.starts_with('/');
    is_path.then(|| (&url[..url.len() - path.len()], path))
}

/// What the token endpoint says of a refusal, if a response's body is one.
pub(crate) fn refusal(body: &[u8]) -> Option<(String, Untrusted)> {
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    let error = Untrusted::from(refusal.error.as_str()).to_string();
    let said = match refusal.error_description {
        Some(description) => format!("{}: {description}", refusal.error),
        None => refusal.error,
    };
    Some((error, said.into()))
}

/// A refusal in Octopus's own form of errors instead of OAuth's refuses the ID token too.
fn as_refusal(error: Error) -> Error {
    let is_refusal = matches!(
        error.kind,
        ErrorKind::Rejected | ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::NotFound
    );
    match error.status {
        Some(status) if is_refusal && !error.is_transient() => Error {
            kind: ErrorKind::TokenExchange,
            cause: format!("the server refused the ID token ({status})").into(),
            ..error
        },
        _ => error,
    }
}

fn refused(cause: impl Into<Box<str>>) -> Error {
    Error::new(ErrorKind::TokenExchange, cause)
}

/// What an ID token says of itself; nothing of it is verified here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// Who issued it, `iss`.
    pub issuer: Option<Untrusted>,
    /// Whom it is about, `sub`.
    pub subject: Option<Untrusted>,
    /// Whom it is for, `aud`.
    pub audience: Option<Untrusted>,
    /// Until when it is valid, `exp`.
    pub expires: Option<Timestamp>,
}

impl Claims {
    /// Reads the claims of a JWT (RFC 7519); those that cannot be read are absent.
    #[must_use]
    pub fn of(token: &Secret) -> Self {
        let payload = token.expose().split('.').nth(1).unwrap_or_default();
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
        let claims: Value = serde_json::from_slice(&payload).unwrap_or_default();
        let text = |name: &str| match &claims[name] {
            Value::String(text) => Some(text.as_str().into()),
            Value::Array(texts) => texts.first()?.as_str().map(Into::into),
            _ => None,
        };
        Self {
            issuer: text("iss"),
            subject: text("sub"),
            audience: text("aud"),
            expires: claims["exp"]
                .as_i64()
                .and_then(|exp| Timestamp::from_second(exp).ok()),
        }
    }
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown = Untrusted::from("not set");
        let shown = |claim: &Option<Untrusted>| claim.clone().unwrap_or_else(|| unknown.clone());
        write!(
            f,
            "iss '{}', sub '{}', aud '{}', exp ",
            shown(&self.issuer),
            shown(&self.subject),
            shown(&self.audience)
        )?;
        match self.expires {
            Some(expires) => write!(f, "{expires:.0}"),
            None => f.write_str("not set"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_claims_of_a_token() {
        let payload = BASE64_URL_SAFE_NO_PAD
            .encode(r#"{"iss":"https://o","sub":"space:x","aud":["guid"],"exp":1800000000}"#);
        let claims = Claims::of(&Secret::new(format!("e30.{payload}.x")));
        let shown = "iss 'https://o', sub 'space:x', aud 'guid', exp 2027-01-15T08:00:00Z";
        assert_eq!(claims.to_string(), shown);
        assert_eq!(Claims::of(&Secret::new("x".into())), Claims::default());
    }
}
