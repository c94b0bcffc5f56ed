//! What every subcommand works with, and the client that it opens.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use octopus::{Address, Client, Credential, Error, Observer, Proxy, Secret, Settings, Untrusted};

use crate::cli::{Common, duration};
use crate::command::Signals;
use crate::environment::{Environment, SERVER_URL_ADVICE};
use crate::output::{Failure, Reporter, capitalized};

/// An API key; the name is that of Octopus's own command line.
pub const API_KEY: &str = "OCTOPUS_API_KEY";
/// An access token; the name is that of Octopus's own command line.
pub const ACCESS_TOKEN: &str = "OCTOPUS_ACCESS_TOKEN";
/// An ID token, to be exchanged for an access token.
pub const ID_TOKEN: &str = "OCTOPUS_ID_TOKEN";

/// The options of every subcommand, where values come from, and where results go.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub common: &'a Common,
    pub environment: &'a Environment,
    pub reporter: &'a Rc<dyn Reporter>,
    pub signals: &'a Rc<Signals>,
}

impl Context<'_> {
    /// Catches what asks a program to end from now on, so that no key is left behind.
    pub fn catch_signals(&self) -> Result<(), Failure> {
        let caught = self.signals.install();
        caught.map_err(|error| Failure::system("watch for signals", &error))
    }

    /// The server's address.
    pub fn address(&self) -> Result<Address, Failure> {
        let help = match self.environment.step_context() {
            Some(_) => SERVER_URL_ADVICE,
            None => {
                "Set --url (OCTOPUS_URL) to the server's URL, such as https://octopus.example.com."
            }
        };
        let url = self.common.url.as_ref();
        let url = url.ok_or_else(|| {
            let failure = Failure::usage("--url (OCTOPUS_URL) is not set.", help);
            self.environment.mention_ignored_file(failure)
        })?;
        // The URL itself is not quoted: people put passwords into URLs.
        Address::parse(url.raw())
            .map_err(|error| Failure::usage(format!("--url (OCTOPUS_URL) {error}."), help))
    }

    /// Whether a credential is set, valid or not.
    pub fn has_credential(&self) -> bool {
        let mut names = [API_KEY, ACCESS_TOKEN, ID_TOKEN].iter();
        names.any(|name| self.environment.get(name).is_some())
    }

    /// The credential; exactly one must be set.
    pub fn credential(&self) -> Result<Credential, Failure> {
        let key = self.secret(API_KEY)?;
        let access_token = self.secret(ACCESS_TOKEN)?;
        let id_token = self.secret(ID_TOKEN)?;
        match (key, access_token, id_token) {
            (Some(key), None, None) => Ok(Credential::ApiKey(key)),
            (None, Some(token), None) => Ok(Credential::AccessToken(token)),
            (None, None, Some(token)) => self.id_token(token),
            (None, None, None) => Err(self.environment.mention_ignored_file(Failure::usage(
                "No credential is set.",
                match self.environment.step_context() {
                    Some(_) => "Fill in 'Identity' or 'Service account API key' in this step.".to_owned(),
                    None => format!(
                        "Set {API_KEY} to a service account's API key, or {ID_TOKEN} and OCTOPUS_SERVICE_ACCOUNT_ID."
                    ),
                },
            ))),
            (key, access_token, _) => {
                let set = [(API_KEY, key.is_some()), (ACCESS_TOKEN, access_token.is_some())];
                let mut names: Vec<_> = set.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name).collect();
                if names.len() < 2 {
                    names.push(ID_TOKEN);
                }
                Err(Failure::usage(
                    format!("Several credentials are set: {}.", names.join(" and ")),
                    "Unset all but one of them.",
                ))
            }
        }
    }

    fn id_token(&self, token: Secret) -> Result<Credential, Failure> {
        let account = self
            .common
            .service_account_id
            .as_ref()
            .map(|id| id.raw().trim());
        let help = "Set it to the service account's ID, a GUID (Configuration, Users, the account, OpenID Connect).";
        let what = match account.unwrap_or_default() {
            "" => "is not set, but OCTOPUS_ID_TOKEN is",
            account if account.contains("#{") => {
                "contains an unresolved Octopus variable ('#{...}')"
            }
            account if account.starts_with("Users-") => {
                "is the ID of a user, not of a service account"
            }
            account if octopus::contains_secret(account) => {
                "contains something that looks like a credential (not shown)"
            }
            account => {
                return Ok(Credential::IdToken {
                    token,
                    service_account_id: account.to_owned(),
                });
            }
        };
        let name = "--service-account-id (OCTOPUS_SERVICE_ACCOUNT_ID)";
        Err(Failure::usage(format!("{name} {what}."), help))
    }

    /// A secret; nothing if the variable is not set.
    pub fn secret(&self, variable: &str) -> Result<Option<Secret>, Failure> {
        let Some(value) = self.environment.get(variable) else {
            return Ok(None);
        };
        let help = "Copy it again, without quotes, blanks or line breaks.";
        let Ok(text) = value.into_string() else {
            return Err(Failure::usage(format!("{variable} is not text."), help));
        };
        let secret = Secret::new(text);
        if secret.expose().contains("#{") {
            return Err(Failure::usage(
                format!("{variable} contains an unresolved Octopus variable ('#{{...}}')."),
                "Check the variable's name and scope. Octopus leaves unknown variables unresolved.",
            ));
        }
        if !Credential::can_be_sent(&secret) {
            let what = format!(
                "{variable} contains white space or another character that is not valid in a credential."
            );
            return Err(Failure::usage(what, help));
        }
        Ok(Some(secret))
    }

    /// A client for the server; nothing has been sent yet. Requests are retried for `retry_for` unless
    /// the options say otherwise.
    pub fn client(&self, credential: Credential, retry_for: Duration) -> Result<Client, Failure> {
        let address = self.address()?;
        if !address.is_secure() && !address.is_loopback() {
            let host = Untrusted::from(address.host());
            self.reporter.warning(&format!(
                "The connection to '{host}' is not encrypted. Anyone on the network path can read the API key. Use https."
            ));
        }
        let proxy = Proxy::from_environment(&address).map_err(|error| {
            let help = "Correct the variable, unset it, or list the server in NO_PROXY.";
            Failure::usage(format!("{error}."), help)
        })?;
        let ca_file = self.common.ca_file.as_deref();
        let settings = Settings {
            address,
            credential,
            ca_file,
            proxy,
            timeout: self.common.timeout,
            retry_for: self.common.retry_for.unwrap_or(retry_for),
            observer: Rc::new(LogObserver {
                reporter: Rc::clone(self.reporter),
                signals: Rc::clone(self.signals),
                reasons: RefCell::default(),
            }),
        };
        Client::new(settings).map_err(|error| {
            let file = Untrusted::from(ca_file.unwrap_or(Path::new("")).to_string_lossy());
            Failure::usage(
                format!("--ca-file (RUNKEY_CA_FILE): '{file}' {error}."),
                "Set it to a file with the CA certificate in PEM.",
            )
        })
    }
}

