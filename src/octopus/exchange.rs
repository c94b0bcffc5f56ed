//! One request and its answer on the wire.

use std::io::Read;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use secrecy::zeroize::Zeroizing;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body, RequestBuilder};

use super::error::{Error, ErrorBody, Result};
use super::{Address, Credential, transport};
use crate::text;

/// The longest answer that is read, in bytes. A thousand keys are about half a megabyte.
const LONGEST_ANSWER: u64 = 16 * 1024 * 1024;
/// Room for a usual answer, so that one with a key in it leaves no copy behind by growing.
const USUAL_ANSWER: usize = 4 * 1024;

/// What to send.
#[derive(Debug)]
pub struct Request<'a> {
    pub method: Method,
    /// The path below the server's address, such as `/api/users/me`.
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub body: Option<serde_json::Value>,
}

/// The methods that this API needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        })
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
}

/// What came back, whole. The body may hold a key and is zeroed after use.
pub struct Answer {
    pub status: u16,
    /// The server's clock.
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
) -> Result<Answer> {
    let url = format!("{}{}", address.as_str(), request.path);
    let sent = match request.method {
        Method::Get => prepare(agent.get(url), credential, request, timeout).call(),
        Method::Delete => prepare(agent.delete(url), credential, request, timeout).call(),
        Method::Post => {
            let body = request
                .body
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            prepare(agent.post(url), credential, request, timeout)
                .content_type("application/json")
                .send(body)
        }
    };
    sent.and_then(read)
        .map_err(|error| transport::classify(error, address.host()))
}

fn prepare<B>(
    builder: RequestBuilder<B>,
    credential: &Credential,
    request: &Request<'_>,
    timeout: Duration,
) -> RequestBuilder<B> {
    let builder = builder.config().timeout_global(Some(timeout)).build();
    let builder = credential
        .authorize(builder)
        .header("Accept", "application/json");
    request
        .query
        .iter()
        .fold(builder, |builder, (name, value)| builder.query(name, value))
}

fn read(response: Response<Body>) -> std::result::Result<Answer, ureq::Error> {
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
    /// Passes a success on, and makes an error of everything else.
    pub fn check(self) -> Result<Self> {
        match self.status {
            200..=299 => Ok(self),
            300..=399 => Err(Error::Redirected {
                status: self.status,
                to: self.target(),
            }),
            status => {
                let octopus_error = serde_json::from_slice::<ErrorBody>(&self.body).ok();
                Err(Error::Status {
                    status,
                    retry_after: self.retry_after,
                    from_octopus: octopus_error.is_some(),
                    said: octopus_error.map(ErrorBody::into_line),
                })
            }
        }
    }

    /// Reads the answer as JSON. The reason for a failure names a position, never the content,
    /// which may be a key.
    pub fn into_json<T: DeserializeOwned>(self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Unreadable {
            reason: match error.classify() {
                serde_json::error::Category::Data => {
                    format!("a value at column {} is not as expected", error.column())
                }
                _ if self.body.trim_ascii_start().starts_with(b"<") => {
                    "a web page, perhaps a proxy's".into()
                }
                _ => format!("no JSON, {} bytes", self.body.len()),
            },
        })
    }

    /// Where a redirect points, without a query, which may hold what is nobody's business.
    fn target(&self) -> String {
        let target = self.location.as_deref().unwrap_or("nowhere");
        text::excerpt(target.split(['?', '#']).next().unwrap_or(target))
    }
}
