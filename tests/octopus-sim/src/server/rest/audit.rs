//! `/api/events`: reading the audit trail.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::server::World;
use crate::server::rest::paging::Paging;
use crate::server::rest::query::{Parameters, Scope, is_true, is_wanted, moment, words};
use crate::server::rest::{Caller, Refusal};
use crate::server::state::events::Event;

/// Events of the spaces asked for, by default those of the default space.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<Parameters>,
) -> Result<Json<Value>, Refusal> {
    page(&world, &caller, &query, Scope::asked(&query))
}

/// Events of one space.
pub(crate) async fn list_of_space(
    State(world): State<Arc<World>>,
    Extension(caller): Extension<Caller>,
    Path(space): Path<String>,
    Query(query): Query<Parameters>,
) -> Result<Json<Value>, Refusal> {
    page(&world, &caller, &query, Scope::of_space(&space, &query))
}

/// A page of the events that are not yet archived.
fn page(
    world: &World,
    caller: &Caller,
    query: &Parameters,
    scope: Scope,
) -> Result<Json<Value>, Refusal> {
    if !caller.views_events {
        return Err(Refusal::missing_permission("EventView"));
    }
    let mut filter = Filter::asked(query, scope)?;
    let days = i64::from(world.settings.event_retention_days);
    filter.from = filter
        .from
        .max(world.now() - SignedDuration::from_hours(24 * days));
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
    scope: Scope<'a>,
    from: Timestamp,
    to: Timestamp,
}

impl<'a> Filter<'a> {
    fn asked(query: &'a Parameters, scope: Scope<'a>) -> Result<Self, Refusal> {
        Ok(Self {
            users: words(query, "users"),
            categories: words(query, "eventCategories"),
            document_types: words(query, "documentTypes"),
            scope,
            from: moment(query, "from")?.unwrap_or(Timestamp::MIN),
            to: moment(query, "to")?.unwrap_or(Timestamp::MAX),
        })
    }

    /// Whether the request wants to see this event of its span of time.
    fn passes(&self, event: &Event) -> bool {
        let of_type = || {
            self.document_types.is_none()
                || event.related_document_ids.iter().any(|id| {
                    let kind = id.rsplit_once('-').map_or(id.as_str(), |(kind, _)| kind);
                    is_wanted(self.document_types.as_deref(), kind)
                })
        };
        self.scope.holds(event.space_id.as_deref())
            && is_wanted(self.users.as_deref(), &event.user_id)
            && is_wanted(self.categories.as_deref(), &event.category)
            && of_type()
    }
}
