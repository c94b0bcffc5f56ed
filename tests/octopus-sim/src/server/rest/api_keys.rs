//! `/api/users/{id}/apikeys`: making, listing and revoking keys.

use serde_json::{Value, json};

use crate::server::clock::iso;
use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, ok};
use crate::server::rest::key_rules::wanted_key;
use crate::server::rest::paging::page;
use crate::server::rest::query::text;
use crate::server::state::State;
use crate::server::state::events::Event;
use crate::server::state::keys::{AddedKey, Key, Stored};
use crate::server::state::people::Person;
use crate::server::wording::{key_deleted, key_generated};

/// Creates a key. This response is the only one that ever holds the secret.
pub(crate) fn create(call: &Call<'_>) -> Answer {
    let (world, settings) = (call.world, &call.world.settings);
    let mut state = world.state();
    let owner = allow(call, &state)?;
    let now = world.now();
    let key = wanted_key(&call.json()?, &owner, &call.caller, settings, now)?;
    let stored = state.keys.add(key);
    let mut answer = shown(call, stored);
    answer["ApiKey"] = json!(AddedKey::from(stored).secret);
    answer
        .as_object_mut()
        .expect("it is shown as an object")
        .remove("AccessLevel");
    let message = key_generated(stored, &owner.username);
    let event = event(call, &stored.key, "Created", message);
    state.events.add(event, now);
    ok(answer)
}

/// An account's keys, newest first, paged.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    let owner = allow(call, &state)?;
    let settings = &call.world.settings;
    let purpose = text(&call.query, "partialPurpose").filter(|_| settings.filters_by_purpose);
    let purpose = purpose.map(str::to_lowercase);
    let is_meant = |stored: &&Stored| {
        let purpose = purpose.as_ref();
        purpose.is_none_or(|purpose| stored.lowercase_purpose.contains(purpose))
    };
    let newest_first = state.keys.of(&owner.id).rev();
    let matching = newest_first.filter(is_meant).collect();
    let of = ("ApiKey", "partialPurpose");
    page(call, of, matching, |stored| shown(call, stored))
}

/// One key.
pub(crate) fn get(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    let stored = find(call, &state)?.1;
    let is_own = call.caller.key_id() == Some(&stored.key.id);
    if is_own && !call.world.settings.shows_a_key_its_record {
        return Err(Refusal::forbidden());
    }
    ok(shown(call, stored))
}

/// Revokes a key.
pub(crate) fn delete(call: &Call<'_>) -> Answer {
    let mut state = call.world.state();
    let (owner, stored) = find(call, &state)?;
    let message = key_deleted(stored, &owner.username);
    let event = event(call, &stored.key, "Deleted", message);
    let id = stored.key.id.clone();
    state.keys.revoke(&id);
    state.events.add(event, call.world.now());
    ok(json!({}))
}

/// The key in the path, and its owner.
fn find<'a>(call: &Call<'_>, state: &'a State) -> Result<(Person, &'a Stored), Refusal> {
    let owner = allow(call, state)?;
    let found = state.keys.get(call.part(3));
    let found = found.filter(|stored| stored.key.owner == owner.id);
    Ok((owner, found.ok_or_else(Refusal::not_found)?))
}

/// The owner in the path. Everyone handles their own keys; those of a service account need the
/// permission to edit users, and those of another person are refused to everyone, administrators included.
fn allow(call: &Call<'_>, state: &State) -> Result<Person, Refusal> {
    let owner = state
        .people
        .get(call.part(1))
        .ok_or_else(Refusal::not_found)?;
    let is_own = owner.id == call.caller.person.id;
    if is_own || owner.is_service && call.caller.may("UserEdit") {
        return Ok(owner.clone());
    }
    Err(Refusal::forbidden())
}

fn shown(call: &Call<'_>, stored: &Stored) -> Value {
    let settings = &call.world.settings;
    let key = &stored.key;
    let hint = settings.hints.show(stored.hint());
    let mut shown = json!({
        "Id": key.id,
        "UserId": key.owner,
        "Purpose": key.purpose,
        "ApiKey": { "HasValue": true, "NewValue": null, "Hint": hint },
        "Created": iso(key.created),
        "IsLastUsedTimestampKnown": true,
        "LastUsedTimeStamp": key.last_used.map(iso),
        "Links": { "Self": call.link(&format!("/users/{}/apikeys/{}", key.owner, key.id)) },
    });
    if settings.knows_expiry {
        shown["Expires"] = json!(key.expires.map(iso));
    }
    if settings.knows_access_level {
        shown["AccessLevel"] = json!(key.access_level);
    }
    if settings.knows_actor_type {
        shown["ActorType"] = json!(key.actor_type);
    }
    shown
}

/// Keys belong to no space, so this is one of the system's own events.
fn event(call: &Call<'_>, key: &Key, category: &str, message: String) -> Event {
    Event {
        category: category.to_owned(),
        message,
        related_document_ids: vec![key.id.clone(), key.owner.clone()],
        ..call.caller.event()
    }
}
