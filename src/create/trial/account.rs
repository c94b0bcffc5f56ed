//! What the trial asks before it makes a key: which server this is, whose the credential is, and on
//! which account the keys will be.

use std::time::Duration;

use super::findings::{Check, Findings};
use crate::duration;
use crate::key::owner;
use crate::octopus::{Client, Credential, Id, Root, User};
use crate::output::Failure;
use crate::session::explain;
use crate::stranger::Stranger;

/// Which server this is.
///
/// # Errors
/// When nothing more can be learnt of it.
pub fn server(client: &Client, findings: &mut Findings) -> Result<Root, Failure> {
    match client.root() {
        Ok(root) => {
            let name = root.application.clone().unwrap_or_default();
            if let Some(version) = &root.version {
                let line = format!("The server is '{name}' (version {version}).");
                findings.yes(Check::Server, &line, Some(version.clone()));
            } else {
                let line = format!("The server is '{name}' and does not tell its version.");
                findings.open(Check::Server, &line, None);
            }
            Ok(root)
        }
        Err(error) if error.is_octopus_own() && !error.is_dead_credential() => {
            findings.unseen(Check::Server, "The server does not say what it is", &error);
            Ok(Root::default())
        }
        Err(error) => Err(explain("Cannot ask the server what it is", &error)),
    }
}

/// Whose the credential is, what the server's clock says, and on which account the keys will be.
///
/// # Errors
/// When the credential is dead, there is no such account, or the server cannot be asked.
pub fn owner(
    client: &Client,
    given: Option<&Stranger>,
    findings: &mut Findings,
) -> Result<Id, Failure> {
    let me = client
        .me()
        .map_err(|error| explain("Cannot find out whose credential this is", &error))?;
    credential(client, &me, findings);
    clock(client, findings);
    if given.is_none() {
        return Ok(me.id);
    }
    let owner = owner::find(client, given)?;
    if owner == me.id {
        let line = "The keys will be on the credential's own account.";
        findings.yes(Check::Owner, line, Some("own".into()));
        return Ok(owner);
    }
    match client.user(&owner) {
        Ok(user) if user.is_service == Some(false) => {
            let line = format!(
                "The keys are to be on '{}' ({owner}), another person: Octopus makes keys for oneself and for service accounts only.",
                user.username
            );
            findings.no(Check::Owner, &line, Some("person".into()));
        }
        Ok(user) => {
            let line = format!(
                "The keys will be on '{}' ({owner}), another service account.",
                user.username
            );
            findings.yes(Check::Owner, &line, Some("service account".into()));
        }
        Err(error) => {
            let line = format!("The account {owner} could not be looked at");
            findings.unseen(Check::Owner, &line, &error);
        }
    }
    Ok(owner)
}

fn credential(client: &Client, me: &User, findings: &mut Findings) {
    let kind = match client.credential() {
        Credential::ApiKey(_) => "an API key",
        Credential::AccessToken(_) => "an access token",
    };
    let (name, id) = (&me.username, &me.id);
    let line = format!("The credential is {kind} of '{name}' ({id}), ");
    let seen = |account| Some(format!("{kind} of {account}").into());
    match me.is_service {
        Some(true) => {
            let line = format!("{line}a service account.");
            findings.yes(Check::Credential, &line, seen("a service account"));
        }
        Some(false) => {
            let line = format!("{line}a person: all runs would be done in that person's account.");
            findings.open(Check::Credential, &line, seen("a person"));
        }
        None => {
            let line = format!("{line}a person or a service account.");
            findings.open(Check::Credential, &line, seen("an account"));
        }
    }
}

fn clock(client: &Client, findings: &mut Findings) {
    let Some(ahead) = client.clock_ahead() else {
        let line =
            "The server's answers do not tell its time: lives of keys count from this machine's.";
        findings.open(Check::Clock, line, None);
        return;
    };
    let off = Duration::try_from(ahead.abs()).unwrap_or_default();
    let seen = Some(format!("{} s ahead", ahead.as_secs()).into());
    if off <= Duration::from_mins(1) {
        let line = "The server's clock and this machine's agree.";
        findings.yes(Check::Clock, line, seen);
    } else {
        let side = if ahead.is_negative() {
            "behind"
        } else {
            "ahead of"
        };
        // The server tells its time in whole seconds, and tells it a moment late.
        let minutes = (off.as_secs() + 30) / 60;
        let off = duration::describe(Duration::from_mins(minutes));
        let line = format!(
            "The server's clock is {off} {side} this machine's: lives of keys count from the server's."
        );
        findings.open(Check::Clock, &line, seen);
    }
}
