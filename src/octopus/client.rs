//! One server, one credential, one connection: sends requests, and again when that may help.

use std::cell::Cell;
use std::fmt;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

use super::agent::{self, BadCaFile};
use super::error::{Error, Result, Trouble};
use super::exchange::{Answer, LONGEST_LOOK_UP, Request, exchange};
use super::pace::Pace;
use super::retry::{Reason, Retry};
use super::{Address, Credential, Proxy};

/// What a client needs to know.
pub struct Settings<'a> {
    /// Where the server is.
    pub address: Address,
    /// What to authenticate with.
    pub credential: Credential,
    /// Whom to trust instead of those whom the system trusts.
    pub ca_file: Option<&'a Path>,
    /// The proxy on the way, if there is one.
    pub proxy: Option<Proxy>,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long to keep trying, all requests together.
    pub retry_for: Duration,
    /// Who is told what happens.
    pub observer: Rc<dyn Observer>,
}

/// Is told what a client does, as it does it.
pub trait Observer: fmt::Debug {
    /// A request, named by method and path, came to this outcome.
    fn sent(&self, request: &str, outcome: &str, took: Duration);
    /// An attempt failed, and the next one is made after `pause`, the last one when `left` is over.
    fn waiting(&self, error: &Error, pause: Duration, left: Duration);
    /// Waits for so long; false if no further attempt is wanted.
    fn pause(&self, time: Duration) -> bool;
}

/// A client of one server. Its clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
    address: Address,
    credential: Credential,
    timeout: Duration,
    retry: Retry,
    /// Of a series of requests that slows down where it is too fast.
    pace: Option<Rc<Pace>>,
    /// Whether a name that cannot be looked up for long is given up before the time for trying is over.
    gives_names_up: bool,
    clock: Rc<Clock>,
    observer: Rc<dyn Observer>,
}

/// How far the server's clock is ahead of this machine's, once an answer of Octopus's has said so.
#[derive(Debug, Default)]
struct Clock {
    /// By any answer, an error too.
    ahead: Cell<Option<SignedDuration>>,
    /// By an answer to a request that succeeded.
    vouched: Cell<Option<SignedDuration>>,
}

impl Client {
    /// Gets ready; nothing is sent yet.
    ///
    /// # Errors
    /// When `ca_file` cannot be used.
    pub fn new(settings: Settings<'_>) -> std::result::Result<Self, BadCaFile> {
        Ok(Self {
            agent: agent::new(&settings)?,
            address: settings.address,
            credential: settings.credential,
            timeout: settings.timeout,
            retry: Retry::lasting(settings.retry_for),
            pace: None,
            gives_names_up: false,
            clock: Rc::default(),
            observer: settings.observer,
        })
    }

    /// This client, for something less urgent: it gives up for good when the time for trying is
    /// over, of which `longest` is left at most, and `shortest` at least.
    pub fn hurried(&self, shortest: Duration, longest: Duration) -> Self {
        Self {
            retry: self.retry.strictly(shortest, longest),
            ..self.clone()
        }
    }

    /// This client, with so much time for trying from now on. A name that was known once is hoped for.
    pub fn afresh(&self, retry_for: Duration) -> Self {
        Self {
            retry: Retry::lasting(retry_for),
            gives_names_up: false,
            ..self.clone()
        }
    }

    /// This client, for what may as well not be done: nothing is sent twice, and all of it ends
    /// within `time`.
    pub fn without_retries(&self, time: Duration) -> Self {
        Self {
            retry: Retry::never(time),
            ..self.clone()
        }
    }

    /// This client, for a long series of requests: a rate limit slows down all that follow.
    pub fn steady(&self) -> Self {
        Self {
            pace: Some(Rc::default()),
            ..self.clone()
        }
    }

    /// This client, with all of its time for trying once more: what it does makes progress.
    pub fn renewed(&self) -> Self {
        Self {
            retry: self.retry.renewed(),
            ..self.clone()
        }
    }

    /// This client, which sends each request once.
    pub fn asking_once(&self) -> Self {
        Self {
            retry: Retry::lasting(Duration::ZERO),
            ..self.clone()
        }
    }

