//! `runkey create`: makes the run's key and hands it to the steps that follow.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::advice;
use crate::cli::{Access, Common, Create};
use crate::console::{self, Console};
use crate::failure::Failure;
use crate::hand_over::{Key, hand_over};
use crate::lifetime;
use crate::octopus::{self, Client, Id, MadeKey, NewKey};
use crate::purpose::{self, Purpose};
use crate::session;
use crate::text;
use crate::which_key;

/// How long to keep trying unless told otherwise.
const RETRY_FOR: Duration = Duration::from_mins(2);
/// A clock that is this far off is worth a word.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Makes the key, checks it, and hands it over; a key that fails a check is revoked at once.
///
/// # Errors
/// When there is no key, or it could not be handed over.
pub fn run(create: &Create, common: &Common, console: Console) -> Result<(), Failure> {
    let purpose = which_key::purpose(&create.key)?;
    which_key::check_owner(create.key.owner.as_deref())?;
    check_that_someone_listens()?;
    let client = session::open(common, RETRY_FOR, console)?;

    let owner = which_key::owner(&client, create.key.owner.as_deref())?;
    let made = make(&client, &owner, &purpose, create)?;
    let id = made.id.clone();
    let handed_over = checked(&client, &owner, &purpose, made, create)
        .and_then(|key| hand_over(&key, console).map(|()| key));
    match handed_over {
        Ok(key) => {
            console.highlight(&outcome(&key, &client));
            Ok(())
        }
        Err(failure) => Err(revoke(&client, &owner, &id, failure)),
    }
}

fn check_that_someone_listens() -> Result<(), Failure> {
    if console::nobody_listens() {
        return Err(Failure::usage(
            "Standard output is closed or leads to nowhere, so nobody would receive the key; none was made.",
            "Let standard output reach the Octopus worker, a pipe or a file that only you can read.",
        ));
    }
    Ok(())
}

/// Makes the key, a second time when the first answer shows that this machine's clock is wrong:
/// with an id for --owner nothing was heard of the server's clock before.
fn make(
    client: &Client,
    owner: &Id,
    purpose: &Purpose,
    create: &Create,
) -> Result<MadeKey, Failure> {
    let was_guessed = client.clock_ahead().is_none();
    let mut made = make_once(client, owner, purpose, create)?;
    if was_guessed && clock_is_off(client) {
        let of_wrong_expiry = match made {
            Ok(key) => Some(key.id),
            Err(error) if error.status() == Some(400) => None,
            Err(error) => return Err(not_made(&error)),
        };
        if let Some(id) = of_wrong_expiry {
            client.delete_key(owner, &id).map_err(|error| {
                let task = format!("This machine's clock is wrong, and so is the expiry of the key {id}, which could not be revoked");
                advice::explain(&task, &error)
            })?;
        }
        made = make_once(client, owner, purpose, create)?;
    }
    made.map_err(|error| not_made(&error))
}

fn make_once(
    client: &Client,
    owner: &Id,
    purpose: &Purpose,
    create: &Create,
) -> Result<octopus::Result<MadeKey>, Failure> {
    // Whole seconds: how many digits of a fraction the server reads is not documented.
    let now = Timestamp::from_second(client.now().as_second()).ok();
    let lifetime = SignedDuration::try_from(create.expires_in).ok();
    let expires = now
        .zip(lifetime)
        .and_then(|(now, lifetime)| now.checked_add(lifetime).ok());
    let Some(expires) = expires else {
        return Err(Failure::usage(
            "The lifetime of the key (--expires-in, RUNKEY_EXPIRES_IN) is beyond every calendar.",
            "Give a time such as 1h.",
        ));
    };
    let new = NewKey {
        purpose: purpose.as_str(),
        expires,
        access: create.access,
        actor_type: create.actor_type,
    };
    Ok(client.create_key(owner, &new))
}

fn clock_is_off(client: &Client) -> bool {
    let ahead = client.clock_ahead();
    ahead.is_some_and(|ahead| ahead.abs() > CLOCK_TOLERANCE)
}

fn not_made(error: &octopus::Error) -> Failure {
    let maybe_made = if error.is_passing() {
        " A key may have been made all the same; it expires by itself, and the delete step removes it."
    } else {
        ""
    };
    advice::explain("Cannot create the key", error).and_then(maybe_made)
}

/// Checks that the server kept what it was asked to: the purpose by which the key will be found, an
/// expiry, the access. Old servers ignore what they do not know.
fn checked<'a>(
    client: &Client,
    owner: &'a Id,
    purpose: &'a Purpose,
    made: MadeKey,
    create: &Create,
) -> Result<Key<'a>, Failure> {
    if made.purpose.as_deref() != Some(purpose.as_str()) {
        return Err(Failure::new(
            "The server stored another purpose than it was given, so the delete step would not find the key.",
            "Shorten or simplify the purpose (--run-by, --run-id or --purpose).",
        ));
    }
    let Some(expires) = made.expires else {
        return Err(Failure::new(
            "The server made a key that never expires.",
            "Octopus Server knows expiry from version 2020.6 on: upgrade it.",
        ));
    };
    if create.access == Access::ReadOnly {
        let stored = client
            .key(owner, &made.id)
            .map_err(|error| advice::explain("Cannot verify that the key is read-only", &error))?;
        if !stored.is_read_only() {
            let level = text::excerpt(stored.access_level.as_deref().unwrap_or("unknown"));
            return Err(Failure::new(
                format!("The server made a key that is not read-only (its access level: {level})."),
                "This server does not take the access level with the request: use --access full, with an owner that may do little.",
            ));
        }
    }
    Ok(Key {
        owner,
        purpose,
        made,
        expires,
    })
}

fn outcome(key: &Key<'_>, client: &Client) -> String {
    let lives = Duration::try_from(key.expires.duration_since(client.now())).unwrap_or_default();
    let whose = purpose::in_words(key.purpose.as_str());
    let clock = if clock_is_off(client) {
        ", by the server's clock, which differs from this machine's"
    } else {
        ""
    };
    let rounded = Duration::from_secs((lives.as_secs() + 30) / 60 * 60);
    let lives = lifetime::describe(if rounded.is_zero() { lives } else { rounded });
    format!(
        "Made a key for {whose}. It expires in {lives}, at {:.0}{clock}.",
        key.expires
    )
}

/// A key that cannot be used must not live on.
fn revoke(client: &Client, owner: &Id, key: &Id, failure: Failure) -> Failure {
    match client.delete_key(owner, key) {
        Ok(_) => failure.and_then(" The key that was made has been revoked."),
        Err(error) => failure.and_then(&format!(
            " The key that was made, {key}, could not be revoked ({error}): delete it in Octopus."
        )),
    }
}
