//! One server and one credential: sends requests, and retries where that may help.

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::{HeaderValue, Method};

use crate::attempt::{self, POLL};
use crate::credential::{Credential, Session};
use crate::error::{Error, ErrorKind, Result};
use crate::retry::RetryPolicy;
use crate::tls::{self, CaFileError};
use crate::wire::{Call, Request, Response};
use crate::{Address, Proxy};

/// How often a POST whose response was lost is sent: each may have created a key.
const MAX_LOST_POSTS: u32 = 3;

/// What a client needs to know.
pub struct Settings<'a> {
    /// Where the server is.
    pub address: Address,
    /// What to authenticate with.
    pub credential: Credential,
    /// The CA certificates to trust, instead of the system's.
    pub ca_file: Option<&'a Path>,
    /// The proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long requests are retried, all together.
    pub retry_for: Duration,
    /// What observes requests, and knows of signals.
    pub observer: Rc<dyn Observer>,
}

/// Observes requests as they happen, and knows of signals.
pub trait Observer: fmt::Debug {
    /// A request, named by method and path, came to this outcome.
    fn sent(&self, _request: &str, _outcome: &str, _took: Duration) {}
    /// An attempt failed; the next one follows after `wait`, the last one within `left`.
    fn retrying(&self, _error: &Error, _wait: Duration, _left: Duration) {}
    /// A wait takes `left` longer; nothing at its end.
    fn waiting(&self, _left: Duration) {}
    /// A fact worth a verbose line.
    fn notice(&self, _line: &str) {}
    /// Something blocked a DELETE, which is sent again as a POST.
    fn blocked(&self, _error: &Error) {}
    /// When a signal asked the process to end; asked every 50 ms while a client waits.
    fn interrupted_at(&self) -> Option<Instant> {
        None
    }
}

/// A client of one server. Its clones share its connections and what it learnt of the server's clock.
#[derive(Clone)]
pub struct Client {
    shared: Rc<Shared>,
    session: Rc<Session>,
    policy: RetryPolicy,
}

struct Shared {
    agent: Agent,
    address: Address,
    timeout: Duration,
    /// How far the server's clock is ahead of this machine's, by the last response of Octopus's.
    clock: Cell<Option<SignedDuration>>,
    observer: Rc<dyn Observer>,
}

/// How a request ended well.
pub(crate) enum Done<T> {
    Sent(Response),
    /// Its response was lost, and what it was to create is there.
    Found(T),
}

impl Client {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// When the CA file cannot be used.
    pub fn new(settings: Settings<'_>) -> std::result::Result<Self, CaFileError> {
        Ok(Self {
            shared: Rc::new(Shared {
                agent: tls::agent(settings.ca_file, settings.proxy.as_ref())?,
                address: settings.address,
                timeout: settings.timeout,
                clock: Cell::default(),
                observer: settings.observer,
            }),
            session: Rc::new(Session::new(settings.credential)),
            policy: RetryPolicy::lasting(settings.retry_for),
        })
    }

    /// This client, with another policy.
    #[must_use]
    pub fn with_policy(&self, policy: RetryPolicy) -> Self {
        Self {
            policy,
            ..self.clone()
        }
    }

    /// This client, with another credential.
    #[must_use]
    pub fn with_credential(&self, credential: Credential) -> Self {
        Self {
            session: Rc::new(Session::new(credential)),
            ..self.clone()
        }
    }

    /// Until when requests are retried.
    #[must_use]
    pub fn policy(&self) -> RetryPolicy {
        self.policy
    }

