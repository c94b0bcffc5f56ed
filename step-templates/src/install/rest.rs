//! The few requests of Octopus's REST API that bring a package and step templates to a server: all
//! of `install` that knows HTTP. Only what its reference documents is sent.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use ureq::http::{HeaderValue, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::multipart::Form;
use ureq::{Agent, AsSendBody, Body, RequestBuilder};

use super::error::{Error, Result, printable};

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long the upload may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(10);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;
const PAGE: usize = 100;
/// A list that is longer than this has no end.
const MOST_PAGES: usize = 1000;

/// What a request authenticates with.
pub enum Credential {
    /// An API key.
    ApiKey(SecretString),
    /// An access token, as had by `OpenID` Connect.
    AccessToken(SecretString),
}

/// A server, and who talks to it.
pub struct Server {
    agent: Agent,
    address: String,
    header: (&'static str, HeaderValue),
}

/// A space of the server.
pub struct Space {
    /// Such as `Spaces-1`.
    pub id: String,
    /// As people know it; safe to print.
    pub name: String,
}

impl Server {
    /// A server at this address, which has no slash at its end.
    ///
    /// # Errors
    /// When the credential holds what no header may.
    pub fn new(address: String, credential: &Credential) -> Result<Self> {
        let (name, text) = match credential {
            Credential::ApiKey(key) => ("X-Octopus-ApiKey", key.clone()),
            Credential::AccessToken(token) => (
                "Authorization",
                format!("Bearer {}", token.expose_secret()).into(),
            ),
        };
        let value = HeaderValue::from_str(text.expose_secret());
        let mut value = value.map_err(|_| Error::NoCredential)?;
        value.set_sensitive(true);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider);
        let agent = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("runkey-install/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: agent.into(),
            address,
            header: (name, value),
        })
    }

    /// All spaces that the account may see.
    ///
    /// # Errors
    /// When the server does not give them.
    pub fn spaces(&self) -> Result<Vec<Space>> {
        let spaces = self.list("/api/spaces")?;
        let spaces = spaces.iter().map(|space| {
            Ok(Space {
                id: id(space)?.to_owned(),
                name: printable(space["Name"].as_str().unwrap_or_default()),
            })
        });
        spaces.collect()
    }

    /// All step templates of a space.
    ///
    /// # Errors
    /// When the server does not give them.
    pub fn templates(&self, space: &Space) -> Result<Vec<Value>> {
        self.list(&format!("/api/{}/actiontemplates", space.id))
    }

    /// Makes a step template out of an exported one.
    ///
    /// # Errors
    /// When the server refuses it.
    pub fn import(&self, space: &Space, exported: &Value) -> Result<()> {
        let mut body = shared_fields(space, exported);
        body["ActionType"] = exported["ActionType"].clone();
        body["Version"] = exported["Version"].clone();
        let url = self.url(&format!("/api/{}/actiontemplates", space.id));
        self.send_json(self.agent.post(url), &body)
    }

    /// Puts a package into the built-in feed of a space.
    ///
    /// # Errors
    /// When the file cannot be read, or the server refuses it: with [`Error::is_conflict`] when that
    /// very version is there already.
    pub fn upload(&self, space: &Space, package: &Path) -> Result<()> {
        let form = Form::new().file("package", package);
        let form = form.map_err(|error| self.no_answer(&error.into()))?;
        let url = self.url(&format!("/api/{}/packages/raw", space.id));
        let config = self.agent.post(url).config();
        self.send(config.timeout_global(Some(UPLOAD_TIMEOUT)).build(), form)
    }

    fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        for _ in 0..MOST_PAGES {
            let url = self.url(&format!("{path}?skip={}&take={PAGE}", items.len()));
            let answer = self.authorized(self.agent.get(url)).call();
            let mut page = self.read(answer)?;
            let total = page["TotalResults"].as_u64().unwrap_or_default();
            let Value::Array(found) = page["Items"].take() else {
                return Err(Error::NotOctopus("a list was expected".to_owned()));
            };
            let is_last = found.is_empty() || (items.len() + found.len()) as u64 >= total;
            items.extend(found);
            if is_last {
                return Ok(items);
            }
        }
        Err(Error::NotOctopus("a list has no end".to_owned()))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn send_json(
        &self,
        request: RequestBuilder<ureq::typestate::WithBody>,
        body: &Value,
    ) -> Result<()> {
        self.send(request.content_type("application/json"), body.to_string())
    }

    fn send(
        &self,
        request: RequestBuilder<ureq::typestate::WithBody>,
        body: impl AsSendBody,
    ) -> Result<()> {
        let answer = self.authorized(request).send(body);
        self.read(answer).map(drop)
    }

    fn authorized<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        let (name, value) = &self.header;
        request
            .header(*name, value)
            .header("Accept", "application/json")
    }

    fn read(&self, answer: std::result::Result<Response<Body>, ureq::Error>) -> Result<Value> {
        let (head, body) = answer.map_err(|error| self.no_answer(&error))?.into_parts();
        let status = head.status.as_u16();
        if head.status.is_redirection() {
            let to = head.headers.get("location");
            let to = to.and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
            let to = printable(to.split(['?', '#']).next().unwrap_or(to));
            return Err(Error::Redirected { status, to });
        }
        let text = body
            .into_with_config()
            .limit(LONGEST_ANSWER)
            .read_to_string();
        let text = text.map_err(|error| self.no_answer(&error))?;
        let value: Option<Value> = serde_json::from_str(&text).ok();
        if !head.status.is_success() {
            let said = value.as_ref().map(said).unwrap_or_default();
            return Err(Error::Refused { status, said });
        }
        value.ok_or_else(|| Error::NotOctopus(format!("{} bytes that are no JSON", text.len())))
    }

    fn no_answer(&self, error: &ureq::Error) -> Error {
        let uri: Option<Uri> = self.address.parse().ok();
        let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
        Error::NoAnswer {
            host: host.to_owned(),
            reason: printable(&error.to_string()),
        }
    }
}

/// The fields that both a new template and a changed one have, as documented.
fn shared_fields(space: &Space, exported: &Value) -> Value {
    let names = [
        "Name",
        "Description",
        "Properties",
        "Parameters",
        "Packages",
        "GitDependencies",
    ];
    let fields = names.map(|name| (name.to_owned(), exported[name].clone()));
    let space = ("SpaceId".to_owned(), space.id.clone().into());
    fields.into_iter().chain([space]).collect()
}

/// The id of what a server shows, which becomes a part of a path.
fn id(shown: &Value) -> Result<&str> {
    let id = shown["Id"].as_str().unwrap_or_default();
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
    if id.is_empty() || !id.bytes().all(is_plain) {
        return Err(Error::NotOctopus("an id was expected".to_owned()));
    }
    Ok(id)
}

/// What an error of Octopus's says.
fn said(error: &Value) -> String {
    let mut said = error["ErrorMessage"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for reason in error["Errors"].as_array().into_iter().flatten() {
        let reason = reason.as_str().unwrap_or_default();
        if !said.contains(reason) {
            // Writing to a string cannot fail.
            let _ = write!(said, " {reason}");
        }
    }
    printable(&said)
}
