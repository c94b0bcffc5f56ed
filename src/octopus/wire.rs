//! One request and its response on the wire.

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

use crate::error::{Error, Result};
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

/// What to send.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path below the server's URL, such as `/api/users/me`, and the query.
    pub(crate) target: String,
    pub(crate) headers: Vec<Header>,
    /// It may contain a token.
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
    /// Whether no credential goes with it.
    pub(crate) is_anonymous: bool,
    /// Whether the path is below the scheme, host and port alone, without a virtual directory.
    pub(crate) is_at_origin: bool,
    /// Whether it creates `{path}/{Id}`, to be deleted if its response arrives when nothing waits for
    /// it any more.
    pub(crate) is_undone_when_late: bool,
}

pub(crate) type Header = (&'static str, HeaderValue);

impl Request {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            target: path.into(),
            headers: vec![("Accept", HeaderValue::from_static("application/json"))],
            body: None,
            is_anonymous: false,
            is_at_origin: false,
            is_undone_when_late: false,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path).header("Cache-Control", "no-cache")
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        let mark = if self.target.contains('?') { "&" } else { "?" };
        self.target.extend([mark, name, "="]);
        self.target.extend(utf8_percent_encode(value, ENCODED));
        self
    }

    pub(crate) fn body(self, content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self {
            body: Some(Zeroizing::new(bytes)),
            ..self.header("Content-Type", content_type)
        }
    }

    pub(crate) fn json(self, body: &serde_json::Value) -> Self {
        self.body("application/json", body.to_string().into_bytes())
    }

    pub(crate) fn anonymous(self) -> Self {
        Self {
            is_anonymous: true,
            ..self
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next();
        write!(f, "{} {}", self.method, path.unwrap_or_default())
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
    /// When the last attempt before was sent that may have been carried out too.
    pub(crate) lost: Option<Timestamp>,
}

/// Everything that one attempt needs, so that its thread can take it along.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) agent: Agent,
    pub(crate) address: Address,
    pub(crate) request: Request,
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

    /// The error of a request whose time is up.
    pub(crate) fn timed_out(&self) -> Error {
        tls::timed_out(&tls::server(&self.agent, &self.address), self.timeout)
    }

    /// Deletes what this request created, when the response comes too late for anything else.
    pub(crate) fn undo(mut self, response: &Response) {
        if self.request.is_undone_when_late
            && let Ok(created) = response.json::<Created>()
        {
            self.request.method = Method::DELETE;
            self.request.target.extend(["/", created.id.as_str()]);
            self.request.body = None;
            // Whether it works or not, the possible duplicate has been named by now.
            let _ = self.send();
        }
    }

    fn run(&self) -> std::result::Result<HttpResponse<ureq::Body>, ureq::Error> {
        let request = &self.request;
        let base = if request.is_at_origin {
            &self.address.origin()
        } else {
            self.address.as_str()
        };
        let mut head = HttpRequest::builder()
            .method(request.method.clone())
            .uri(format!("{base}{}", request.target));
        for (name, value) in &request.headers {
            head = head.header(*name, value);
        }
        if let Some(body) = &request.body {
            let request = head.body(body.as_slice())?;
            return self.agent.run(self.limited(request));
        }
        self.agent.run(self.limited(head.body(())?))
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
        lost: None,
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
