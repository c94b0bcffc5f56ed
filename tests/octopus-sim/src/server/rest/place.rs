//! Which document of which space a path is about.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::server::rest::Refusal;
use crate::server::state::documents::{DEFAULT_SPACE, Kind};

/// All documents of a kind in a space that exists.
pub(crate) struct Shelf {
    pub(crate) kind: Kind,
    pub(crate) space: String,
}

/// One document, which may not exist.
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) space: String,
    pub(crate) id: String,
}

/// The shelf, and what the path says below it. Without a space it is that of the default one.
fn read(path: &str) -> Option<(Shelf, &str)> {
    let (_, below_api) = path.split_once("/api/")?;
    let (space, below_space) = match first_word(below_api) {
        (word, _) if Kind::in_path(word).is_some() => (DEFAULT_SPACE, below_api),
        named => named,
    };
    let (word, below) = first_word(below_space);
    let kind = Kind::in_path(word).filter(|_| space == DEFAULT_SPACE)?;
    let space = space.to_owned();
    Some((Shelf { kind, space }, below))
}

fn first_word(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or((path, ""))
}

impl<S: Sync> FromRequestParts<S> for Shelf {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let (shelf, _) = read(parts.uri.path()).ok_or_else(Refusal::not_found)?;
        Ok(shelf)
    }
}

impl<S: Sync> FromRequestParts<S> for Place {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let (shelf, id) = read(parts.uri.path()).ok_or_else(Refusal::not_found)?;
        Ok(Self {
            kind: shelf.kind,
            space: shelf.space,
            id: id.to_owned(),
        })
    }
}
