//! The well-known document, the exchange of an ID token for an access token, and who may become a
//! service account so.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, created, ok};
use crate::server::state::people::{Identity, Person};
use crate::server::state::tokens::LIFETIME;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";

/// `GET /.well-known/openid-configuration`.
pub(crate) fn configuration(call: &Call<'_>) -> Answer {
    let world = call.world;
    check_enabled(call)?;
    let own = json!(format!("{}/token/v1", world.url));
    ok(json!({
        "issuer": world.url,
        "token_endpoint": world.settings.token_endpoint.clone().unwrap_or(own),
        "jwks_uri": format!("{}/.well-known/jwks", world.url),
    }))
}

/// `POST /token/v1`.
pub(crate) fn exchange(call: &Call<'_>) -> Answer {
    check_enabled(call)?;
    let body = call.json().unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    if text("grant_type") != GRANT {
        return refusal("unsupported_grant_type", "The grant type is not supported.");
    }
    if text("subject_token_type") != TOKEN_TYPE {
        return invalid("The subject token type is not supported.");
    }
    let now = call.world.now();
    let mut state = call.world.state();
    let audience = text("audience");
    let account = state
        .people
        .all()
        .find(|person| person.is_service && person.external_id() == audience);
    let Some(account) = account else {
        return invalid("The audience is not a service account ID.");
    };
    let Some(claims) = state.tokens.claims(text("subject_token")) else {
        return invalid("The subject token cannot be verified.");
    };
    if claims["exp"]
        .as_i64()
        .is_none_or(|end| end <= now.as_second())
    {
        return invalid("The subject token has expired.");
    }
    if !account
        .identities
        .iter()
        .any(|identity| fits(account, identity, claims))
    {
        let message = "No OIDC identity of the service account matches the issuer, the subject and the audience of the subject token.";
        return invalid(message);
    }
    let id = account.id.clone();
    ok(json!({
        "access_token": state.tokens.issue_access(&id, now),
        "expires_in": LIFETIME.as_secs(),
        "token_type": "Bearer",
        "issued_token_type": TOKEN_TYPE,
    }))
}

fn check_enabled(call: &Call<'_>) -> Result<(), Refusal> {
    let enabled = call.world.settings.openid_connect;
    enabled.then_some(()).ok_or_else(Refusal::not_found)
}

#[expect(clippy::unnecessary_wraps, reason = "a response of the token endpoint")]
fn refusal(error: &str, description: &str) -> Answer {
    let body = json!({ "error": error, "error_description": description });
    Ok((StatusCode::BAD_REQUEST, body))
}

fn invalid(description: &str) -> Answer {
    refusal("invalid_request", description)
}

fn fits(account: &Person, identity: &Identity, claims: &Value) -> bool {
    let subject = claims["sub"].as_str().unwrap_or_default();
    claims["iss"] == json!(identity.issuer)
        && claims["aud"] == json!(account.audience(identity))
        && matches(&identity.subject, subject)
}

/// Whether a pattern with `*` and `?` matches the whole text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            let mut tails = text.char_indices().map(|(place, _)| &text[place..]);
            tails.any(|tail| matches(rest, tail)) || matches(rest, "")
        }
        Some(first) => {
            let mut letters = text.chars();
            let letter = letters.next();
            letter.is_some_and(|letter| first == '?' || first == letter)
                && matches(&pattern[first.len_utf8()..], letters.as_str())
        }
    }
}

/// The OIDC identities of a service account, and its service account ID.
pub(crate) fn identities(call: &Call<'_>) -> Answer {
    let person = account(call)?;
    let all = person.identities.iter();
    let all: Vec<_> = all.map(|identity| shown(&person, identity)).collect();
    ok(json!({
        "ServerUrl": call.world.url,
        "ExternalId": person.external_id(),
        "Count": all.len(),
        "OidcIdentities": all,
    }))
}

/// Adds one.
pub(crate) fn create_identity(call: &Call<'_>) -> Answer {
    call.need("UserEdit")?;
    let person = account(call)?;
    let refusal = |error: serde_json::Error| Refusal::bad_request(error.to_string());
    let identity = serde_json::from_value(call.json()?).map_err(refusal)?;
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

fn shown(person: &Person, identity: &Identity) -> Value {
    let mut shown = json!(identity);
    shown["Audience"] = json!(person.audience(identity));
    shown["ServiceAccountId"] = json!(person.id);
    shown
}
