//! One request and its response on the wire.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use ureq::Agent;
use ureq::http::{
    HeaderMap, HeaderValue, Method, Request as HttpRequest, Response as HttpResponse,
};

use crate::error::Result;
use crate::{Address, Id, tls};

/// The largest response that is read, in bytes. A thousand keys are about half a megabyte.
const MAX_RESPONSE: u64 = 16 * 1024 * 1024;
/// Room for a usual response, so that one with a key in it leaves no copy behind by growing.
const USUAL_RESPONSE: usize = 4 * 1024;
/// What stands in a query as it is (RFC 3986, "unreserved").
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What a request's path is below.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base {
    /// The server's URL.
    VirtualDirectory,
    /// Its scheme, host and port alone.
    Origin,
}

/// A request's body; it may contain a token.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) content_type: String,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// What to send.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: Method,
    /// The path below the server's address, such as `/api/users/me`.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Body>,
    /// Whether no credential goes with it.
    pub(crate) is_anonymous: bool,
    /// What the path is below.
    pub(crate) base: Base,
    /// Whether it creates `{path}/{Id}`, to be deleted if its response arrives when nothing waits for
    /// it any more.
    pub(crate) is_undone_when_late: bool,
    /// Sent as `POST`, with the method in `X-HTTP-Method-Override`, for gateways that block it; so
    /// Octopus's own .NET client sends every PUT and DELETE (OctopusDeploy/OctopusClients,
    /// `OctopusAsyncClient`).
    pub(crate) is_overridden: bool,
}

impl Request {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            is_anonymous: false,
            base: Base::VirtualDirectory,
            is_undone_when_late: false,
            is_overridden: false,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn json(self, body: &serde_json::Value) -> Self {
        Self {
            body: Some(Body {
                content_type: "application/json".to_owned(),
                bytes: Zeroizing::new(body.to_string().into_bytes()),
            }),
            ..self
        }
    }

    pub(crate) fn anonymous(self) -> Self {
        Self {
            is_anonymous: true,
            ..self
        }
    }

    fn url(&self, address: &Address) -> String {
        let pairs = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, ENCODED)));
        let query: Vec<_> = pairs.collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let base = match self.base {
            Base::Origin => Cow::Owned(address.origin()),
            Base::VirtualDirectory => Cow::Borrowed(address.as_str()),
        };
        format!("{base}{}{mark}{}", self.path, query.join("&"))
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What came back, whole. The body may contain a key and is zeroed after use.
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The clock of whatever answered.
    pub(crate) date: Option<Timestamp>,
    /// What the server asked to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Whether a cache kept it for a while (RFC 9111, `Age`).
    pub(crate) is_cached: bool,
    pub(crate) location: Option<String>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// Everything that one attempt needs, so that its thread can take it along.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) agent: Agent,
    pub(crate) address: Address,
    pub(crate) request: Request,
    pub(crate) credential: Option<(&'static str, HeaderValue)>,
    pub(crate) timeout: Duration,
}

impl Call {
    /// Sends the request once and reads the whole response.
    pub(crate) fn send(&self) -> Result<Response> {
        let response = self.run().and_then(read);
        let response = response
            .map_err(|error| tls::classify(error, &self.agent, &self.address, self.timeout))?;
        if tls::expects_tls(&self.address, response.status, &response.body) {
            return Err(tls::wrong_scheme(&self.address, "https"));
        }
        Ok(response)
    }

    /// Deletes what this request created, when the response comes too late for anything else.
    pub(crate) fn undo(mut self, response: Result<Response>) {
        let created = response.and_then(|response| response.json::<Created>());
        if let Ok(created) = created
            && self.request.is_undone_when_late
        {
            let path = format!("{}/{}", self.request.path, created.id);
            self.request = Request::new(Method::DELETE, path);
            // Whether it works or not, the possible duplicate has been named by now.
            let _ = self.send();
        }
    }

