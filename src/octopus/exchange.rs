//! One request and its answer on the wire.

use std::fmt;
use std::io::Read;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::zeroize::Zeroizing;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, Method, Request as HttpRequest, Response};
use ureq::{Agent, AsSendBody, Body};

use super::error::{Error, ErrorBody};
use super::{Address, Credential, Id, transport};
use crate::stranger::Stranger;

/// The longest answer that is read, in bytes. A thousand keys are about half a megabyte.
const LONGEST_ANSWER: u64 = 16 * 1024 * 1024;
/// Room for a usual answer, so that one with a key in it leaves no copy behind by growing.
const USUAL_ANSWER: usize = 4 * 1024;
/// A name that is not looked up by then is as good as unknown.
pub const LONGEST_LOOK_UP: Duration = Duration::from_secs(10);
/// How web servers say, in plain text and with 400, that a request in plain http came to a port for
/// https: nginx, Go's, and Apache's.
const WRONG_PORT: [&str; 3] = [
    "plain HTTP request was sent to HTTPS port",
    "sent an HTTP request to an HTTPS server",
    "speaking plain HTTP to an SSL-enabled server port",
];
/// What stands in a query as it is (RFC 3986, "unreserved").
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What to send.
#[derive(Debug)]
pub struct Request<'a> {
    pub method: Method,
    /// The path below the server's address, such as `/api/users/me`.
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub body: Option<serde_json::Value>,
}

impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl<'a> Request<'a> {
    /// A request without a query or a body.
    pub fn new(method: Method, path: &'a str) -> Self {
        Self {
            method,
            path,
            query: &[],
            body: None,
        }
    }

    /// Whether to send it once more. A success that cannot be read may hold a key just made, so what
    /// makes one is not sent again after it.
    pub fn may_be_repeated_after(&self, error: &Error) -> bool {
        let made_unseen = self.method == Method::POST && matches!(error, Error::Unreadable { .. });
        error.is_transient() && !made_unseen
    }

    fn url(&self, address: &Address) -> String {
        let encoded = |text| utf8_percent_encode(text, ENCODED);
        let query: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{}", address.as_str(), self.path, query.join("&"))
    }
}

/// What came back, whole. The body may hold a key and is zeroed after use.
pub struct Answer {
    pub status: u16,
    /// The clock of whoever answered.
    pub date: Option<Timestamp>,
    retry_after: Option<Duration>,
    location: Option<String>,
    body: Zeroizing<Vec<u8>>,
}

/// Sends the request once and reads the whole answer, all within `timeout`.
pub fn exchange(
    agent: &Agent,
    address: &Address,
    credential: &Credential,
    request: &Request<'_>,
    timeout: Duration,
) -> Result<Answer, Error> {
    let (name, value) = credential.header();
    let head = HttpRequest::builder()
        .method(request.method.clone())
        .uri(request.url(address))
        .header(name, value)
        .header("Accept", "application/json");
    let sent = match &request.body {
        Some(body) => {
            let head = head.header("Content-Type", "application/json");
            run(agent, head.body(body.to_string()), timeout)
        }
        None => run(agent, head.body(()), timeout),
    };
    let answer = sent
        .and_then(read)
        .map_err(|error| transport::classify(error, agent, address, timeout))?;
    if !address.is_secure() && answer.came_from_https() {
        return Err(Error::OtherScheme {
            server: address.authority().into(),
            spoken: "https",
        });
    }
    Ok(answer)
}

fn run<S: AsSendBody>(
    agent: &Agent,
    request: Result<HttpRequest<S>, ureq::http::Error>,
    timeout: Duration,
) -> Result<Response<Body>, ureq::Error> {
    let request = agent
        .configure_request(request?)
        .timeout_global(Some(timeout))
        .timeout_resolve(Some(timeout.min(LONGEST_LOOK_UP)))
        .build();
    agent.run(request)
}

fn read(response: Response<Body>) -> Result<Answer, ureq::Error> {
    let (head, body) = response.into_parts();
    let expected = body
        .content_length()
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or(USUAL_ANSWER);
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        expected.clamp(USUAL_ANSWER, 1024 * 1024),
    ));
    body.into_with_config()
        .limit(LONGEST_ANSWER)
        .reader()
        .read_to_end(&mut bytes)?;
    Ok(Answer {
        status: head.status.as_u16(),
        date: header(&head.headers, "date")
            .and_then(|date| Some(rfc2822::parse(date).ok()?.timestamp())),
        retry_after: header(&head.headers, "retry-after")
            .and_then(|text| Some(Duration::from_secs(text.parse().ok()?))),
        location: header(&head.headers, "location").map(ToOwned::to_owned),
        body: bytes,
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

impl Answer {
    /// Passes a success on, and makes an error of everything else. One that only promises (202) is
    /// no success, nor is a deletion with an error in its answer; a task has one of its own.
    pub fn check(self, method: &Method) -> Result<Self, Error> {
        let objection = serde_json::from_slice::<ErrorBody>(&self.body).ok();
        match self.status {
            200 | 201 | 204 if method != Method::DELETE || objection.is_none() => Ok(self),
            300..=399 => Err(Error::Redirected {
                status: self.status,
                to: self.target(),
            }),
            status => Err(Error::Status {
                status,
                retry_after: self.retry_after,
                from_octopus: objection.is_some(),
                said: objection.map(ErrorBody::into_text),
                after_lost_answer: false,
            }),
        }
    }

    /// Reads the answer as JSON; an empty one is `null`. The reason for a failure names a position,
    /// never the content, which may be a key.
    pub fn into_json<T: DeserializeOwned>(self) -> Result<T, Error> {
        let body = if self.body.is_empty() {
            b"null"
        } else {
            self.body.as_slice()
        };
        serde_json::from_slice(body).map_err(|error| Error::Unreadable {
            reason: match error.classify() {
                serde_json::error::Category::Data => {
                    format!("a value at column {} is not as expected", error.column())
                }
                _ if body.trim_ascii_start().starts_with(b"<") => {
                    "a web page, perhaps a proxy's".into()
                }
                _ => format!("no JSON, {} bytes", self.body.len()),
            },
            id: serde_json::from_slice(body)
                .ok()
                .and_then(|value: serde_json::Value| Id::new(value.get("Id")?.as_str()?)),
        })
    }

    /// Whether a web server says that it only takes https where this was sent.
    fn came_from_https(&self) -> bool {
        let text = String::from_utf8_lossy(&self.body);
        self.status == 400 && WRONG_PORT.iter().any(|words| text.contains(words))
    }

    /// Where a redirect points, without a query, which may hold what is nobody's business.
    fn target(&self) -> Stranger {
        let target = self.location.as_deref().unwrap_or("nowhere");
        target.split(['?', '#']).next().unwrap_or(target).into()
    }
}
