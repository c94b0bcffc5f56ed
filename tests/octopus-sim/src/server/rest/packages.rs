//! `POST /api/{space}/packages/raw`: the built-in feed.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::World;
use crate::server::rest::Refusal;

/// Takes a package; one that is there already is a conflict.
pub(crate) async fn upload(
    State(world): State<Arc<World>>,
    Path(space): Path<String>,
    mut form: Multipart,
) -> Result<Json<Value>, Refusal> {
    let unreadable = |error| Refusal::bad_request(format!("The form cannot be read: {error}"));
    let part = form.next_field().await.map_err(unreadable)?;
    let part = part.ok_or_else(|| Refusal::bad_request("The form holds no file."))?;
    let file_name = part.file_name().unwrap_or_default().to_owned();
    let (id, version) = id_and_version(&file_name)
        .ok_or_else(|| Refusal::bad_request("The file's name is not that of a package."))?;
    let bytes = part.bytes().await.map_err(unreadable)?;
    let library = &mut world.state().library;
    if !library.has_space(&space) {
        return Err(Refusal::not_found());
    }
    if !library.add_package(&space, &file_name) {
        let message = format!("Package {id} {version} exists already in the built-in feed.");
        return Err(Refusal::new(StatusCode::CONFLICT, message));
    }
    Ok(Json(json!({
        "Id": format!("packages-{id}.{version}"),
        "PackageId": id,
        "Version": version,
        "FeedId": "feeds-builtin",
        "FileExtension": ".zip",
        "PackageSizeBytes": bytes.len(),
    })))
}

/// Reads `runkey.0.1.0.zip`: the version begins at the first part that is a number.
fn id_and_version(file_name: &str) -> Option<(&str, &str)> {
    let name = file_name.strip_suffix(".zip")?;
    let begins_with_digit = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    let mut dots = name.match_indices('.');
    let (dot, _) = dots.find(|(dot, _)| begins_with_digit(&name[dot + 1..]))?;
    Some((&name[..dot], &name[dot + 1..]))
}
