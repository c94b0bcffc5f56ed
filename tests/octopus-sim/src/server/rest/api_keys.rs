//! `/api/users/{id}/apikeys`: making, listing and revoking keys.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::server::World;
use crate::server::clock::iso;
use crate::server::rest::Caller;
use crate::server::rest::Refusal;
use crate::server::rest::key_rules::wanted_key;
use crate::server::rest::paging::Paging;
use crate::server::rest::query::Parameters;
use crate::server::settings::Settings;
use crate::server::state::State as ServerState;
use crate::server::state::events::Event;
use crate::server::state::keys::{Key, Keys};
use crate::server::state::people::People;

type Answer = Result<Json<Value>, Refusal>;

/// Makes a key. This answer is the only one that ever holds the secret.
pub(crate) async fn create(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path(owner): Path<String>,
    body: String,
) -> Answer {
    let mut state = world.state();
    allow(&caller, &state.people, &owner)?;
    let now = world.now();
    let key = wanted_key(&body, owner, &caller, &world.settings, now)?;
    let added = state.keys.add(key.clone());
    let mut answer = json!({
        "Id": added.id,
        "ApiKey": added.secret,
        "Purpose": key.purpose,
        "Created": iso(key.created),
        "UserId": key.owner,
    });
    if world.settings.knows_expiry {
        answer["Expires"] = json!(key.expires.map(iso));
    }
    if world.settings.knows_actor_type {
        answer["ActorType"] = json!(key.actor_type);
    }
    let (hint, username) = named_in_events(&state, &added.id, &key);
    let event = Event {
        category: "Created".to_owned(),
        message: world.settings.key_words.generated(&key, &hint, &username),
        ..event(&caller, &world.settings, &added.id, &key)
    };
    state.events.add(event, now);
    Ok(Json(answer))
}

/// An account's keys, newest first.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path(owner): Path<String>,
    Query(query): Query<Parameters>,
) -> Answer {
    let state = world.state();
    allow(&caller, &state.people, &owner)?;
    let paging = Paging::asked(&query, world.settings.largest_page)?;
    let show = |place: &usize| shown(state.keys.at(*place), &state.keys, &world.settings);
    let newest_first = state.keys.of(&owner).iter().rev();
    let text = |name, known| {
        let text = query.get(name).filter(|_| known)?;
        Some(text.to_lowercase())
    };
    let settings = &world.settings;
    let purpose = text("partialPurpose", settings.filters_by_purpose);
    let keyword = text("partialKeyword", settings.filters_by_keyword);
    if purpose.is_none() && keyword.is_none() {
        return Ok(Json(paging.of(newest_first, show)));
    }
    let is_for = |place, text: &Option<String>| {
        let text = text.as_ref();
        text.is_none_or(|text| state.keys.is_for(place, text))
    };
    let matching: Vec<_> = newest_first
        .filter(|place| {
            let hinted = || {
                let text = keyword.as_ref();
                text.is_some_and(|text| state.keys.is_hinted_by(**place, text))
            };
            is_for(**place, &purpose) && (is_for(**place, &keyword) || hinted())
        })
        .collect();
    let page = paging.of(matching.into_iter(), show);
    Ok(Json(page))
}

/// One key.
pub(crate) async fn get(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path((owner, id)): Path<(String, String)>,
) -> Answer {
    let state = world.state();
    allow(&caller, &state.people, &owner)?;
    let key = state.keys.get(&owner, &id).ok_or_else(Refusal::not_found)?;
    if caller.key_id() == Some(&id) && !world.settings.shows_a_key_its_record {
        return Err(Refusal::forbidden());
    }
    Ok(Json(shown(key, &state.keys, &world.settings)))
}

/// Revokes a key.
pub(crate) async fn delete(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path((owner, id)): Path<(String, String)>,
) -> Answer {
    let mut state = world.state();
    allow(&caller, &state.people, &owner)?;
    let key = state.keys.get(&owner, &id).ok_or_else(Refusal::not_found)?;
    let key = key.clone();
    let (hint, username) = named_in_events(&state, &id, &key);
    state.keys.revoke(&id);
    let event = Event {
        category: "Deleted".to_owned(),
        message: world.settings.key_words.deleted(&key, &hint, &username),
        ..event(&caller, &world.settings, &id, &key)
    };
    state.events.add(event, world.now());
    Ok(Json(json!({})))
}

/// Everyone handles their own keys; those of a service account need the permission to edit
/// users, and those of another person are nobody's business, not even an administrator's.
fn allow(caller: &Caller, people: &People, owner: &str) -> Result<(), Refusal> {
    let owner = people.get(owner).ok_or_else(Refusal::not_found)?;
    if owner.id == caller.user_id || owner.is_service && caller.edits_users {
        return Ok(());
    }
    Err(Refusal::forbidden())
}

fn shown(key: &Key, keys: &Keys, settings: &Settings) -> Value {
    let mut shown = json!({
        "Id": key.id,
        "UserId": key.owner,
        "Purpose": key.purpose,
        "ApiKey": { "HasValue": true, "NewValue": null, "Hint": settings.hints.show(keys.hint(&key.id)) },
        "Created": iso(key.created),
        "LastUsedTimeStamp": key.last_used.map(iso),
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

/// A key's hint and its owner's user name.
fn named_in_events(state: &ServerState, id: &str, key: &Key) -> (String, String) {
    let owner = state.people.get(&key.owner);
    let username = owner.map_or_else(String::new, |owner| owner.username.clone());
    (state.keys.hint(id).to_owned(), username)
}

/// Keys belong to no space, so this is one of the system's own events.
fn event(caller: &Caller, settings: &Settings, id: &str, key: &Key) -> Event {
    Event {
        related_document_ids: vec![id.to_owned(), key.owner.clone()],
        ..caller.event(settings)
    }
}