    fn run(&self) -> std::result::Result<HttpResponse<ureq::Body>, ureq::Error> {
        let request = &self.request;
        let method = if request.is_overridden {
            &Method::POST
        } else {
            &request.method
        };
        let mut head = HttpRequest::builder()
            .method(method.clone())
            .uri(request.url(&self.address))
            .header("Accept", "application/json");
        if let Some((name, value)) = &self.credential {
            head = head.header(*name, value);
        }
        if request.is_overridden {
            head = head.header("X-HTTP-Method-Override", request.method.as_str());
        }
        if request.method == Method::GET {
            head = head.header("Cache-Control", "no-cache");
        }
        if let Some(body) = &request.body {
            let head = head.header("Content-Type", &body.content_type);
            let request = head.body(body.bytes.as_slice())?;
            return self.agent.run(self.limited(request));
        }
        let request = head.body(())?;
        self.agent.run(self.limited(request))
    }

    fn limited<S: ureq::AsSendBody>(&self, request: HttpRequest<S>) -> HttpRequest<S> {
        let configured = self.agent.configure_request(request);
        configured.timeout_global(Some(self.timeout)).build()
    }
}

/// All that is needed of a document that was created too late.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    id: Id,
}

fn read(response: HttpResponse<ureq::Body>) -> std::result::Result<Response, ureq::Error> {
    let (head, body) = response.into_parts();
    let expected = body
        .content_length()
        .and_then(|length| usize::try_from(length).ok());
    let expected = expected
        .unwrap_or(USUAL_RESPONSE)
        .clamp(USUAL_RESPONSE, 1024 * 1024);
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected));
    let mut reader = body.into_with_config().limit(MAX_RESPONSE).reader();
    reader.read_to_end(&mut bytes)?;
    let date = header(&head.headers, "date").and_then(moment);
    Ok(Response {
        status: head.status.as_u16(),
        date,
        retry_after: retry_after(&head.headers, head.status.as_u16(), date),
        is_cached: header(&head.headers, "age").is_some_and(|age| age.trim() != "0"),
        location: header(&head.headers, "location").map(ToOwned::to_owned),
        body: bytes,
    })
}

/// `Retry-After` in seconds or as a date; else, over the rate limit, the seconds until the account's
/// bucket is full, `t` of `Octopus-RateLimit: r=0;t=18` (Octopus's documentation, "Rate Limiting").
fn retry_after(headers: &HeaderMap, status: u16, date: Option<Timestamp>) -> Option<Duration> {
    if let Some(text) = header(headers, "retry-after") {
        if let Ok(seconds) = text.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let wait = moment(text)?.duration_since(date.unwrap_or_else(Timestamp::now));
        return Some(Duration::try_from(wait).unwrap_or_default());
    }
    let limit = header(headers, "octopus-ratelimit").filter(|_| status == 429)?;
    let seconds = limit
        .split(';')
        .find_map(|part| part.trim().strip_prefix("t="))?;
    Some(Duration::from_secs(seconds.parse().ok()?))
}

fn moment(text: &str) -> Option<Timestamp> {
    Some(rfc2822::parse(text).ok()?.timestamp())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_how_long_the_server_asks_to_wait() {
        let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        for (name, value, status, seconds) in [
            ("retry-after", "7", 503, Some(7)),
            (
                "retry-after",
                "Wed, 25 Nov 2026 10:00:30 GMT",
                503,
                Some(30),
            ),
            ("retry-after", "Wed, 25 Nov 2026 09:00:00 GMT", 503, Some(0)),
            ("retry-after", "soon", 503, None),
            ("octopus-ratelimit", "r=0;t=18", 429, Some(18)),
            ("octopus-ratelimit", "r=7;t=18", 200, None),
        ] {
            let headers = [(name.parse().unwrap(), value.parse().unwrap())];
            let headers =
                HeaderMap::from_iter::<[(ureq::http::HeaderName, HeaderValue); 1]>(headers);
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(
                retry_after(&headers, status, Some(now)),
                expected,
                "{name}: {value}"
            );
        }
    }
}
