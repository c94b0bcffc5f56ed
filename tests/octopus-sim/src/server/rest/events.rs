//! `/api/events`: reading the audit trail.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, ok};
use crate::server::rest::paging::Paging;
use crate::server::rest::query::{Scope, is_true, is_wanted, moment, words};
use crate::server::state::events::Event;

/// For how many days events can be queried.
const RETENTION_DAYS: i64 = 90;

/// A page of the events that are not yet archived, newest first.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    call.need("EventView")?;
    let filter = Filter::asked(call)?;
    let archived = call.world.now() - SignedDuration::from_hours(24 * RETENTION_DAYS);
    let paging = Paging::asked(call)?;
    let without_difference = is_true(&call.query, "excludeDifference");
    let state = call.world.state();
    let events = state.events.within(filter.from.max(archived), filter.to);
    let newest_first = events.iter().rev();
    let matching: Vec<_> = newest_first.filter(|event| filter.passes(event)).collect();
    let filters = "users,from,to,eventCategories,documentTypes,spaces,includeSystem";
    ok(
        paging.page(call, ("Event", filters), matching.into_iter(), |event| {
            let mut shown = json!(event);
            if let Some(shown) = shown.as_object_mut().filter(|_| without_difference) {
                shown.remove("ChangeDetails");
            }
            shown
        }),
    )
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
    fn asked(call: &'a Call<'_>) -> Result<Self, Refusal> {
        let query = &call.query;
        Ok(Self {
            users: words(query, "users"),
            categories: words(query, "eventCategories"),
            document_types: words(query, "documentTypes"),
            scope: Scope::asked(call),
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
        self.scope.includes(event.space_id.as_deref())
            && is_wanted(self.users.as_deref(), &event.user_id)
            && is_wanted(self.categories.as_deref(), &event.category)
            && of_type()
    }
}
