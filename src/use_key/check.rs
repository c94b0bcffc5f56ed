//! Checks a run key before anything works with it: that it is valid, and this run's.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use octopus::{Client, Error, ErrorKind, Id, KeyRecord, Untrusted};
use serde_json::{Value, json};

use crate::cli::{UseOptions, duration};
use crate::output::{Failure, Reporter};
use crate::run::{Purpose, RunId, existing_purpose, owner, purpose};

/// A key that expires sooner is warned about.
const EXPIRES_SOON: SignedDuration = SignedDuration::from_mins(10);
/// Minimum length of a hint that tells keys apart.
const MIN_HINT: usize = 8;

/// What the key must be, as far as that was said.
#[derive(Debug)]
pub enum Expected {
    /// Nothing was said.
    Anything,
    /// A key of exactly this run, not of one of its deployment targets.
    Run(RunId),
    /// A key of exactly this purpose.
    Purpose(Purpose),
}

impl Expected {
    /// Reads `--run-id` or `--purpose`.
    ///
    /// # Errors
    /// When one of them is invalid, or both are given.
    pub fn of(options: &UseOptions) -> Result<Self, Failure> {
        if let Some(purpose) = existing_purpose(&options.run)? {
            return Ok(Self::Purpose(purpose));
        }
        match &options.run.run_id {
            Some(id) => RunId::of_option(id).map(Self::Run),
            None => Ok(Self::Anything),
        }
    }

    fn is_met_by(&self, key: &KeyRecord) -> bool {
        let purpose = key.purpose.as_ref().map(Untrusted::raw).unwrap_or_default();
        match self {
            Self::Anything => true,
            Self::Run(run) => RunId::of_purpose(purpose).is_some_and(|(_, found)| found == *run),
            Self::Purpose(exact) => exact.as_str() == purpose,
        }
    }
}

/// Checks the key in one request: by its record where its ID and owner are known, else by the
/// credential's account; returns what was learnt for a program that reads JSON.
///
/// # Errors
/// When the key is no longer valid or not what it should be, or the server cannot be asked.
pub fn check(
    client: &Client,
    options: &UseOptions,
    expected: &Expected,
    reporter: &dyn Reporter,
) -> Result<Value, Failure> {
    if let (Some(id), Some(account)) = (&options.key_id, &options.run.owner) {
        let owner = owner::find(client, Some(account))?.id;
        if let Some(record) = record(client, &owner, id)? {
            verify(&record, client, expected, reporter)?;
            let purpose = record.purpose.clone().unwrap_or_default();
            let expires = record.expires.map(|expires| format!("{expires:.0}"));
            reporter.info(&format!(
                "Checked API key {} of {}: valid until {}.",
                record.id,
                purpose::person(&purpose),
                expires.as_deref().unwrap_or("an unknown time")
            ));
            return Ok(json!({
                "ApiKeyId": record.id.as_str(),
                "ApiKeyOwnerId": owner.as_str(),
                "ApiKeyPurpose": record.purpose,
                "ApiKeyExpires": record.expires,
            }));
        }
    }
    check_account(client, options, reporter)
}

/// The key's record, unless the server does not show it to the key.
fn record(client: &Client, owner: &Id, id: &Untrusted) -> Result<Option<KeyRecord>, Failure> {
    let id = Id::new(id.raw().trim()).ok_or_else(|| {
        Failure::usage(
            "--key-id (RUNKEY_KEY_ID) is not an ID.",
            "Set it to the create step's output variable ApiKeyId.",
        )
    })?;
    match client.key(owner, &id) {
        Ok(record) => Ok(Some(record)),
        // Whether every key may read its own record is not documented.
        Err(error) if error.kind == ErrorKind::Forbidden => Ok(None),
        Err(error) if error.kind == ErrorKind::NotFound => Err(wrong_key(&format!(
            "account {owner} has no API key {id}, although the key is valid"
        ))),
        Err(error) => Err(not_checked(&error)),
    }
}

fn verify(
    record: &KeyRecord,
    client: &Client,
    expected: &Expected,
    reporter: &dyn Reporter,
) -> Result<(), Failure> {
    if !expected.is_met_by(record) {
        let purpose = record.purpose.clone().unwrap_or_default();
        return Err(wrong_key(&format!("its purpose is \"{purpose}\"")));
    }
    let Some(expires) = record.expires else {
        return Err(wrong_key("it does not expire"));
    };
    if expires <= client.now() {
        return Err(Failure::new(
            format!("The run key expired at {expires:.0}."),
            "Increase --expires-in (RUNKEY_EXPIRES_IN) of the create step.",
        ));
    }
    if matches!(expected, Expected::Anything) {
        warn_of_purpose(reporter);
    }
    // How long hints are is not documented in full, so one that differs refuses nothing.
    let hint = record.hint.as_ref();
    if hint.is_some_and(|hint| !client.credential().fits_hint(hint.raw(), MIN_HINT)) {
        reporter.warning(
            "The server's hint for this ID does not match the key: it may be another key's ID.",
        );
    }
    warn_of_expiry(expires, client, reporter);
    Ok(())
}

fn warn_of_expiry(expires: Timestamp, client: &Client, reporter: &dyn Reporter) {
    let left = expires.duration_since(client.now());
    if left < EXPIRES_SOON {
        let left = duration::describe(Duration::try_from(left).unwrap_or_default());
        reporter.warning(&format!(
            "The key expires in {left}. Increase --expires-in (RUNKEY_EXPIRES_IN) of the create step if the work takes longer."
        ));
    }
}

fn check_account(
    client: &Client,
    options: &UseOptions,
    reporter: &dyn Reporter,
) -> Result<Value, Failure> {
    let me = client.me().map_err(|error| not_checked(&error))?;
    let is_owner = options.run.owner.as_ref().is_none_or(|owner| {
        let owner = owner.raw().trim();
        owner == me.id.as_str() || owner.eq_ignore_ascii_case(me.username.raw())
    });
    if !is_owner {
        return Err(wrong_key(&format!(
            "it belongs to '{}' ({})",
            me.username, me.id
        )));
    }
    reporter.info(&format!(
        "Checked the API key: valid, of account '{}' ({}).",
        me.username, me.id
    ));
    warn_of_purpose(reporter);
    Ok(json!({ "ApiKeyOwnerId": me.id.as_str(), "ApiKeyPurpose": null, "ApiKeyExpires": null }))
}

fn warn_of_purpose(reporter: &dyn Reporter) {
    reporter.warning(
        "The key's purpose was not checked. Set --key-id, --owner and --run-id (RUNKEY_KEY_ID, RUNKEY_OWNER and RUNKEY_RUN_ID).",
    );
}

fn not_checked(error: &Error) -> Failure {
    if error.kind == ErrorKind::Unauthorized {
        return Failure::new(
            "The run key is no longer valid: it was revoked, it expired, or its account is disabled.",
            "Check whether a delete step ran before this one, and whether the run took longer than --expires-in (RUNKEY_EXPIRES_IN) of the create step.",
        )
        .said(error.said.as_ref());
    }
    Failure::from_error("Cannot check the run key", error)
}

fn wrong_key(why: &str) -> Failure {
    Failure::new(
        format!("The key is not this run's: {why}."),
        "Take the key, its ID and the run ID from the create step of this run.",
    )
}
