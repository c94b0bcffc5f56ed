//! Everything that is stored as JSON and looked up by its ID: one store for all kinds.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::server::state::kinds::Kind;

/// The space that everything happens in unless a request says otherwise.
pub(crate) const DEFAULT_SPACE: &str = "Spaces-1";

/// One document.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) space: Option<String>,
    pub(crate) kind: &'static Kind,
    /// As it is stored, secrets included.
    pub(crate) fields: Value,
}

impl Document {
    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields[field].as_str().unwrap_or_default()
    }

    /// Whether a path means this one: by ID, slug or name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        [&self.id, self.text("Slug"), self.text("Name")]
            .iter()
            .any(|known| !known.is_empty() && known.eq_ignore_ascii_case(name))
    }
}

/// All documents, in the order they were created.
#[derive(Default)]
pub(crate) struct Documents {
    all: Vec<Document>,
    numbers: HashMap<&'static str, usize>,
}

impl Documents {
    /// Keeps a document under the next ID of its kind.
    pub(crate) fn add(&mut self, kind: &'static Kind, space: &str, fields: Value) -> &mut Document {
        let number = self.numbers.entry(kind.prefix).or_default();
        *number += 1;
        let id = format!("{}-{number}", kind.prefix);
        self.put(kind, space, &id, fields)
    }

    /// Keeps a document under this ID.
    pub(crate) fn put(
        &mut self,
        kind: &'static Kind,
        space: &str,
        id: &str,
        mut fields: Value,
    ) -> &mut Document {
        let space = kind.in_space.then(|| space.to_owned());
        fields["Id"] = json!(id);
        if let Some(space) = &space {
            fields["SpaceId"] = json!(space);
        }
        self.all.push(Document {
            id: id.to_owned(),
            space,
            kind,
            fields,
        });
        self.all.last_mut().expect("it was just added")
    }

    /// Those of a kind in a space; a kind of the system is in every space.
    pub(crate) fn all(&self, kind: &'static Kind, space: &str) -> impl Iterator<Item = &Document> {
        self.all.iter().filter(move |document| {
            document.kind == kind && document.space.as_deref().is_none_or(|own| own == space)
        })
    }

    /// The document that has this ID, slug or name; IDs go first.
    pub(crate) fn find(&self, kind: &'static Kind, space: &str, name: &str) -> Option<&Document> {
        let by_id = self
            .all(kind, space)
            .find(|document| document.id.eq_ignore_ascii_case(name));
        by_id.or_else(|| {
            self.all(kind, space)
                .find(|document| document.is_called(name))
        })
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Document> {
        self.all.iter_mut().find(|document| document.id == id)
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.all.retain(|document| document.id != id);
    }

    pub(crate) fn has_space(&self, id: &str) -> bool {
        self.all(Kind::named("spaces"), "")
            .any(|space| space.id == id)
    }
}

/// As in `web-shop`, from `Web Shop`.
pub(crate) fn slug(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}
