//! The account that owns the key.

use super::purpose::check;
use super::unusable;
use crate::octopus::{Client, Id};
use crate::output::Failure;
use crate::secret::Secret;
use crate::session::explain;
use crate::stranger::Stranger;

/// The id of the account that owns the key: the one given, found by its user name where need be, or
/// else the account behind the credential.
///
/// # Errors
/// When there is no such account, or the server cannot be asked.
pub fn find(client: &Client, owner: Option<&Stranger>) -> Result<Id, Failure> {
    let Some(owner) = owner else {
        let me = client.me();
        return me
            .map(|user| user.id)
            .map_err(|error| explain("Cannot find out whose credential this is", &error));
    };
    if let Some(id) = Id::of_user(owner.as_given()) {
        return Ok(id);
    }
    let found = client
        .user_named(owner)
        .map_err(|error| explain(&format!("Cannot look up the account '{owner}'"), &error))?;
    found.map(|user| user.id).ok_or_else(|| {
        Failure::new(
            format!("There is no account with the user name '{owner}'."),
            "Check --owner (RUNKEY_OWNER): it takes a user name, not a display name, or an id such as Users-21.",
        )
    })
}

/// Checks `--owner` before anything is sent. `secrets` are those that runkey was given.
///
/// # Errors
/// When it cannot be an id or a user name.
pub fn check_given(owner: Option<&Stranger>, secrets: &[Secret]) -> Result<(), Failure> {
    let checked = owner.map_or(Ok(()), |owner| check(owner.as_given(), secrets));
    checked.map_err(|why| unusable("The account that owns the key (--owner, RUNKEY_OWNER)", why))
}
