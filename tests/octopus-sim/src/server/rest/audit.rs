//! `/api/events`: reading the audit trail.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::server::World;
use crate::server::rest::Caller;
use crate::server::rest::Refusal;
use crate::server::rest::paging::{Paging, Parameters};
use crate::server::state::documents::DEFAULT_SPACE;
use crate::server::state::events::Event;

/// Events of the spaces asked for, by default those of the default space.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<Parameters>,
) -> Result<Json<Value>, Refusal> {
    let spaces = match words(&query, "spaces") {
        // The documentation does not say what is shown without it: the least that can be.
        None => Some(vec![DEFAULT_SPACE]),
        Some(spaces) => Some(spaces).filter(|spaces| spaces != &["all"]),
    };
    page(&world, &caller, &query, spaces)
}

/// Events of one space.
pub(crate) async fn list_of_space(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path(space): Path<String>,
    Query(query): Query<Parameters>,
) -> Result<Json<Value>, Refusal> {
    page(&world, &caller, &query, Some(vec![&space]))
}

fn page(
    world: &World,
    caller: &Caller,
    query: &Parameters,
    spaces: Option<Vec<&str>>,
) -> Result<Json<Value>, Refusal> {
    if !caller.views_events {
        return Err(Refusal::forbidden());
    }
    let filter = Filter::asked(query, spaces)?;
    let paging = Paging::asked(query, world.settings.largest_page)?;
    let without_difference = is_true(query, "excludeDifference");
    let state = world.state();
    let newest_first = state.events.within(filter.from, filter.to).iter().rev();
    let matching: Vec<_> = newest_first.filter(|event| filter.passes(event)).collect();
    let page = paging.of(matching.into_iter(), |event| {
        let mut shown = json!(event);
        if without_difference && let Some(shown) = shown.as_object_mut() {
            shown.remove("ChangeDetails");
        }
        shown
    });
    Ok(Json(page))
}

/// What a request wants to see; `None` is everything.
struct Filter<'a> {
    users: Option<Vec<&'a str>>,
    categories: Option<Vec<&'a str>>,
    document_types: Option<Vec<&'a str>>,
    spaces: Option<Vec<&'a str>>,
    include_system: bool,
    from: Timestamp,
    to: Timestamp,
}

impl<'a> Filter<'a> {
    fn asked(query: &'a Parameters, spaces: Option<Vec<&'a str>>) -> Result<Self, Refusal> {
        Ok(Self {
            users: words(query, "users"),
            categories: words(query, "eventCategories"),
            document_types: words(query, "documentTypes"),
            spaces,
            include_system: is_true(query, "includeSystem"),
            from: moment(query, "from")?.unwrap_or(Timestamp::MIN),
            to: moment(query, "to")?.unwrap_or(Timestamp::MAX),
        })
    }

    /// Whether the request wants to see this event of its span of time.
    fn passes(&self, event: &Event) -> bool {
        let in_space = match &event.space_id {
            Some(space) => is_wanted(self.spaces.as_deref(), space),
            None => self.include_system,
        };
        let of_type = || {
            self.document_types.is_none()
                || event.related_document_ids.iter().any(|id| {
                    let kind = id.rsplit_once('-').map_or(id.as_str(), |(kind, _)| kind);
                    is_wanted(self.document_types.as_deref(), kind)
                })
        };
        in_space
            && is_wanted(self.users.as_deref(), &event.user_id)
            && is_wanted(self.categories.as_deref(), &event.category)
            && of_type()
    }
}

fn is_wanted(wanted: Option<&[&str]>, word: &str) -> bool {
    wanted.is_none_or(|wanted| wanted.iter().any(|want| want.eq_ignore_ascii_case(word)))
}

/// A list of words with commas between them; `None` when absent or empty.
fn words<'a>(query: &'a Parameters, name: &str) -> Option<Vec<&'a str>> {
    let text = query.get(name).filter(|text| !text.is_empty())?;
    Some(text.split(',').collect())
}

fn is_true(query: &Parameters, name: &str) -> bool {
    query
        .get(name)
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn moment(query: &Parameters, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let refusal =
        |_| Refusal::bad_request(format!("'{text}' is not a date and time, as in {name}."));
    text.parse().map(Some).map_err(refusal)
}
