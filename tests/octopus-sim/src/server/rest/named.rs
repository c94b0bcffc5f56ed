//! What lists of named things can be narrowed by.

use serde_json::Value;

use crate::server::rest::query::{Parameters, words};

/// The filters `ids`, `name` and `partialName` of a request.
pub(crate) struct Wanted<'a> {
    ids: Option<Vec<&'a str>>,
    name: Option<&'a str>,
    part: Option<String>,
}

impl<'a> Wanted<'a> {
    /// Reads the filters; an empty one is none.
    pub(crate) fn asked(query: &'a Parameters) -> Self {
        let text = |name| query.get(name).map(String::as_str);
        let text = |name| text(name).filter(|text| !text.is_empty());
        Self {
            ids: words(query, "ids"),
            name: text("name"),
            part: text("partialName").map(str::to_lowercase),
        }
    }

    /// Whether the request wants this one, by its `Id` and `Name`.
    pub(crate) fn is(&self, shown: &Value) -> bool {
        let field = |name: &str| shown[name].as_str().unwrap_or_default();
        let (id, name) = (field("Id"), field("Name"));
        self.ids.as_ref().is_none_or(|ids| ids.contains(&id))
            && self
                .name
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(name))
            && self
                .part
                .as_ref()
                .is_none_or(|part| name.to_lowercase().contains(part))
    }
}
