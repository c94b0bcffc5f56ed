//! One server, one credential, one connection: sends requests, and again when that may help.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

use super::error::{Error, Result};
use super::exchange::{self, Answer, Request};
use super::patience::Patience;
use super::resolver::OnceResolver;
use super::{Address, Credential, Proxy, agent};
use crate::console::Console;
use crate::lifetime;

/// What a client needs to know.
#[derive(Debug)]
pub struct Settings<'a> {
    /// Where the server is.
    pub address: Address,
    /// What to authenticate with.
    pub credential: Credential,
    /// More trusted certificates, beside those of the system.
    pub ca_file: Option<&'a Path>,
    /// The proxy on the way, if there is one.
    pub proxy: Option<Proxy>,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long to keep trying, all requests together.
    pub retry_for: Duration,
}

/// A client of one server. Its clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    resolver: OnceResolver,
    address: Address,
    credential: Credential,
    timeout: Duration,
    patience: Patience,
    /// How far the server's clock is ahead of this machine's, once an answer has said so.
    clock_ahead: Cell<Option<SignedDuration>>,
    console: Console,
}

impl Client {
    /// Gets ready; nothing is sent yet, and certificates are read only when they will be needed.
    ///
    /// # Errors
    /// Says why `ca_file` cannot be used.
    pub fn new(settings: Settings<'_>, console: Console) -> std::result::Result<Self, String> {
        let resolver = OnceResolver::default();
        Ok(Self {
            agent: agent::new(&settings, resolver.clone())?,
            resolver,
            address: settings.address,
            credential: settings.credential,
            timeout: settings.timeout,
            patience: Patience::lasting(settings.retry_for),
            clock_ahead: Cell::new(None),
            console,
        })
    }

    /// This client, for something less urgent: it gives up for good when the time for trying is
    /// over, of which `longest` is left at most, and `shortest` at least.
    pub fn hurried(&self, shortest: Duration, longest: Duration) -> Self {
        Self {
            patience: self.patience.strictly(shortest, longest),
            ..self.clone()
        }
    }

    /// This client, with another credential.
    pub fn with_credential(self, credential: Credential) -> Self {
        Self { credential, ..self }
    }

    /// Where the server is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What the requests authenticate with.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The time by the server's clock where an answer was had, else by this machine's.
    pub fn now(&self) -> Timestamp {
        let here = Timestamp::now();
        self.clock_ahead
            .get()
            .and_then(|ahead| here.checked_add(ahead).ok())
            .unwrap_or(here)
    }

    /// How far the server's clock is ahead of this machine's, if an answer has said so.
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        self.clock_ahead.get()
    }

    /// Sends a request until it is answered, or cannot be, or the time for trying is over.
    pub(super) fn send<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T> {
        let mut attempt = 0;
        loop {
            let error = match self.attempt(request).and_then(Answer::into_json) {
                Ok(value) => return Ok(value),
                Err(error) if error.is_passing() => error,
                Err(error) => return Err(error),
            };
            let Some(pause) = self.patience.pause(attempt, error.retry_after()) else {
                return Err(error);
            };
            self.console.wait(&format!(
                "Waiting: {error}. Trying again in {}.",
                lifetime::describe(pause)
            ));
            std::thread::sleep(pause);
            attempt += 1;
        }
    }

    fn attempt(&self, request: &Request<'_>) -> Result<Answer> {
        let start = Instant::now();
        let timeout = self.patience.for_one_request(self.timeout);
        let answer = exchange::exchange(
            &self.agent,
            &self.address,
            &self.credential,
            request,
            timeout,
        );
        let outcome = match &answer {
            Ok(answer) => answer.status.to_string(),
            Err(error) => error.to_string(),
        };
        self.console.verbose(&format!(
            "{} {}: {outcome} ({} ms)",
            request.method,
            request.path,
            start.elapsed().as_millis()
        ));
        if answer.is_err() {
            self.resolver.forget();
        }
        let answer = answer.map_err(|error| match error {
            // The library does not know what the time allowed was.
            Error::TimedOut { .. } => Error::TimedOut { after: timeout },
            other => other,
        })?;
        if let Some(server_time) = answer.date {
            self.clock_ahead
                .set(Some(server_time.duration_since(Timestamp::now())));
        }
        answer.check()
    }
}
