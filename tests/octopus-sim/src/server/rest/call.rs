//! One request on its way through the REST API: who makes it, whether they may, and what answers.

use std::net::IpAddr;

use axum::Json;
use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::server::World;
use crate::server::rest::Refusal;
use crate::server::rest::caller::Caller;
use crate::server::rest::packages::Upload;
use crate::server::rest::query::{self, Parameters};
use crate::server::rest::route::{Target, find};
use crate::server::settings::RateLimit;
use crate::server::state::documents::{DEFAULT_SPACE, Document};
use crate::server::state::kinds::Kind;
use crate::server::state::rate_limit::{Left, Owner};

/// A request that was admitted.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a World,
    pub(crate) caller: Caller,
    /// Below `/api` and the space, decoded, as sent.
    pub(crate) path: Vec<String>,
    /// The space in the path, if there is one.
    pub(crate) named_space: Option<String>,
    pub(crate) query: Parameters,
    /// The whole path and query, as sent.
    pub(crate) uri: &'a axum::http::Uri,
    body: &'a [u8],
    pub(crate) form: Option<Upload>,
}

/// A status and the JSON of a response.
pub(crate) type Answer = Result<(StatusCode, Value), Refusal>;

/// What answers a kind of request.
pub(crate) type Handler = fn(&Call<'_>) -> Answer;

/// 200 with this JSON.
#[expect(clippy::unnecessary_wraps, reason = "the last word of a handler")]
pub(crate) fn ok(body: Value) -> Answer {
    Ok((StatusCode::OK, body))
}

/// 201 with this JSON.
#[expect(clippy::unnecessary_wraps, reason = "the last word of a handler")]
pub(crate) fn created(body: Value) -> Answer {
    Ok((StatusCode::CREATED, body))
}

impl Call<'_> {
    /// The space that the request is about: without one in the path, the default space.
    pub(crate) fn space(&self) -> &str {
        self.named_space.as_deref().unwrap_or(DEFAULT_SPACE)
    }

    /// A part of the path, counted from 0 behind the space.
    pub(crate) fn part(&self, place: usize) -> &str {
        self.path.get(place).map_or("", String::as_str)
    }

    /// The body, which must be a JSON object.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        let body: Value = serde_json::from_slice(self.body).map_err(|error| {
            Refusal::bad_request(format!("The body is not valid JSON: {error}"))
        })?;
        let is_object = body.is_object();
        let refusal = || Refusal::bad_request("The body is not a JSON object.");
        is_object.then_some(body).ok_or_else(refusal)
    }

    /// The link to this path below `/api`.
    pub(crate) fn link(&self, path: &str) -> Value {
        let directory = &self.world.settings.virtual_directory;
        json!(format!("{directory}/api{path}"))
    }

    /// The document in the call's space that has this ID, slug or name.
    pub(crate) fn find(&self, kind: &'static Kind, name: &str) -> Result<Document, Refusal> {
        let state = self.world.state();
        let found = state.documents.find(kind, self.space(), name);
        found.cloned().ok_or_else(Refusal::not_found)
    }

    /// Refuses a caller who lacks this permission.
    pub(crate) fn need(&self, permission: &str) -> Result<(), Refusal> {
        let may = self.caller.may(permission);
        let refusal = || Refusal::missing_permission(permission);
        may.then_some(()).ok_or_else(refusal)
    }
}

/// Answers a request, and says whose credential it had.
pub(crate) fn answer(
    world: &World,
    parts: &Parts,
    body: &Bytes,
    form: Option<Upload>,
    peer: IpAddr,
) -> (Response, Option<String>) {
    let target = Target::read(parts.uri.path(), &world.settings.virtual_directory);
    let caller = identify(world, parts, target.as_ref(), peer);
    let user = caller.as_ref().ok().map(|caller| caller.person.id.clone());
    let user = user.filter(|user| !user.is_empty());
    let limit = world.settings.rate_limit.as_ref();
    let limit = limit.map(|limit| {
        let owner = match &caller {
            Ok(caller) if user.is_some() => {
                Owner::Account(caller.person.id.clone(), caller.is_agent())
            }
            _ => Owner::Address(peer),
        };
        (limit, world.state().buckets.take(owner, limit))
    });
    let result = match limit {
        Some((limit, left)) if !left.is_allowed => {
            let wait = limit.retry_after.then_some(left.next_in);
            Err(Refusal::too_many_requests(wait))
        }
        _ => caller.and_then(|caller| process(world, parts, body, form, target, caller)),
    };
    let mut response = match result {
        Ok((status, body)) => (status, Json(body)).into_response(),
        Err(refusal) => refusal.into_response(),
    };
    if let Some((limit, left)) = limit {
        tell_limit(&mut response, limit, left);
    }
    (response, user)
}

fn identify(
    world: &World,
    parts: &Parts,
    target: Option<&Target>,
    peer: IpAddr,
) -> Result<Caller, Refusal> {
    let has_credential = ["X-Octopus-ApiKey", "Authorization"]
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    let needs_none = target
        .is_some_and(|target| target.is_open_to_all() && !(target.is_root() && has_credential));
    if needs_none {
        return Ok(Caller::anonymous(&parts.headers, peer));
    }
    let (settings, now) = (&world.settings, world.now());
    Caller::identify(&parts.headers, peer, &mut world.state(), settings, now)
}

fn process(
    world: &World,
    parts: &Parts,
    body: &Bytes,
    form: Option<Upload>,
    target: Option<Target>,
    caller: Caller,
) -> Answer {
    let method = method(parts);
    if caller.only_reads() && method != Method::GET.as_str() {
        return Err(Refusal::forbidden());
    }
    let target = target.ok_or_else(Refusal::not_found)?;
    let handler = find(&method, &target)?;
    if let Some(space) = &target.space
        && !world.state().documents.has_space(space)
    {
        return Err(Refusal::not_found());
    }
    handler(&Call {
        world,
        caller,
        path: target.path,
        named_space: target.space,
        query: query::parse(parts.uri.query().unwrap_or_default()),
        uri: &parts.uri,
        body,
        form,
    })
}

/// The method that is meant: the official .NET client sends `PUT` and `DELETE` as `POST` with a
/// header.
fn method(parts: &Parts) -> String {
    let header = parts.headers.get("X-HTTP-Method-Override");
    let meant = header.and_then(|value| value.to_str().ok());
    let meant = meant.filter(|_| parts.method == Method::POST);
    meant.unwrap_or(parts.method.as_str()).to_uppercase()
}

/// Says what the policy is, and what it leaves.
fn tell_limit(response: &mut Response, limit: &RateLimit, left: Left) {
    let seconds = limit.per.as_secs_f64();
    let per_minute = f64::from(limit.requests) * 60.0 / seconds;
    let headers = response.headers_mut();
    for (name, text) in [
        (
            "octopus-ratelimit-policy",
            format!("l={};rpm={per_minute:.0}", limit.burst),
        ),
        (
            "octopus-ratelimit",
            format!("r={};t={}", left.requests, left.full_in),
        ),
    ] {
        let value = HeaderValue::try_from(text).expect("digits and letters");
        headers.insert(HeaderName::from_static(name), value);
    }
}
