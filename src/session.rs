//! Gets ready to talk to the server: its address, the credential, the time allowed; and says what
//! to do when it does not answer as it should.

mod missing;

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::cli::Common;
use crate::duration;
use crate::env_file::Environment;
use crate::octopus::{Address, Client, Credential, Error, Observer, Proxy, Settings, Trouble};
use crate::output::{Console, Failure};
use crate::secret::{ACCESS_TOKEN, API_KEY, PROOF_KEY, Secret};
use crate::signals::Signals;
use crate::step_context::SERVER_URL_ADVICE;
use crate::stranger;

/// What every step is given: what the command line says for all, and who reads the output.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    pub common: &'a Common,
    pub environment: &'a Environment,
    pub console: Console,
    pub signals: &'a Rc<Signals>,
}

impl Session<'_> {
    /// The server's address, checked.
    ///
    /// # Errors
    /// When there is none or it cannot be used.
    pub fn address(&self) -> Result<Address, Failure> {
        const NEXT: &str = "Set --url (OCTOPUS_URL) to the server's address, such as https://octopus.example.com; in a step it is #{Octopus.Web.ServerUri}.";
        let url = self.common.url.as_ref();
        let next = self.environment.step().map_or(NEXT, |_| SERVER_URL_ADVICE);
        let url = url.ok_or_else(|| {
            self.told_of_the_file(Failure::usage("The Octopus Server's URL is missing.", next))
        })?;
        // The URL itself is not quoted: people put passwords into URLs.
        Address::parse(url.as_given())
            .map_err(|why| Failure::usage(format!("The Octopus Server's URL {why}."), NEXT))
    }

    /// What is missing may stand in a file that was not opened.
    fn told_of_the_file(&self, failure: Failure) -> Failure {
        if self.environment.passed_over {
            failure.advise("The .env here was not opened, since a credential is in the environment: name it with --env-file (RUNKEY_ENV_FILE).")
        } else {
            failure
        }
    }

    /// How long to keep trying: as long as was asked for, or else `usually`.
    pub fn retry_for(&self, usually: Duration) -> Duration {
        self.common.retry_for.unwrap_or(usually)
    }

    /// Either credential; exactly one must be set.
    ///
    /// # Errors
    /// When none or both are set, or one could not be sent.
    pub fn credential(&self) -> Result<Credential, Failure> {
        match (self.secret(API_KEY)?, self.secret(ACCESS_TOKEN)?) {
            (Some(key), None) => Ok(Credential::ApiKey(key)),
            (None, Some(token)) => Ok(Credential::AccessToken(token)),
            (None, None) => Err(Failure::usage(
                "There is no credential.",
                format!(
                    "Set {API_KEY} to the service account's key, or {ACCESS_TOKEN} to a token had by OpenID Connect."
                ),
            )),
            (Some(_), Some(_)) => Err(Failure::usage(
                format!("Two credentials are given: {API_KEY} and {ACCESS_TOKEN} are both set."),
                "Unset one of them.",
            )),
        }
    }

    /// A secret; nothing if the variable is empty or not set.
    ///
    /// # Errors
    /// When it holds what cannot be sent, such as a line break. It is not quoted.
    pub fn secret(&self, variable: &str) -> Result<Option<Secret>, Failure> {
        const NEXT: &str = "Copy it again, without blanks, quotes or line breaks.";
        let Some(value) = self.environment.get(variable) else {
            return Ok(None);
        };
        let Ok(text) = value.into_string() else {
            return Err(Failure::usage(format!("{variable} is not text."), NEXT));
        };
        let secret = Secret::new(text);
        if secret.expose().contains("#{") {
            let what =
                format!("{variable} still holds '#{{', a variable that Octopus did not fill in.");
            return Err(Failure::usage(
                what,
                "Check the name of the variable or of the step that it comes from.",
            ));
        }
        if !Credential::can_be_sent(&secret) {
            let what = format!(
                "{variable} holds a blank, a line break or another character that no credential has."
            );
            return Err(Failure::usage(what, NEXT));
        }
        Ok(Some(secret))
    }

    /// Every secret that runkey was given, whether it can be used or not: none may end up in a
    /// purpose, which is public.
    pub fn every_secret(&self) -> Vec<Secret> {
        [API_KEY, ACCESS_TOKEN, PROOF_KEY]
            .iter()
            .filter_map(|name| self.environment.get(name)?.into_string().ok())
            .map(Secret::new)
            .collect()
    }

    /// A client with what the environment and the command line say; nothing has been sent yet.
    /// `retry_for` applies when none was given.
    ///
    /// # Errors
    /// As [`Session::address`], [`Session::credential`] and [`Session::client`].
    pub fn open(&self, retry_for: Duration) -> Result<Client, Failure> {
        self.client(self.address()?, self.credential()?, retry_for)
    }

    /// A client for the server; nothing has been sent yet. `retry_for` applies when none was given.
    ///
    /// # Errors
    /// When the proxy or the file of trusted certificates cannot be used.
    pub fn client(
        &self,
        address: Address,
        credential: Credential,
        retry_for: Duration,
    ) -> Result<Client, Failure> {
        if !address.is_secure() && !address.is_loopback() {
            self.console.warning(&format!("The connection to '{}' is not encrypted: whoever is on the way can read the key. Use https.", address.host()));
        }
        let proxy = Proxy::from_environment(&address).map_err(|why| {
            Failure::usage(
                format!("The proxy in the environment cannot be used: {why}."),
                "Correct the variable, unset it, or list the server in NO_PROXY.",
            )
        })?;
        let ca_file = self.common.ca_file.as_deref();
        let settings = Settings {
            address,
            credential,
            ca_file,
            proxy,
            timeout: self.common.timeout,
            retry_for: self.retry_for(retry_for),
            observer: Rc::new(Told {
                console: self.console,
                signals: Rc::clone(self.signals),
                waits: RefCell::default(),
            }),
        };
        Client::new(settings).map_err(|why| {
            let file = ca_file.map(stranger::path).unwrap_or_default();
            Failure::usage(
                format!("The file '{file}', given as --ca-file, {why}."),
                "Give the certificate of the authority that made the server's certificate, as PEM.",
            )
        })
    }
}

