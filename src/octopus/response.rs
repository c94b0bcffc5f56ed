//! What a response means: Octopus's JSON, Octopus's error, or something else's page.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use ureq::http::StatusCode;

use crate::error::{Error, ErrorBody, ErrorKind, Result};
use crate::wire::{Request, Response};
use crate::{Id, Untrusted, token_exchange};

/// How much of a page is searched for its title, in bytes.
const MAX_TITLE_SEARCH: usize = 16 * 1024;

impl Response {
    /// Passes a success on, and makes an error of everything else.
    pub(crate) fn check(self, request: &Request) -> Result<Self> {
        if self.is_cached {
            return Err(Error::new(
                ErrorKind::Cached,
                "a cache answered in the server's place",
            ));
        }
        match self.status {
            200..=299 => Ok(self),
            300..=399 => Err(self.redirect()),
            _ => Err(self.failure(request)),
        }
    }

    /// Reads the body as JSON. The reason for a failure names a position, never the content, which
    /// may be a key.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|_| {
            let cause = format!("unexpected response: {}", self.description());
            let value = serde_json::from_slice::<Value>(&self.body).unwrap_or_default();
            Error {
                id: value["Id"].as_str().and_then(Id::new),
                ..Error::new(ErrorKind::NotOctopus, cause)
            }
        })
    }

    /// The error that Octopus, or something between, answered.
    fn failure(self, request: &Request) -> Error {
        let status = self.status;
        let code = StatusCode::from_u16(status).ok();
        let reason = code.and_then(|code| code.canonical_reason());
        let code = format!("{status} {}", reason.unwrap_or_default());
        let code = code.trim_end();
        let refusal = token_exchange::refusal(&self.body).filter(|_| request.is_anonymous);
        let error = serde_json::from_slice::<ErrorBody>(&self.body).ok();
        let (kind, cause) = match (status, &refusal, &error) {
            (_, Some((refusal, _)), _) => (
                ErrorKind::TokenExchange,
                format!("the server refused the ID token ({status} {refusal})"),
            ),
            (407, ..) => (
                ErrorKind::ProxyAuth,
                format!("the proxy requires authentication ({code})"),
            ),
            (429, ..) => (
                ErrorKind::RateLimited,
                format!("rate limit exceeded ({code})"),
            ),
            (_, _, None) => {
                let (method, what) = (&request.method, self.description());
                let cause = format!("{method} was answered with {code} and {what}");
                (ErrorKind::Gateway, cause)
            }
            (401, ..) => (
                ErrorKind::Unauthorized,
                format!("the credential was rejected ({code})"),
            ),
            (403, ..) => (ErrorKind::Forbidden, format!("permission denied ({code})")),
            (404, ..) => (ErrorKind::NotFound, format!("not found ({code})")),
            (500.., ..) => (
                ErrorKind::ServerError,
                format!("the server failed ({code})"),
            ),
            _ => (
                ErrorKind::Rejected,
                format!("the server rejected the request ({code})"),
            ),
        };
        let refused = refusal.map(|(_, said)| said);
        Error {
            status: Some(status),
            said: refused.or_else(|| error.map(ErrorBody::into_text)),
            retry_after: self.retry_after,
            ..Error::new(kind, cause)
        }
    }

    /// What the body is instead of what was expected.
    fn description(&self) -> String {
        let body = self.body.trim_ascii();
        if body.is_empty() {
            return "an empty response".to_owned();
        }
        if serde_json::from_slice::<IgnoredAny>(body).is_ok() {
            return "JSON that is not from an Octopus Server".to_owned();
        }
        if !body.starts_with(b"<") {
            return "something that is not JSON".to_owned();
        }
        match title(&String::from_utf8_lossy(
            &body[..body.len().min(MAX_TITLE_SEARCH)],
        )) {
            Some(title) => format!("an HTML page titled '{title}'"),
            None => "an HTML page".to_owned(),
        }
    }

    /// Where a redirect points, without its query, which may contain a secret.
    fn redirect(&self) -> Error {
        let target = self.location.as_deref().unwrap_or("nowhere");
        let target = Untrusted::from(target.split(['?', '#']).next().unwrap_or(target));
        let cause = format!(
            "the server redirects to '{target}' ({}), which is not followed",
            self.status
        );
        Error {
            status: Some(self.status),
            ..Error::new(ErrorKind::Redirect, cause)
        }
    }
}

/// The title of an HTML page.
fn title(page: &str) -> Option<Untrusted> {
    // ASCII only changes its case, so positions stay the same.
    let lower = page.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let title = page[start..].split('<').next()?.trim();
    (!title.is_empty()).then(|| title.into())
}