    /// This client, which does not hope for long that a name will be known after all: a wrong name is
    /// more likely than a name server that is away.
    pub fn giving_names_up(&self) -> Self {
        Self {
            gives_names_up: true,
            ..self.clone()
        }
    }

    /// This client, with another credential.
    pub fn with_credential(&self, credential: Credential) -> Self {
        Self {
            credential,
            ..self.clone()
        }
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
        let ahead = self.clock.ahead.get().unwrap_or_default();
        here.checked_add(ahead).unwrap_or(here)
    }

    /// The time that both clocks have passed: the earlier of this machine's and the server's, as an
    /// answer to a request that succeeded told it; nothing if none did.
    pub fn surely_now(&self) -> Option<Timestamp> {
        let here = Timestamp::now();
        let there = here.checked_add(self.clock.vouched.get()?).ok()?;
        Some(there.min(here))
    }

    /// How far the server's clock is ahead of this machine's, if an answer has said so.
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        self.clock.ahead.get()
    }

    /// Whether the time for trying is over.
    pub fn is_out_of_time(&self) -> bool {
        self.retry.left().is_zero()
    }

    /// Sends a request until it is answered, or cannot be, or the time for trying is over.
    pub(super) fn send<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T> {
        self.send_telling(request).map(|(value, _)| value)
    }

    /// As [`Client::send`]; tells too whether an earlier attempt may have been carried out.
    pub(super) fn send_telling<T: DeserializeOwned>(
        &self,
        request: &Request<'_>,
    ) -> Result<(T, bool)> {
        let mut attempt = 0;
        let mut answer_was_lost = false;
        let for_a_name = Retry::lasting(LONGEST_LOOK_UP);
        loop {
            let result = self.attempt(request);
            if let Some(pace) = &self.pace {
                match &result {
                    Err(error) if error.trouble() == Trouble::Busy => pace.refused(),
                    _ => pace.granted(),
                }
            }
            let error = match result {
                Ok(value) => return Ok((value, answer_was_lost)),
                Err(error) if request.may_be_repeated_after(&error) => error,
                Err(error) => return Err(error.after_lost_answer(answer_was_lost)),
            };
            let retry = match error {
                Error::UnknownName { .. } if self.gives_names_up => &for_a_name,
                _ => &self.retry,
            };
            let left = retry.left().min(self.retry.left());
            let pause = retry.pause(attempt, reason_to_wait(&error));
            let Some(pause) = pause.filter(|_| !left.is_zero()) else {
                return Err(error.after_lost_answer(answer_was_lost));
            };
            let pause = pause.min(left);
            answer_was_lost |= error.may_have_been_done();
            self.observer.waiting(&error, pause, left);
            if !self.observer.pause(pause) {
                return Err(error.after_lost_answer(answer_was_lost));
            }
            attempt += 1;
        }
    }

    fn attempt<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T> {
        if let Some(pace) = &self.pace {
            std::thread::sleep(pace.gap());
        }
        let start = Instant::now();
        let timeout = self.retry.for_one_request(self.timeout);
        let answer = exchange(
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
        self.observer
            .sent(&request.to_string(), &outcome, start.elapsed());
        let answer = answer?;
        let ahead = answer
            .date
            .map(|date| date.duration_since(Timestamp::now()));
        let result = answer.check(&request.method).and_then(Answer::into_json);
        // A proxy or a portal on the way may have any clock; an error may come from a node in trouble.
        match &result {
            Ok(_) => {
                self.clock.vouched.set(ahead.or(self.clock.vouched.get()));
                self.clock.ahead.set(ahead.or(self.clock.ahead.get()));
            }
            Err(error) if error.is_octopus_own() => {
                self.clock.ahead.set(ahead.or(self.clock.ahead.get()));
            }
            Err(_) => {}
        }
        result
    }
}

fn reason_to_wait(error: &Error) -> Reason {
    match error.trouble() {
        Trouble::Busy => Reason::Crowd(error.retry_after()),
        _ => error
            .retry_after()
            .map_or(Reason::Trouble, |asked| Reason::Crowd(Some(asked))),
    }
}
