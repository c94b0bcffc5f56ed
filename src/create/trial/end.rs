//! The end of the key, and what the audit trail shows of it.

use std::ops::ControlFlow;

use super::Trial;
use super::findings::{Check, Findings};
use super::keys::TrialKey;
use crate::octopus::Event;
use crate::stranger::Stranger;

/// The key revokes itself, so that the audit trail has something done by it, and is gone then. It is
/// not presented once more: that would be a failed login.
pub fn revoke(Trial { findings, keys }: &mut Trial<'_>) {
    let Some(key) = keys.first.take() else { return };
    let id = key.made.id.clone();
    let by_itself = findings.hold(Check::Works) && keys.revoke_itself(&key).unwrap_or(false);
    keys.first = Some(key);
    if by_itself {
        let seen = Some("by itself".into());
        findings.yes(Check::Revoked, "The key could revoke itself.", seen);
    } else if let Err(error) = keys.revoke(keys.client, &id) {
        findings.refused(Check::Revoked, "The key could not be revoked", &error);
        return;
    } else {
        let line = "The key was revoked by the credential, not by itself.";
        findings.yes(Check::Revoked, line, Some("by the credential".into()));
    }
    match keys.client.key(keys.owner, &id) {
        Err(error) if error.is_unknown() => {
            findings.yes(Check::Gone, "Then its record was gone.", None);
        }
        Err(error) => {
            let line = "Whether its record was gone then could not be seen";
            findings.unseen(Check::Gone, line, &error);
        }
        Ok(_) => {
            let line = "Its record was still there afterwards.";
            findings.no(Check::Gone, line, None);
        }
    }
}

/// The audit trail is read, and names the key that revoked itself.
pub fn audit(Trial { findings, keys }: &mut Trial<'_>) {
    let id = keys.first.as_ref().map(|key| key.made.id.as_str());
    let mut own = None;
    let read = keys.client.events(keys.owner, keys.since, |event| {
        let related = event.related_document_ids.as_deref().unwrap_or_default();
        let is_end = event.category.as_ref().map(Stranger::as_given) == Some("Deleted")
            && related.iter().any(|other| Some(other.as_given()) == id);
        if is_end {
            own = Some(event);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    if let Err(error) = read {
        let line = "The audit trail cannot be read";
        findings.unseen(Check::AuditTrail, line, &error);
        return;
    }
    let line = "The audit trail can be read.";
    findings.yes(Check::AuditTrail, line, None);
    match (&own, &keys.first) {
        (Some(event), Some(key)) => named(findings, event, key),
        _ => findings.open(Check::Named, "It shows nothing done by the key, yet.", None),
    }
}

fn named(findings: &mut Findings, event: &Event, key: &TrialKey) {
    let by_purpose = event.key_of_purpose(key.purpose.as_str()).is_some();
    let id = event.api_key_id.as_ref().map(Stranger::as_given);
    let by_id = id == Some(key.made.id.as_str());
    let seen = event.identity_established_with.clone();
    match (by_purpose, by_id) {
        (true, true) => {
            let line = "It names the key by its quoted purpose and by its id (ApiKeyId).";
            findings.yes(Check::Named, line, seen);
        }
        (true, false) => {
            let line = "It names the key by its quoted purpose, not by its id (ApiKeyId).";
            findings.yes(Check::Named, line, seen);
        }
        (false, true) => {
            let line = "It names the key by its id (ApiKeyId), not by its quoted purpose.";
            findings.yes(Check::Named, line, seen);
        }
        (false, false) => {
            let line = "It names the key neither by its quoted purpose nor by its id.";
            findings.no(Check::Named, line, seen);
        }
    }
}
