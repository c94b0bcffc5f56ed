//! `/api/events`: reading the audit trail.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::server::rest::call::{Answer, Call};
use crate::server::rest::paging::page;
use crate::server::rest::query::{Scope, is_wanted, moment, words};
use crate::server::state::events::Event;

/// For how many days events can be queried.
const RETENTION_DAYS: i64 = 90;

/// A page of the events that are not yet archived, newest first.
pub(crate) fn list(call: &Call<'_>) -> Answer {
    call.need("EventView")?;
    let query = &call.query;
    let archived = call.world.now() - SignedDuration::from_hours(24 * RETENTION_DAYS);
    let from = moment(query, "from")?.unwrap_or(archived).max(archived);
    let to = moment(query, "to")?.unwrap_or(Timestamp::MAX);
    let (users, categories) = (words(query, "users"), words(query, "eventCategories"));
    let types = words(query, "documentTypes");
    let scope = Scope::asked(call);
    let is_meant = |event: &&Event| {
        let mut documents = event.related_document_ids.iter();
        let is_of_type = |id: &String| {
            let kind = id.rsplit_once('-').map_or(id.as_str(), |(kind, _)| kind);
            is_wanted(types.as_deref(), kind)
        };
        scope.includes(event.space_id.as_deref())
            && is_wanted(users.as_deref(), &event.user_id)
            && is_wanted(categories.as_deref(), &event.category)
            && (types.is_none() || documents.any(is_of_type))
    };
    let state = call.world.state();
    let newest_first = state.events.within(from, to).iter().rev();
    let matching: Vec<_> = newest_first.filter(is_meant).collect();
    let filters = "users,from,to,eventCategories,documentTypes,spaces,includeSystem";
    page(call, ("Event", filters), matching, |event| json!(event))
}
