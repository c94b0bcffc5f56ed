//! `/api/users/{id}/apikeys`: making, listing and revoking keys.

use serde_json::{Value, json};

use crate::server::clock::iso;
use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, ok};
use crate::server::rest::caller::Caller;
use crate::server::rest::key_rules::wanted_key;
use crate::server::rest::paging::page;
use crate::server::rest::query::text;
use crate::server::state::State;
use crate::server::state::events::Event;
use crate::server::state::keys::{AddedKey, Key, Keys};
use crate::server::state::people::Person;
use crate::server::wording::{key_deleted, key_generated};

/// Creates a key. This response is the only one that ever holds the secret.
pub(crate) fn create(call: &Call<'_>) -> Answer {
    let (world, settings) = (call.world, &call.world.settings);
    let mut state = world.state();
    let owner = allow(call, &state)?;
    let now = world.now();
    let mut key = wanted_key(&call.json()?, &owner, &call.caller, settings, now)?;
    let AddedKey { id, secret } = state.keys.add(key.clone());
    key.id = id;
    let mut answer = shown(call, &key, &state.keys);
    answer["ApiKey"] = json!(secret);
    answer
        .as_object_mut()
        .expect("it is shown as an object")
        .remove("AccessLevel");
    let hint = state.keys.hint(&key.id).to_owned();
    let event = Event {
        category: "Created".to_owned(),
        message: key_generated(&key, &hint, &owner.username),
        ..event(&call.caller, &key)
    };
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
    let is_meant = |place: &&usize| {
        let purpose = purpose.as_ref();
        purpose.is_none_or(|purpose| state.keys.is_for(**place, purpose))
    };
    let newest_first = state.keys.of(&owner.id).iter().rev();
    let matching = newest_first.filter(is_meant).collect();
    page(
        call,
        ("ApiKey", "partialPurpose"),
        matching,
        |place: &usize| shown(call, state.keys.at(*place), &state.keys),
    )
}

/// One key.
pub(crate) fn get(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    let owner = allow(call, &state)?;
    let id = call.part(3);
    let key = state
        .keys
        .get(&owner.id, id)
        .ok_or_else(Refusal::not_found)?;
    if call.caller.key_id() == Some(&key.id) && !call.world.settings.shows_a_key_its_record {
        return Err(Refusal::forbidden());
    }
    ok(shown(call, key, &state.keys))
}

/// Revokes a key.
pub(crate) fn delete(call: &Call<'_>) -> Answer {
    let mut state = call.world.state();
    let owner = allow(call, &state)?;
    let key = state.keys.get(&owner.id, call.part(3));
    let key = key.ok_or_else(Refusal::not_found)?.clone();
    let hint = state.keys.hint(&key.id).to_owned();
    state.keys.revoke(&key.id);
    let event = Event {
        category: "Deleted".to_owned(),
        message: key_deleted(&key, &hint, &owner.username),
        ..event(&call.caller, &key)
    };
    state.events.add(event, call.world.now());
    ok(json!({}))
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

fn shown(call: &Call<'_>, key: &Key, keys: &Keys) -> Value {
    let settings = &call.world.settings;
    let mut shown = json!({
        "Id": key.id,
        "UserId": key.owner,
        "Purpose": key.purpose,
        "ApiKey": { "HasValue": true, "NewValue": null, "Hint": settings.hints.show(keys.hint(&key.id)) },
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
fn event(caller: &Caller, key: &Key) -> Event {
    Event {
        related_document_ids: vec![key.id.clone(), key.owner.clone()],
        ..caller.event()
    }
}
