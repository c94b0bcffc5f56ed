//! `/api/{space}/packages/raw` and the built-in feed's versions.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::server::rest::call::{Answer, Call, created, ok};
use crate::server::rest::query::text;
use crate::server::rest::{Refusal, paging};
use crate::server::state::packages::Package;

/// The file of a form.
pub(crate) struct Upload {
    file_name: String,
    bytes: Vec<u8>,
}

/// Reads the first file of a form; `None` where the body is no form, or holds no file.
pub(crate) async fn read_form(parts: &Parts, body: &Bytes) -> Option<Upload> {
    let mut request = Request::builder();
    for (name, value) in &parts.headers {
        request = request.header(name, value);
    }
    let mut request = request.body(Body::from(body.clone())).ok()?;
    axum::extract::DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    let part = form.next_field().await.ok()??;
    let file_name = part.file_name()?.to_owned();
    let bytes = part.bytes().await.ok()?.to_vec();
    Some(Upload { file_name, bytes })
}

/// Takes a package. What becomes of one that is there already, `overwriteMode` says.
pub(crate) fn upload(call: &Call<'_>) -> Answer {
    call.need("BuiltInFeedPush")?;
    let form = call.form.as_ref();
    let form = form.ok_or_else(|| Refusal::bad_request("The form holds no file."))?;
    let package = Package {
        space: call.space().to_owned(),
        file_name: form.file_name.clone(),
        bytes: form.bytes.clone(),
    };
    let shown = shown(&package)
        .ok_or_else(|| Refusal::bad_request("The file's name is not that of a package."))?;
    let packages = &mut call.world.state().packages;
    let exists = packages.has(&package);
    match text(&call.query, "overwriteMode") {
        Some("OverwriteExisting") => packages.put(package),
        Some("IgnoreIfExists") if exists => {}
        _ if exists => {
            let name = &package.file_name;
            let message = format!("The package {name} exists already in the built-in feed.");
            return Err(Refusal::new(StatusCode::CONFLICT, message));
        }
        _ => packages.put(package),
    }
    if exists { ok(shown) } else { created(shown) }
}

/// One of them, by `packages-<ID>.<version>` or without that prefix, as clients call it.
pub(crate) fn get(call: &Call<'_>) -> Answer {
    call.need("FeedView")?;
    let wanted = call.part(1).to_lowercase();
    let wanted = wanted.trim_start_matches("packages-");
    let state = call.world.state();
    let mut all = state.packages.of(call.space());
    let found = all.find(|package| package.file_name.to_lowercase() == format!("{wanted}.zip"));
    let found = found.ok_or_else(Refusal::not_found)?;
    let mut shown = shown(found).ok_or_else(Refusal::not_found)?;
    shown["Hash"] = sha1(&found.bytes).into();
    ok(shown)
}

/// All packages of the built-in feed, newest first.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    page(call, None)
}

/// The versions of a package in a feed, newest first.
pub(crate) fn versions(call: &Call<'_>) -> Answer {
    page(
        call,
        Some(text(&call.query, "packageId").unwrap_or_default()),
    )
}

fn page(call: &Call<'_>, wanted: Option<&str>) -> Answer {
    let state = call.world.state();
    let all = state.packages.of(call.space()).rev();
    let all = all.filter(|package| {
        let name = package.id_and_version();
        name.is_some_and(|(id, _)| wanted.is_none_or(|wanted| id.eq_ignore_ascii_case(wanted)))
    });
    let all: Vec<_> = all.filter_map(shown).collect();
    let of = ("PackageVersion", "packageId");
    paging::page(call, of, all, |shown| shown)
}

fn shown(package: &Package) -> Option<Value> {
    let (id, version) = package.id_and_version()?;
    Some(json!({
        "Id": format!("packages-{id}.{version}"),
        "PackageId": id,
        "Title": id,
        "Version": version,
        "FeedId": "feeds-builtin",
        "FileExtension": ".zip",
        "PackageSizeBytes": package.bytes.len(),
    }))
}

/// In small hexadecimal digits.
fn sha1(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let digits = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}
