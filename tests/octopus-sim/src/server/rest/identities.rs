//! `/api/serviceaccounts/{id}/oidcidentities`: who may become a service account.

use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, created, ok};
use crate::server::state::people::{Identity, Person};

/// The OIDC identities of a service account, and its service account ID.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    let person = account(call)?;
    let all: Vec<_> = person
        .identities
        .iter()
        .map(|identity| shown(&person, identity))
        .collect();
    ok(json!({
        "ServerUrl": call.world.url,
        "ExternalId": person.external_id(),
        "Count": all.len(),
        "OidcIdentities": all,
    }))
}

/// One of them.
pub(crate) fn get(call: &Call<'_>) -> Answer {
    let person = account(call)?;
    let mut all = person.identities.iter();
    let identity = all.find(|identity| identity.id == call.part(3));
    ok(shown(&person, identity.ok_or_else(Refusal::not_found)?))
}

/// Adds one.
pub(crate) fn create(call: &Call<'_>) -> Answer {
    call.need("UserEdit")?;
    let person = account(call)?;
    let id = format!("OidcIdentities-{:x}", fastrand::u32(..));
    let identity = read(call, &id)?;
    let response = shown(&person, &identity);
    edit(call, |identities| identities.push(identity));
    created(response)
}

/// Replaces one.
pub(crate) fn change(call: &Call<'_>) -> Answer {
    call.need("UserEdit")?;
    let person = account(call)?;
    let id = call.part(3);
    let known = person.identities.iter().any(|identity| identity.id == id);
    known.then_some(()).ok_or_else(Refusal::not_found)?;
    let identity = read(call, id)?;
    let response = shown(&person, &identity);
    edit(call, |identities| {
        identities.retain(|known| known.id != id);
        identities.push(identity);
    });
    ok(response)
}

/// Removes one.
pub(crate) fn delete(call: &Call<'_>) -> Answer {
    call.need("UserEdit")?;
    get(call)?;
    edit(call, |identities| {
        identities.retain(|known| known.id != call.part(3));
    });
    ok(json!({}))
}

fn account(call: &Call<'_>) -> Result<Person, Refusal> {
    let state = call.world.state();
    let person = state
        .people
        .get(call.part(1))
        .filter(|person| person.is_service);
    person.cloned().ok_or_else(Refusal::not_found)
}

fn edit(call: &Call<'_>, edit: impl FnOnce(&mut Vec<Identity>)) {
    if let Some(person) = call.world.state().people.get_mut(call.part(1)) {
        edit(&mut person.identities);
    }
}

fn read(call: &Call<'_>, id: &str) -> Result<Identity, Refusal> {
    let body = call.json()?;
    let text = |name: &str| {
        let text = body[name].as_str().filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let required = |name: &str| {
        text(name).ok_or_else(|| Refusal::bad_request(format!("Please provide {name}.")))
    };
    Ok(Identity {
        id: id.to_owned(),
        name: required("Name")?,
        issuer: required("Issuer")?,
        subject: required("Subject")?,
        audience: text("Audience"),
    })
}

fn shown(person: &Person, identity: &Identity) -> Value {
    json!({
        "Id": identity.id,
        "Name": identity.name,
        "Issuer": identity.issuer,
        "Subject": identity.subject,
        "Audience": identity.audience.clone().unwrap_or_else(|| person.external_id()),
        "ServiceAccountId": person.id,
    })
}