/// Tells the log what a client does.
#[derive(Debug)]
struct Told {
    console: Console,
    signals: Rc<Signals>,
    /// The reasons for waiting that were said.
    waits: RefCell<HashSet<String>>,
}

impl Observer for Told {
    fn sent(&self, request: &str, outcome: &str, took: Duration) {
        let took = took.as_millis();
        self.console
            .verbose(&format!("{request}: {outcome} ({took} ms)"));
    }

    fn pause(&self, time: Duration) -> bool {
        self.signals.pause(time)
    }

    /// Each reason is said once, for a long outage would fill the log.
    fn waiting(&self, error: &Error, pause: Duration, left: Duration) {
        let reason = error.to_string();
        let wait = duration::describe(pause);
        if !self.waits.borrow_mut().insert(reason.clone()) {
            self.console
                .verbose(&format!("Waiting: {reason}. Trying again in {wait}."));
            return;
        }
        let until = SignedDuration::try_from(left)
            .ok()
            .and_then(|left| Timestamp::now().checked_add(left).ok())
            .map(|until| format!("until {until:.0}"))
            .unwrap_or_default();
        self.console.wait(&format!(
            "Waiting: {reason}. Trying again in {wait}, and {until} if need be."
        ));
    }
}

/// Where each trouble comes from and what to do about it. `task` says what was being done, such as
/// "Cannot create the key".
pub fn explain(task: &str, error: &Error) -> Failure {
    Failure::new(format!("{task}: {error}."), advice(error.trouble())).said(error.said())
}

fn advice(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => {
            "Check --url (OCTOPUS_URL), the network of this worker, and HTTPS_PROXY and NO_PROXY if there is a proxy."
        }
        Trouble::OtherScheme => {
            "Set --url (OCTOPUS_URL) to the address with https:// or http://, as the server speaks it."
        }
        Trouble::Slow => {
            "Check that the server is up; --timeout (RUNKEY_TIMEOUT) gives one request more time, --retry-for (RUNKEY_RETRY_FOR) all of them."
        }
        Trouble::UnknownCertificate => {
            "If the server's certificate comes from an authority of your own, give that authority's certificate with --ca-file (RUNKEY_CA_FILE)."
        }
        Trouble::AuthorityAsServer => {
            "Give the server a certificate that is not an authority's: with openssl, `openssl req -x509 … -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:<the server's name>`, and give that file with --ca-file (RUNKEY_CA_FILE)."
        }
        Trouble::Redirected => {
            "Set --url (OCTOPUS_URL) to the server's own address, with https and the virtual directory if it has one; the credential is sent nowhere else."
        }
        Trouble::NotOctopus => {
            "Check that --url (OCTOPUS_URL) is the Octopus Server itself and that no proxy on the way answers in its place."
        }
        Trouble::EndlessList => {
            "Look at the account's list of keys in Octopus, and at what stands between this worker and the server."
        }
        Trouble::DeadCredential => {
            "The key or token is wrong, expired or revoked, or its account is disabled: check OCTOPUS_API_KEY, which begins with API-, or OCTOPUS_ACCESS_TOKEN."
        }
        Trouble::NotAllowed => {
            "Give the account behind the credential the permission for this: its own keys need none, those of another service account need the permission to edit users."
        }
        Trouble::Unknown => {
            "Check the ids given, and that --url (OCTOPUS_URL) includes the virtual directory if the server has one."
        }
        Trouble::Busy => {
            "Too much runs at once on one account: give it more time with --retry-for (RUNKEY_RETRY_FOR), or raise the account's rate limit in Octopus."
        }
        Trouble::ServerFault => {
            "Look at the server's health and its log, then run the step again; --retry-for (RUNKEY_RETRY_FOR) makes it wait longer."
        }
        Trouble::Objection => "Correct what the server objects to and run the step again.",
    }
}
