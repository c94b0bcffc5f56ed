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

/// Adds one.
pub(crate) fn create(call: &Call<'_>) -> Answer {
    call.need("UserEdit")?;
    let person = account(call)?;
    let identity = read(call)?;
    let response = shown(&person, &identity);
    if let Some(person) = call.world.state().people.get_mut(&person.id) {
        person.identities.push(identity);
    }
    created(response)
}

fn account(call: &Call<'_>) -> Result<Person, Refusal> {
    let state = call.world.state();
    let person = state
        .people
        .get(call.part(1))
        .filter(|person| person.is_service);
    person.cloned().ok_or_else(Refusal::not_found)
}

fn read(call: &Call<'_>) -> Result<Identity, Refusal> {
    let body = call.json()?;
    let text = |name: &str| {
        let text = body[name].as_str().filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let required = |name: &str| {
        text(name).ok_or_else(|| Refusal::bad_request(format!("Please provide {name}.")))
    };
    Ok(Identity {
        id: Identity::new_id(),
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