    /// How long one request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.shared.timeout
    }

    /// Where the server is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.shared.address
    }

    /// What the client authenticates with.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        self.session.credential()
    }

    /// What observes requests.
    #[must_use]
    pub fn observer(&self) -> &dyn Observer {
        &*self.shared.observer
    }

    /// The time by the server's clock, else by this machine's.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let here = Timestamp::now();
        let ahead = self.shared.clock.get().unwrap_or_default();
        here.checked_add(ahead).unwrap_or(here)
    }

    /// How far the server's clock is ahead of this machine's, if a response has said so.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        self.shared.clock.get()
    }

    pub(crate) fn set_clock(&self, server_time: Timestamp) {
        let ahead = server_time.duration_since(Timestamp::now());
        self.shared.clock.set(Some(ahead));
    }

    /// Sends a request, with retries, and reads the response as JSON.
    pub(crate) fn fetch<T: DeserializeOwned>(&self, request: &Request) -> Result<T> {
        self.send(&|| request.clone())?.json()
    }

    /// Sends what `build` gives, again for each attempt, until there is a success or no use in another
    /// attempt.
    pub(crate) fn send(&self, build: &dyn Fn() -> Request) -> Result<Response> {
        match self.send_or_find::<Infallible>(build, &|| Ok(None))? {
            Done::Sent(response) => Ok(response),
            Done::Found(never) => match never {},
        }
    }

    /// As [`Client::send`]. Once the response to a POST was lost, `find` looks for what it may have
    /// created.
    pub(crate) fn send_or_find<T>(
        &self,
        build: &dyn Fn() -> Request,
        find: &dyn Fn() -> Result<Option<T>>,
    ) -> Result<Done<T>> {
        let (mut attempt, mut is_renewed, mut lost, mut losses) = (0, false, None, 0);
        loop {
            let request = build();
            let is_post = request.method == Method::POST;
            let began = Timestamp::now();
            let mut error = match self.attempt(request, attempt == 0) {
                Ok(response) => return Ok(Done::Sent(Response { lost, ..response })),
                Err(error) => error,
            };
            if error.kind == ErrorKind::Unauthorized && !is_renewed && self.session.renew() {
                is_renewed = true;
                continue;
            }
            if is_post && error.is_indeterminate() {
                (lost, losses) = (Some(began), losses + 1);
            }
            error.indeterminate_since = lost;
            if lost.is_some()
                && let Some(found) = find()?
            {
                return Ok(Done::Found(found));
            }
            let wait = self.policy.wait(attempt, &error);
            let Some(wait) = wait.filter(|_| losses < MAX_LOST_POSTS) else {
                return Err(error);
            };
            self.observer().retrying(&error, wait, self.policy.left());
            if !self.pause(wait) {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// Waits; false if a signal ended the wait.
    #[must_use]
    pub fn pause(&self, time: Duration) -> bool {
        let start = Instant::now();
        loop {
            let is_ended = self.policy.ends_waits(self.observer().interrupted_at());
            let left = if is_ended {
                Duration::ZERO
            } else {
                time.saturating_sub(start.elapsed())
            };
            self.observer().waiting(left);
            if left.is_zero() {
                return !is_ended;
            }
            std::thread::sleep(left.min(POLL));
        }
    }

    fn attempt(&self, mut request: Request, is_first: bool) -> Result<Response> {
        if !request.is_anonymous {
            request.headers.push(self.session.header(self)?);
        }
        let start = Instant::now();
        let deadline = self
            .policy
            .attempt_deadline(self.shared.timeout, is_first)
            // No time at all would mean no limit to the library.
            .max(start + Duration::from_millis(1));
        let call = Call {
            agent: self.shared.agent.clone(),
            address: self.shared.address.clone(),
            request,
            timeout: deadline - start,
        };
        let stopped = || {
            if self.policy.is_stopped(self.observer().interrupted_at()) {
                let cause = "the request was interrupted by a signal";
                return Some(Error::new(ErrorKind::Interrupted, cause));
            }
            (Instant::now() >= deadline).then(|| call.timed_out())
        };
        let (work, late) = (call.clone(), call.clone());
        let result = attempt::run(
            move || work.send(),
            move |response| late.undo(&response),
            stopped,
        );
        let outcome = match &result {
            Ok(response) => response.status.to_string(),
            Err(error) => error.to_string(),
        };
        self.observer()
            .sent(&call.request.to_string(), &outcome, start.elapsed());
        self.learn_clock(result?, &call.request)
    }

    /// Passes a success on, and remembers the clock of Octopus itself: a gateway may have any.
    fn learn_clock(&self, response: Response, request: &Request) -> Result<Response> {
        let date = response.date;
        let result = response.check(request);
        let is_octopus = match &result {
            Ok(_) => true,
            Err(error) => error.said.is_some(),
        };
        if let Some(date) = date.filter(|_| is_octopus) {
            self.set_clock(date);
        }
        result
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.address().as_str())
    }
}

/// A header that the HTTP library does not show either.
pub(crate) fn sensitive(text: &str) -> HeaderValue {
    // A credential that cannot be a header is refused before: see `Credential::can_be_sent`.
    let mut value = HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}
