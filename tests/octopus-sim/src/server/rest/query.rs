//! The parameters of a query.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::server::rest::Refusal;
use crate::server::state::documents::DEFAULT_SPACE;

/// A query's parameters; of one given twice, the last counts.
pub(crate) type Parameters = HashMap<String, String>;

/// A list of words with commas between them; `None` when absent or empty.
pub(crate) fn words<'a>(query: &'a Parameters, name: &str) -> Option<Vec<&'a str>> {
    let text = query.get(name).filter(|text| !text.is_empty())?;
    Some(text.split(',').collect())
}

/// Whether a word is among those wanted; `None` wants all.
pub(crate) fn is_wanted(wanted: Option<&[&str]>, word: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.iter().any(|want| want.eq_ignore_ascii_case(word)))
}

pub(crate) fn is_true(query: &Parameters, name: &str) -> bool {
    query
        .get(name)
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

pub(crate) fn moment(query: &Parameters, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let refusal =
        |_| Refusal::bad_request(format!("'{text}' is not a date and time, as in {name}."));
    text.parse().map(Some).map_err(refusal)
}

/// The spaces that a request is about.
pub(crate) struct Scope<'a> {
    /// `None` is every space.
    spaces: Option<Vec<&'a str>>,
    include_system: bool,
}

impl<'a> Scope<'a> {
    /// The spaces that `spaces` and `includeSystem` name; without them the default space.
    pub(crate) fn asked(query: &'a Parameters) -> Self {
        Self {
            spaces: match words(query, "spaces") {
                None => Some(vec![DEFAULT_SPACE]),
                Some(spaces) => Some(spaces).filter(|spaces| spaces != &["all"]),
            },
            include_system: is_true(query, "includeSystem"),
        }
    }

    /// The space that the path names, and `includeSystem`.
    pub(crate) fn of_space(space: &'a str, query: &Parameters) -> Self {
        Self {
            spaces: Some(vec![space]),
            include_system: is_true(query, "includeSystem"),
        }
    }

    /// Whether something of this space is meant; `None` is the system's own.
    pub(crate) fn holds(&self, space: Option<&str>) -> bool {
        match space {
            Some(space) => is_wanted(self.spaces.as_deref(), space),
            None => self.include_system,
        }
    }
}