/// Tells the log what a client does.
struct LogObserver {
    reporter: Rc<dyn Reporter>,
    signals: Rc<Signals>,
    /// The reasons for retries that the log has.
    reasons: RefCell<HashSet<String>>,
}

impl std::fmt::Debug for LogObserver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogObserver")
    }
}

impl Observer for LogObserver {
    fn sent(&self, request: &str, outcome: &str, took: Duration) {
        let took = took.as_millis();
        self.reporter
            .verbose(&format!("{request}: {outcome} ({took} ms)"));
    }

    /// Each reason is logged once: a long outage would fill the log.
    fn retrying(&self, error: &Error, wait: Duration, left: Duration) {
        let (wait, left) = (duration::describe(wait), duration::describe(left));
        let reason = capitalized(&error.to_string());
        let line = format!("{reason}. Retrying in {wait}; giving up in {left}.");
        if self.reasons.borrow_mut().insert(reason) {
            self.reporter.wait(&line);
        } else {
            self.reporter.verbose(&line);
        }
    }

    fn waiting(&self, left: Duration) {
        self.reporter.countdown(left);
    }

    fn notice(&self, line: &str) {
        self.reporter.verbose(line);
    }

    fn blocked(&self, error: &Error) {
        self.reporter.warning(&format!(
            "A proxy or gateway blocks DELETE ({error}). Retrying as POST with X-HTTP-Method-Override."
        ));
    }

    fn interrupted_at(&self) -> Option<Instant> {
        self.signals.interrupted_at()
    }
}
