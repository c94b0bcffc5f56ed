//! Checks a run's key before anything works with it: that it is live, and says what it should.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::Use;
use crate::key::{Purpose, owner};
use crate::octopus::{Access, Client, Error, Id, KeyRecord};
use crate::output::{Console, Failure};
use crate::session::explain;
use crate::stranger::Stranger;

/// A hint that says so much of a key tells it from others.
const TELLING_HINT: usize = 8;

/// What was learnt of the key, by the names of the create step's output variables. What could not
/// be learnt is null.
#[derive(Debug, Serialize)]
pub struct Checked {
    #[serde(rename = "ApiKeyOwnerId")]
    owner_id: String,
    #[serde(rename = "ApiKeyPurpose")]
    purpose: Option<Stranger>,
    #[serde(rename = "ApiKeyExpires")]
    expires: Option<String>,
}

/// Asks the server about the key, in one request: the key's own record where its id and owner are
/// known, else whose key it is.
///
/// # Errors
/// When the key is dead or not what it should be, or the server cannot be asked.
pub fn check(
    client: &Client,
    options: &Use,
    purpose: Option<&Purpose>,
    console: Console,
) -> Result<Checked, Failure> {
    if let (Some(id), Some(owner)) = (&options.key_id, &options.key.owner) {
        let owner = owner::find(client, Some(owner))?;
        if let Some(record) = own_record(client, &owner, id, console)? {
            warn_of_another_hint(client, &record, console);
            let checked = check_record(&record, client, options.access, purpose)?;
            let shown = record.purpose.unwrap_or_default();
            console.info(&format!("The key works: '{shown}', until {checked:.0}."));
            return Ok(Checked {
                owner_id: owner.to_string(),
                purpose: Some(shown),
                expires: Some(checked.to_string()),
            });
        }
    }
    check_owner(client, options, purpose, console)
}

/// The key's own record, or nothing if the server does not show it to the key.
fn own_record(
    client: &Client,
    owner: &Id,
    id: &Stranger,
    console: Console,
) -> Result<Option<KeyRecord>, Failure> {
    let id = Id::new(id.as_given()).ok_or_else(|| {
        Failure::usage(
            "The key's id (--key-id, RUNKEY_KEY_ID) is not an id.",
            "Take it from the create step's output variable ApiKeyId.",
        )
    })?;
    match client.key(owner, &id) {
        Ok(record) => Ok(Some(record)),
        // Whether every key may read its own record is not documented.
        Err(error) if error.is_not_allowed() => {
            console.warning("The key may not read its own record, so only its owner is checked.");
            Ok(None)
        }
        Err(error) if error.is_unknown() => Err(wrong_key(&format!(
            "the account {owner} has no key {id}, though the key itself works"
        ))),
        Err(error) => Err(dead(&error)),
    }
}

fn check_owner(
    client: &Client,
    options: &Use,
    purpose: Option<&Purpose>,
    console: Console,
) -> Result<Checked, Failure> {
    let me = client.me().map_err(|error| dead(&error))?;
    let (id, username) = (me.id.as_str(), &me.username);
    let wanted = options.key.owner.as_ref();
    if wanted.is_some_and(|owner| owner.as_given() != id && !me.is_named(owner)) {
        return Err(wrong_key(&format!("it belongs to '{username}' ({id})")));
    }
    if options.access == Some(Access::ReadOnly) {
        return Err(Failure::new(
            "Whether the key is read-only could not be checked.",
            "Give --key-id and --owner (RUNKEY_KEY_ID and RUNKEY_OWNER) as well.",
        ));
    }
    console.info(&format!(
        "The key works; it belongs to '{username}' ({id})."
    ));
    let could_be_checked = options.key_id.is_some() && options.key.owner.is_some();
    if purpose.is_some() && !could_be_checked {
        console.warning("Whether the key has the purpose that was given was not checked: give --key-id and --owner (RUNKEY_KEY_ID and RUNKEY_OWNER) as well.");
    }
    Ok(Checked {
        owner_id: id.to_owned(),
        purpose: None,
        expires: None,
    })
}

/// How long hints are is not documented in full, so one that does not fit refuses nothing.
fn warn_of_another_hint(client: &Client, record: &KeyRecord, console: Console) {
    let hint = record.hint.as_ref();
    if hint.is_some_and(|hint| !client.credential().fits_hint(hint.as_given(), TELLING_HINT)) {
        console.warning("The server's hint for the key with this id does not fit the key: it may be another key's id.");
    }
}

/// Checks what the server keeps of the key, and gives when it expires.
fn check_record(
    record: &KeyRecord,
    client: &Client,
    access: Option<Access>,
    purpose: Option<&Purpose>,
) -> Result<Timestamp, Failure> {
    let stored = record.purpose.clone().unwrap_or_default();
    if purpose.is_some_and(|purpose| purpose.as_str() != stored.as_given()) {
        return Err(wrong_key(&format!("its purpose is '{stored}'")));
    }
    let Some(expires) = record.expires else {
        return Err(wrong_key("it never expires"));
    };
    if expires <= client.now() {
        return Err(Failure::new(
            format!("The key expired at {expires:.0}."),
            "Give the create step a longer --expires-in (RUNKEY_EXPIRES_IN).",
        ));
    }
    if access == Some(Access::ReadOnly) && !record.is_read_only() {
        let level = record.access_level.clone();
        let level = level.unwrap_or_else(|| "unknown".into());
        return Err(wrong_key(&format!(
            "it is not read-only (its access level: {level})"
        )));
    }
    Ok(expires)
}

fn dead(error: &Error) -> Failure {
    if error.is_dead_credential() {
        return Failure::new(
            "The key is dead: it was revoked, it expired, or its account is disabled.",
            "Look whether a delete step ran before this one, and whether the run took longer than --expires-in (RUNKEY_EXPIRES_IN) of the create step.",
        )
        .said(error.said());
    }
    explain("Cannot check the key", error)
}

fn wrong_key(why: &str) -> Failure {
    Failure::new(
        format!("The key is not the one that it should be: {why}."),
        "Take the key, its id and its purpose from the create step of this same run.",
    )
}
