//! Which new keys the server accepts.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::server::rest::Refusal;
use crate::server::rest::caller::Caller;
use crate::server::settings::Settings;
use crate::server::state::keys::Key;
use crate::server::state::people::Person;

/// The lifetime of a key whose request does not say.
const DEFAULT_LIFE_DAYS: i64 = 180;

/// The longest lifetime of a key.
const LONGEST_LIFE_DAYS: i64 = 366;

/// Reads the request for a key, and applies the rules to it.
pub(crate) fn wanted_key(
    body: &Value,
    owner: &Person,
    caller: &Caller,
    settings: &Settings,
    now: Timestamp,
) -> Result<Key, Refusal> {
    let purpose = body["Purpose"].as_str().unwrap_or_default();
    if purpose.trim().is_empty() {
        return Err(Refusal::bad_request("Please provide a purpose."));
    }
    // No source says what happens with two accounts in one request: the least that can be.
    if body["UserId"].as_str().is_some_and(|user| user != owner.id) {
        return Err(Refusal::bad_request(settings.wording.pick(
            "The UserId of the key is not that of the resource.",
            "An API key cannot be made for two accounts.",
        )));
    }
    let expires = if settings.knows_expiry {
        Some(expiry(body.get("Expires"), caller, settings, now)?)
    } else {
        None
    };
    let access_level = if settings.knows_access_level && settings.honors_access_level {
        choice(&body["AccessLevel"], &["FullAccess", "ReadOnly"])?
    } else {
        "FullAccess"
    };
    let actor_type = if settings.knows_actor_type {
        choice(&body["ActorType"], &["User", "AiAgent"])?
    } else {
        "User"
    };
    if owner.service_account_type.as_deref() == Some("Agent") && actor_type != "AiAgent" {
        let message = "An account of the type Agent takes AI agent keys only.";
        return Err(Refusal::bad_request(message));
    }
    Ok(Key {
        id: String::new(),
        owner: owner.id.clone(),
        purpose: purpose.to_owned(),
        created: now,
        expires,
        access_level: access_level.to_owned(),
        actor_type: actor_type.to_owned(),
        last_used: None,
    })
}

/// Not in the past, not after the expiry of the credential that asks, not past the longest life.
fn expiry(
    wanted: Option<&Value>,
    caller: &Caller,
    settings: &Settings,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let in_days = |days: i64| now + SignedDuration::from_hours(24 * days);
    let longest = in_days(LONGEST_LIFE_DAYS);
    let expires = match wanted {
        None => in_days(DEFAULT_LIFE_DAYS),
        Some(Value::Null) => longest,
        Some(given) => given
            .as_str()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Refusal::bad_request(format!("{given} is not a date and time.")))?,
    };
    if expires <= now {
        return Err(Refusal::bad_request(settings.wording.pick(
            "The expiry date is in the past.",
            "Expires must be a moment yet to come.",
        )));
    }
    if caller.limit(settings).is_some_and(|limit| expires > limit) {
        return Err(Refusal::bad_request(settings.wording.pick(
            "The expiry date is after that of the credential used for this request.",
            "You cannot generate a key that outlives the one you are signed in with.",
        )));
    }
    if expires > longest {
        return Err(Refusal::bad_request(settings.wording.pick(
            "The expiry date is more than 366 days from now.",
            "API keys on this instance live at most 366 days.",
        )));
    }
    Ok(expires)
}

/// One of these words; the first when the field is absent or null.
fn choice<'a>(given: &Value, words: &[&'a str]) -> Result<&'a str, Refusal> {
    if given.is_null() {
        return Ok(words[0]);
    }
    let known = words.iter().find(|word| given.as_str() == Some(word));
    known
        .copied()
        .ok_or_else(|| Refusal::bad_request(format!("{given} is not one of {}.", words.join(", "))))
}
