//! The parameters of a query.

use std::collections::HashMap;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::server::rest::Refusal;
use crate::server::rest::call::Call;
use crate::server::state::documents::DEFAULT_SPACE;

/// A query's parameters by name in lower case; of one given twice, the last counts.
pub(crate) type Parameters = HashMap<String, String>;

/// Reads a query, without its `?`.
pub(crate) fn parse(query: &str) -> Parameters {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name).to_lowercase(), decode(value))
        })
        .collect()
}

/// A parameter by its name in any case.
pub(crate) fn text<'a>(query: &'a Parameters, name: &str) -> Option<&'a str> {
    query.get(&name.to_lowercase()).map(String::as_str)
}

/// A list of words with commas between them; `None` when absent or empty.
pub(crate) fn words<'a>(query: &'a Parameters, name: &str) -> Option<Vec<&'a str>> {
    let text = text(query, name).filter(|text| !text.is_empty())?;
    Some(text.split(',').collect())
}

/// Whether a word is among those wanted; `None` wants all.
pub(crate) fn is_wanted(wanted: Option<&[&str]>, word: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.iter().any(|want| want.eq_ignore_ascii_case(word)))
}

pub(crate) fn is_true(query: &Parameters, name: &str) -> bool {
    text(query, name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

pub(crate) fn moment(query: &Parameters, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = text(query, name) else {
        return Ok(None);
    };
    let refusal =
        |_| Refusal::bad_request(format!("'{text}' is not a date and time, as in {name}."));
    text.parse().map(Some).map_err(refusal)
}

/// What lists of named things are narrowed by.
pub(crate) struct Named<'a> {
    ids: Option<Vec<&'a str>>,
    /// Fields that must be equal, but for case.
    equal: Vec<(&'static str, &'a str)>,
    part: Option<String>,
}

impl<'a> Named<'a> {
    /// Reads the filters; an empty one is none.
    pub(crate) fn asked(query: &'a Parameters) -> Self {
        let given = |name: &str| text(query, name).filter(|text| !text.is_empty());
        let fields = ["Name", "AccountType", "FeedType"];
        let equal = fields
            .iter()
            .filter_map(|field| Some((*field, given(field)?)));
        Self {
            ids: words(query, "ids"),
            equal: equal.collect(),
            part: given("partialName").map(str::to_lowercase),
        }
    }

    /// Whether the request wants this one.
    pub(crate) fn is(&self, fields: &Value) -> bool {
        let field = |name: &str| fields[name].as_str().unwrap_or_default();
        let part = self.part.as_ref();
        is_wanted(self.ids.as_deref(), field("Id"))
            && self
                .equal
                .iter()
                .all(|(name, value)| field(name).eq_ignore_ascii_case(value))
            && part.is_none_or(|part| field("Name").to_lowercase().contains(part))
    }
}

/// The spaces that a request is about.
pub(crate) struct Scope<'a> {
    /// `None` is every space.
    spaces: Option<Vec<&'a str>>,
    include_system: bool,
}

impl<'a> Scope<'a> {
    /// The space of the path; else those that `spaces` names; else the default space. The system
    /// is meant only with `includeSystem`.
    pub(crate) fn asked(call: &'a Call<'_>) -> Self {
        let named = call.named_space.as_deref().map(|space| vec![space]);
        Self {
            spaces: match named.or_else(|| words(&call.query, "spaces")) {
                None => Some(vec![DEFAULT_SPACE]),
                Some(spaces) => Some(spaces).filter(|spaces| spaces != &["all"]),
            },
            include_system: is_true(&call.query, "includeSystem"),
        }
    }

    /// Whether something of this space is meant; `None` is the system's own.
    pub(crate) fn includes(&self, space: Option<&str>) -> bool {
        match space {
            Some(space) => is_wanted(self.spaces.as_deref(), space),
            None => self.include_system,
        }
    }
}
