//! What the server made of the request for a key.

use super::Trial;
use super::findings::{Check, Findings};
use super::keys::TrialKey;
use crate::create::is_as_asked;
use crate::duration;
use crate::octopus::{Access, Client, KeyRecord};
use crate::stranger::Stranger;

/// A hint that says so much of a key tells it from others.
const TELLING_HINT: usize = 8;

/// A key is made, and is what was asked for.
pub fn make(Trial { findings, keys }: &mut Trial<'_>) {
    let time = duration::describe(keys.expires_in);
    let key = match keys.make(Access::Full) {
        Ok(key) => key,
        Err(error) => {
            let line = format!("No key that lives {time} could be made");
            findings.refused(Check::Made, &line, &error);
            return;
        }
    };
    let line = format!("A key that lives {time} was made.");
    findings.yes(Check::Made, &line, None);
    let stored = keys.client.key(keys.owner, &key.made.id);
    purpose(findings, &key, stored.as_ref().ok());
    expiry(findings, &key, keys.client);
    match &stored {
        Ok(record) => {
            access(findings, record);
            hint(findings, record, &key);
        }
        Err(error) => {
            let line = "The key's record could not be read by the credential";
            findings.unseen(Check::Access, line, error);
        }
    }
    keys.first = Some(key);
}

fn purpose(findings: &mut Findings, key: &TrialKey, record: Option<&KeyRecord>) {
    let is_kept =
        |purpose: Option<&Stranger>| purpose.map(Stranger::as_given) == Some(key.purpose.as_str());
    let in_record = record.is_none_or(|record| is_kept(record.purpose.as_ref()));
    if is_kept(key.made.purpose.as_ref()) && in_record {
        findings.yes(Check::Purpose, "The server kept its purpose.", None);
    } else {
        let line = "The server keeps another purpose than it was given.";
        findings.no(Check::Purpose, line, key.made.purpose.clone());
    }
}

fn expiry(findings: &mut Findings, key: &TrialKey, client: &Client) {
    let Some(expires) = key.made.expires else {
        let line = "The key never expires: Octopus Server knows expiry from version 2020.6 on.";
        findings.no(Check::Expiry, line, None);
        return;
    };
    let late = expires.duration_since(key.asked);
    let seen = Some(format!("{} s later than asked", late.as_secs()).into());
    if is_as_asked(expires, key.asked, client) {
        findings.yes(Check::Expiry, "The server kept its expiry.", seen);
    } else {
        let line = format!(
            "The key expires at {expires:.0}, not at {:.0} as it was asked to.",
            key.asked
        );
        findings.no(Check::Expiry, &line, seen);
    }
}

fn access(findings: &mut Findings, record: &KeyRecord) {
    if let Some(level) = &record.access_level {
        let line = format!("Its access level is '{level}', as its record says.");
        findings.yes(Check::Access, &line, Some(level.clone()));
    } else {
        let line = "Its record says nothing of its access.";
        findings.open(Check::Access, line, None);
    }
}

/// How long the hint is, and not what it says: it is a part of the key.
fn hint(findings: &mut Findings, record: &KeyRecord, key: &TrialKey) {
    let hint = record.hint.as_ref().map_or("", Stranger::as_given);
    let begins = key.made.secret.shared_with(hint);
    let rest = hint.chars().count() - begins;
    let seen = Some(format!("{begins} + {rest}").into());
    if key.made.secret.fits_hint(hint, TELLING_HINT) {
        let more = match rest {
            0 => String::new(),
            _ => format!(", and {rest} signs for the others"),
        };
        let line = format!("Its hint is its first {begins} characters{more}.");
        findings.yes(Check::Hint, &line, seen);
    } else {
        let line = "Its hint does not tell it from other keys.";
        findings.no(Check::Hint, line, seen);
    }
}
