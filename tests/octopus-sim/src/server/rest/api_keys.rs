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
    let event = event(&world, &caller, &added.id, &key, "Created");
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
    let filter = query.get("partialPurpose");
    let page = match filter.filter(|_| world.settings.filters_by_purpose) {
        None => paging.of(newest_first, show),
        Some(text) => {
            let text = text.to_lowercase();
            let matching: Vec<_> = newest_first
                .filter(|place| state.keys.is_for(**place, &text))
                .collect();
            paging.of(matching.into_iter(), show)
        }
    };
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
    state.keys.get(&owner, &id).ok_or_else(Refusal::not_found)?;
    let key = state.keys.revoke(&id).ok_or_else(Refusal::not_found)?;
    let event = event(&world, &caller, &id, key, "Deleted");
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
        "ApiKey": { "HasValue": true, "NewValue": null, "Hint": keys.hint(&key.id) },
        "Created": iso(key.created),
        "ActorType": key.actor_type,
        "LastUsedTimeStamp": key.last_used.map(iso),
    });
    if settings.knows_expiry {
        shown["Expires"] = json!(key.expires.map(iso));
    }
    if settings.knows_access_level {
        shown["AccessLevel"] = json!(key.access_level);
    }
    shown
}

/// Keys belong to no space, so this is one of the system's own events. That it is audited is
/// documented; the words of the message are an assumption.
fn event(world: &World, caller: &Caller, id: &str, key: &Key, category: &str) -> Event {
    let done = category.to_lowercase();
    Event {
        category: category.to_owned(),
        message: format!("API key {} was {done}", key.purpose),
        related_document_ids: vec![id.to_owned(), key.owner.clone()],
        ..caller.event(world.settings.names_keys_in_events)
    }
}
