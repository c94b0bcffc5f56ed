//! The account that owns the key.

use octopus::{Client, ErrorKind, Id, Untrusted, User};

use crate::output::Failure;

/// The account that owns the key, and what was learnt of it on the way.
#[derive(Debug)]
pub struct Owner {
    pub id: Id,
    /// The account itself, unless an ID was given.
    pub user: Option<User>,
    /// Whether it was given, or is the credential's account.
    pub is_given: bool,
}

impl Owner {
    /// The credential's own account, where no other is given.
    pub fn of_credential(me: User) -> Self {
        Self {
            is_given: false,
            ..of(me)
        }
    }
}

/// Checks `--owner` before anything is sent.
pub fn check(owner: Option<&Untrusted>) -> Result<(), Failure> {
    let Some(owner) = owner else { return Ok(()) };
    let why = if owner.raw().contains("#{") {
        "contains an unresolved Octopus variable ('#{...}')"
    } else if octopus::contains_secret(owner.raw()) {
        "contains something that looks like a credential (not shown)"
    } else {
        return Ok(());
    };
    let help = "Set it to a username or an ID such as Users-21.";
    Err(Failure::usage(
        format!("--owner (RUNKEY_OWNER) {why}."),
        help,
    ))
}

/// Finds the account that owns the key: the one given by ID or username, else the credential's.
pub fn find(client: &Client, owner: Option<&Untrusted>) -> Result<Owner, Failure> {
    let Some(owner) = owner else {
        let me = client.me().map_err(|error| match error.kind {
            ErrorKind::NotFound | ErrorKind::Forbidden => {
                Failure::from_error("Cannot read the credential's account", &error)
            }
            _ => Failure::from_cause(&error),
        })?;
        return Ok(Owner::of_credential(me));
    };
    let name = owner.raw().trim();
    if let Some(id) = Id::of_user(name) {
        return Ok(Owner {
            id,
            user: None,
            is_given: true,
        });
    }
    let task = format!("Cannot find the account '{owner}'");
    let mut found = client
        .users_named(name)
        .map_err(|error| Failure::from_error(&task, &error))?;
    match (found.pop(), found.is_empty()) {
        (Some(user), true) => Ok(of(user)),
        (Some(_), false) => Err(Failure::new(
            format!("{task}: several usernames differ from it only in case."),
            "Set --owner (RUNKEY_OWNER) to the account's ID, such as Users-21.",
        )),
        (None, _) => Err(Failure::new(
            format!("{task}: no account has this username."),
            "Set --owner (RUNKEY_OWNER) to a username, not a display name, or to an ID such as Users-21.",
        )),
    }
}

fn of(user: User) -> Owner {
    Owner {
        id: user.id.clone(),
        user: Some(user),
        is_given: true,
    }
}
