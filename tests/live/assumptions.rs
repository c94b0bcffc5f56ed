//! What the project assumes about Octopus, one function each. Nothing here shows a secret.

use serde_json::Value;

use crate::{Finding, Live};

type Assumption = (&'static str, fn(&Live) -> Finding);

/// Every assumption, in words.
pub(crate) const ALL: [Assumption; 10] = [
    (
        "every answer carries the server's time",
        answers_carry_the_date,
    ),
    (
        "the hint is the first 8 characters of the key",
        hint_is_the_first_8_characters,
    ),
    ("a key may read its own record", key_reads_its_own_record),
    (
        "partialPurpose narrows the list of keys",
        partial_purpose_narrows,
    ),
    (
        "a page holds the 1,000 keys that are asked for",
        pages_are_as_long_as_asked,
    ),
    (
        "AccessLevel in the request makes a read-only key",
        access_level_is_honoured,
    ),
    (
        "a revoked key gets 401, in Octopus's words",
        revoked_key_gets_401,
    ),
    (
        "deleting a key that is gone gets 404, in Octopus's words",
        gone_key_gets_404,
    ),
    (
        "the audit trail quotes the purpose in IdentityEstablishedWith",
        events_quote_the_purpose,
    ),
    (
        "the audit trail names the key in ApiKeyId",
        events_name_the_key,
    ),
];

fn confirmed(holds: bool, seen: impl Into<String>) -> Finding {
    if holds {
        Ok(seen.into())
    } else {
        Err(seen.into())
    }
}

fn answers_carry_the_date(live: &Live) -> Finding {
    let answer = live.get(&live.service_key, "/api/users/me");
    confirmed(answer.has_date, format!("users/me: {}", answer.status))
}

fn hint_is_the_first_8_characters(live: &Live) -> Finding {
    let key = live.create(&[])?;
    let record = live.get(&live.service_key, &key_path(&key));
    let hint = record.body["ApiKey"]["Hint"].as_str().unwrap_or_default();
    let begins = !hint.is_empty() && key.secret.starts_with(hint);
    let length = hint.chars().count();
    confirmed(
        begins && length == 8,
        format!("{length} characters, which begin the key: {begins}"),
    )
}

fn key_reads_its_own_record(live: &Live) -> Finding {
    let key = live.create(&[])?;
    let record = live.get(&key.secret, &key_path(&key));
    confirmed(record.status == 200, record.status.to_string())
}

fn partial_purpose_narrows(live: &Live) -> Finding {
    let key = live.create(&[])?;
    // In other letters, since the comparison is said to ignore case.
    let part = live.purpose.rsplit_once(' ').map_or("", |(_, id)| id);
    let part = part.trim_end_matches(']').to_lowercase();
    let all = live.get(&live.service_key, &keys_path(&key, ""));
    let narrowed = live.get(
        &live.service_key,
        &keys_path(&key, &format!("&partialPurpose={part}")),
    );
    let count = |list: &Value| list["TotalResults"].as_u64();
    let ours = |item: &Value| item["Purpose"].as_str() == Some(&live.purpose);
    let items = narrowed.body["Items"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    confirmed(
        !items.is_empty() && items.iter().all(ours),
        format!("{:?} keys of {:?}", count(&narrowed.body), count(&all.body)),
    )
}

fn pages_are_as_long_as_asked(live: &Live) -> Finding {
    let key = live.create(&[])?;
    let list = live.get(&live.service_key, &keys_path(&key, ""));
    let length = list.body["ItemsPerPage"].as_u64();
    confirmed(length == Some(1000), format!("ItemsPerPage: {length:?}"))
}

fn access_level_is_honoured(live: &Live) -> Finding {
    let key = live.create(&["--access", "read-only"])?;
    let record = live.get(&live.service_key, &key_path(&key));
    let level = record.body["AccessLevel"].as_str().unwrap_or("absent");
    confirmed(level == "ReadOnly", level)
}

fn revoked_key_gets_401(live: &Live) -> Finding {
    let key = live.create(&[])?;
    live.delete();
    let answer = live.get(&key.secret, "/api/users/me");
    confirmed(
        answer.status == 401 && is_octopus_error(&answer.body),
        format!(
            "{}, in its words: {}",
            answer.status,
            is_octopus_error(&answer.body)
        ),
    )
}

fn gone_key_gets_404(live: &Live) -> Finding {
    let key = live.create(&[])?;
    live.delete();
    let answer = live.remove(&live.service_key, &key_path(&key));
    confirmed(
        answer.status == 404 && is_octopus_error(&answer.body),
        format!(
            "{}, in its words: {}",
            answer.status,
            is_octopus_error(&answer.body)
        ),
    )
}

fn events_quote_the_purpose(live: &Live) -> Finding {
    let (_, event) = event_of_a_run_key(live)?;
    let identity = event["IdentityEstablishedWith"]
        .as_str()
        .unwrap_or_default();
    let quoted = identity.contains(&format!("'{}'", live.purpose));
    confirmed(quoted, identity.replace(&live.purpose, "<the purpose>"))
}

fn events_name_the_key(live: &Live) -> Finding {
    let (id, event) = event_of_a_run_key(live)?;
    confirmed(
        event["ApiKeyId"] == id.as_str(),
        event["ApiKeyId"].to_string(),
    )
}

/// Has a run's key do something that is audited, which is to revoke a key of this check's own; gives
/// the key's id and the event.
fn event_of_a_run_key(live: &Live) -> Result<(String, Value), String> {
    let (actor, victim) = (live.create(&[])?, live.create(&[])?);
    let removed = live.remove(&actor.secret, &key_path(&victim));
    if removed.status != 200 {
        return Err(format!("a key may not revoke another: {}", removed.status));
    }
    let path = format!(
        "/api/events?users={}&spaces=all&includeSystem=true&take=30",
        actor.owner
    );
    let events = live.get(&live.service_key, &path);
    let found = events.body["Items"].as_array().and_then(|events| {
        events.iter().find(|event| {
            let related = event["RelatedDocumentIds"].as_array();
            let of_victim = related.is_some_and(|ids| ids.iter().any(|id| *id == victim.id));
            of_victim && event["Category"] == "Deleted"
        })
    });
    let event =
        found.ok_or_else(|| format!("no such event; the trail answered {}", events.status))?;
    Ok((actor.id, event.clone()))
}

fn is_octopus_error(body: &Value) -> bool {
    body["ErrorMessage"].is_string()
}

fn keys_path(key: &crate::RunKey, more: &str) -> String {
    format!("/api/users/{}/apikeys?skip=0&take=1000{more}", key.owner)
}

fn key_path(key: &crate::RunKey) -> String {
    format!("/api/users/{}/apikeys/{}", key.owner, key.id)
}
