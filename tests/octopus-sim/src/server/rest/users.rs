//! `/api/users`: the accounts.

use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, created, ok};
use crate::server::rest::documents::shown as shown_document;
use crate::server::rest::paging::page;
use crate::server::rest::query::{is_wanted, text, words};
use crate::server::state::kinds::Kind;
use crate::server::state::people::Person;

/// The caller.
pub(crate) fn me(call: &Call<'_>) -> Answer {
    show(call, &call.caller.person.id)
}

/// One account.
pub(crate) fn get(call: &Call<'_>) -> Answer {
    show(call, call.part(1))
}

/// All accounts that contain the text of `filter` in a name, paged.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    let filter = text(&call.query, "filter").map(str::to_lowercase);
    let ids = words(&call.query, "ids");
    let state = call.world.state();
    let is_meant = |person: &&Person| {
        let filter = filter.as_ref();
        is_wanted(ids.as_deref(), &person.id) && filter.is_none_or(|text| person.answers_to(text))
    };
    let matching: Vec<_> = state.people.all().filter(is_meant).collect();
    let of = ("User", "ids,filter");
    page(call, of, matching, |person| shown(call, person))
}

/// All accounts, on no page.
pub(crate) fn all(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    ok(state
        .people
        .all()
        .map(|person| shown(call, person))
        .collect())
}

/// The spaces that an account may see, as an array.
pub(crate) fn spaces(call: &Call<'_>) -> Answer {
    let state = call.world.state();
    state
        .people
        .get(call.part(1))
        .ok_or_else(Refusal::not_found)?;
    let spaces = state.documents.all(Kind::named("spaces"), "");
    ok(spaces.map(|space| shown_document(call, space)).collect())
}

/// Creates one; a username exists once.
pub(crate) fn create(call: &Call<'_>) -> Answer {
    call.need("UserEdit")?;
    let body = call.json()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let (username, display_name) = (text("Username"), text("DisplayName"));
    if username.is_empty() || display_name.is_empty() {
        return Err(Refusal::bad_request(
            "Please provide a username and a display name.",
        ));
    }
    if [username, display_name]
        .iter()
        .any(|name| name.chars().count() > 64)
    {
        return Err(Refusal::bad_request("Names have at most 64 characters."));
    }
    let mut state = call.world.state();
    let is_taken = |person: &Person| person.username.eq_ignore_ascii_case(username);
    if state.people.all().any(is_taken) {
        return Err(Refusal::bad_request(format!(
            "The username '{username}' is taken."
        )));
    }
    let is_service = body["IsService"] == json!(true);
    let id = state.people.add(username, display_name, is_service);
    let person = state.people.get(&id).ok_or_else(Refusal::not_found)?;
    created(shown(call, person))
}

fn show(call: &Call<'_>, id: &str) -> Answer {
    let state = call.world.state();
    let person = state.people.get(id).ok_or_else(Refusal::not_found)?;
    ok(shown(call, person))
}

fn shown(call: &Call<'_>, person: &Person) -> Value {
    let link = |path: &str| call.link(&format!("/users/{}{path}", person.id));
    let mut shown = person.shown();
    shown["Links"] = json!({
        "Self": link(""),
        "ApiKeys": link("/apikeys{/id}{?skip,take,partialPurpose}"),
        "Spaces": link("/spaces"),
        "Teams": link("/teams{?spaces,includeSystem}"),
    });
    shown
}
