//! What a response means: Octopus's JSON, Octopus's error, or something else's page.

use serde::de::DeserializeOwned;
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
        if self.body.trim_ascii().is_empty() {
            return Err(Error::new(ErrorKind::Empty, "the response is empty"));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let reason = match error.classify() {
                serde_json::error::Category::Data => {
                    "JSON that is not from an Octopus Server".to_owned()
                }
                _ => self
                    .page()
                    .unwrap_or_else(|| format!("{} bytes that are not JSON", self.body.len())),
            };
            let id = serde_json::from_slice(&self.body).ok();
            let id = id.and_then(|value: Value| Id::new(value.get("Id")?.as_str()?));
            Error::new(
                ErrorKind::NotOctopus,
                format!("unexpected response: {reason}"),
            )
            .with_id(id)
        })
    }

    /// The error that Octopus, or something between, answered.
    fn failure(self, request: &Request) -> Error {
        let status = self.status;
        let code = StatusCode::from_u16(status)
            .ok()
            .and_then(|code| code.canonical_reason());
        let code = code.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"));
        if let Some((refusal, said)) =
            token_exchange::refusal(&self.body).filter(|_| request.is_anonymous)
        {
            let cause = format!("the server refused the ID token ({status} {refusal})");
            return Error::new(ErrorKind::TokenExchange, cause)
                .with_status(status)
                .with_said(Some(said))
                .with_retry_after(self.retry_after);
        }
        let body = serde_json::from_slice::<ErrorBody>(&self.body).ok();
        let (kind, cause) = match status {
            407 => (
                ErrorKind::ProxyAuth,
                format!("the proxy requires authentication ({code})"),
            ),
            429 => (
                ErrorKind::RateLimited,
                format!("rate limit exceeded ({code})"),
            ),
            _ if body.is_none() => self.not_octopus(request, &code),
            401 => (
                ErrorKind::Unauthorized,
                format!("the credential was rejected ({code})"),
            ),
            403 => (ErrorKind::Forbidden, format!("permission denied ({code})")),
            404 => (ErrorKind::NotFound, format!("not found ({code})")),
            500.. => (
                ErrorKind::ServerError,
                format!("the server failed ({code})"),
            ),
            _ => (
                ErrorKind::Rejected,
                format!("the server rejected the request ({code})"),
            ),
        };
        Error::new(kind, cause)
            .with_status(status)
            .with_said(body.map(ErrorBody::into_text))
            .with_retry_after(self.retry_after)
    }

    /// A status without Octopus's own JSON.
    fn not_octopus(&self, request: &Request, code: &str) -> (ErrorKind, String) {
        let what = match serde_json::from_slice::<Value>(&self.body) {
            Ok(_) => "JSON that is not from an Octopus Server".to_owned(),
            Err(_) if self.body.trim_ascii().is_empty() => "an empty response".to_owned(),
            Err(_) => self
                .page()
                .unwrap_or_else(|| "something that is not JSON".to_owned()),
        };
        let cause = format!("{} was answered with {code} and {what}", request.method);
        (ErrorKind::Gateway, cause)
    }

    /// A web page, with its title if it has one.
    fn page(&self) -> Option<String> {
        if !self.body.trim_ascii_start().starts_with(b"<") {
            return None;
        }
        let start = &self.body[..self.body.len().min(MAX_TITLE_SEARCH)];
        let text = String::from_utf8_lossy(start);
        // ASCII only changes its case, so positions stay the same.
        let lower = text.to_ascii_lowercase();
        let title = lower.find("<title").and_then(|tag| {
            let begin = tag + lower[tag..].find('>')? + 1;
            let end = begin + lower[begin..].find('<')?;
            Some(text[begin..end].trim()).filter(|title| !title.is_empty())
        });
        Some(match title {
            Some(title) => format!("an HTML page titled '{}'", Untrusted::from(title)),
            None => "an HTML page".to_owned(),
        })
    }

    /// Where a redirect points, without its query, which may contain a secret.
    fn redirect(&self) -> Error {
        let target = self.location.as_deref().unwrap_or("nowhere");
        let target = Untrusted::from(target.split(['?', '#']).next().unwrap_or(target));
        let cause = format!(
            "the server redirects to '{target}' ({}), which is not followed",
            self.status
        );
        Error::new(ErrorKind::Redirect, cause).with_status(self.status)
    }
}
