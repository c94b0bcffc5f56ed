//! Checks a run's key before anything works with it: that it is live, and says what it should.

use serde::Serialize;

use crate::advice;
use crate::cli::{Access, Use};
use crate::console::Console;
use crate::failure::Failure;
use crate::octopus::{Client, Error, Id, KeyRecord};
use crate::purpose::Purpose;
use crate::secret::Secret;
use crate::text;
use crate::which_key;

/// What was learnt of the key, by the names of the create step's output variables. What could not
/// be learnt is null.
#[derive(Debug, Serialize)]
pub struct Checked {
    #[serde(rename = "ApiKeyOwnerId")]
    owner_id: String,
    #[serde(rename = "ApiKeyPurpose")]
    purpose: Option<String>,
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
    key: &Secret,
    console: Console,
) -> Result<Checked, Failure> {
    if let (Some(id), Some(owner)) = (&options.key_id, &options.key.owner) {
        let owner = which_key::owner(client, Some(owner))?;
        if let Some(record) = own_record(client, &owner, id, console)? {
            return check_record(
                client,
                &owner,
                &record,
                options.access,
                purpose,
                key,
                console,
            );
        }
    }
    check_owner(client, options, console)
}

/// The key's own record, or nothing if the server does not show it to the key.
fn own_record(
    client: &Client,
    owner: &Id,
    id: &str,
    console: Console,
) -> Result<Option<KeyRecord>, Failure> {
    let id = Id::new(id).ok_or_else(|| {
        Failure::usage(
            "The key's id (--key-id, RUNKEY_KEY_ID) is not an id.",
            "Take it from the create step's output variable ApiKeyId.",
        )
    })?;
    match client.key(owner, &id) {
        Ok(record) => Ok(Some(record)),
        // Whether every key may read its own record is not documented.
        Err(Error::Status { status: 403, .. }) => {
            console.warning("The key may not read its own record, so only its owner is checked.");
            Ok(None)
        }
        Err(error) if error.status() == Some(404) => Err(wrong_key(&format!(
            "the account {owner} has no key {id}, though the key itself works"
        ))),
        Err(error) => Err(dead(&error)),
    }
}

fn check_owner(client: &Client, options: &Use, console: Console) -> Result<Checked, Failure> {
    let me = client.me().map_err(|error| dead(&error))?;
    let (id, username) = (me.id.as_str(), text::excerpt(&me.username));
    let wanted = options.key.owner.as_deref();
    if wanted.is_some_and(|owner| owner != id && !owner.eq_ignore_ascii_case(&me.username)) {
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
    Ok(Checked {
        owner_id: id.to_owned(),
        purpose: None,
        expires: None,
    })
}

fn check_record(
    client: &Client,
    owner: &Id,
    record: &KeyRecord,
    access: Option<Access>,
    purpose: Option<&Purpose>,
    key: &Secret,
    console: Console,
) -> Result<Checked, Failure> {
    let stored = record.purpose.clone().unwrap_or_default();
    let shown = text::excerpt(&stored);
    if purpose.is_some_and(|purpose| purpose.as_str() != stored) {
        return Err(wrong_key(&format!("its purpose is '{shown}'")));
    }
    if record
        .hint
        .as_deref()
        .is_some_and(|hint| !key.fits_hint(hint))
    {
        return Err(wrong_key("its id is that of another key"));
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
        let level = text::excerpt(record.access_level.as_deref().unwrap_or("unknown"));
        return Err(wrong_key(&format!(
            "it is not read-only (its access level: {level})"
        )));
    }
    console.info(&format!("The key works: '{shown}', until {expires:.0}."));
    Ok(Checked {
        owner_id: owner.to_string(),
        purpose: Some(stored),
        expires: Some(expires.to_string()),
    })
}

fn dead(error: &Error) -> Failure {
    match error.status() {
        Some(401) => Failure::new(
            "The key is dead: it was revoked, it expired, or its account is disabled.",
            "Look whether a delete step ran before this one, and whether the run took longer than --expires-in (RUNKEY_EXPIRES_IN) of the create step.",
        )
        .said(error.said().map(ToOwned::to_owned)),
        _ => advice::explain("Cannot check the key", error),
    }
}

fn wrong_key(why: &str) -> Failure {
    Failure::new(
        format!("The key is not the one that it should be: {why}."),
        "Take the key, its id and its purpose from the create step of this same run.",
    )
}
