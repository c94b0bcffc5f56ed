//! Pages of a list.

use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::{Answer, Call, ok};
use crate::server::rest::query::{Parameters, text};

/// How many items a page holds when the request does not say.
const DEFAULT_TAKE: usize = 30;

/// What a link to all items of a collection asks for.
const LARGEST_TAKE: usize = 2_147_483_647;

/// Answers with the page of all matching items that `skip` and `take` ask for, and says where the
/// other pages are. `filters` are the other parameters that the list takes.
pub(crate) fn page<T>(
    call: &Call<'_>,
    (item_type, filters): (&str, &str),
    matching: Vec<T>,
    show: impl FnMut(T) -> Value,
) -> Answer {
    let skip = number(&call.query, "skip")?.unwrap_or(0);
    let take = number(&call.query, "take")?.unwrap_or(DEFAULT_TAKE);
    let largest = call.world.settings.largest_page;
    let take = take.min(largest.unwrap_or(usize::MAX));
    let total = matching.len();
    let pages = total.div_ceil(take.max(1)).max(1);

    let path = call.uri.path();
    let asked = call.uri.query().unwrap_or_default().split('&');
    let is_kept =
        |pair: &&str| !pair.is_empty() && !pair.starts_with("skip=") && !pair.starts_with("take=");
    let asked: String = asked.filter(is_kept).flat_map(|pair| [pair, "&"]).collect();
    let at = |skip: usize, take: usize| json!(format!("{path}?{asked}skip={skip}&take={take}"));
    let mut links = json!({
        "Self": at(skip, take),
        "Template": format!("{path}{{?skip,take,{filters}}}"),
        "Page.All": at(0, LARGEST_TAKE),
        "Page.Current": at(skip, take),
        "Page.Last": at((pages - 1) * take, take),
    });
    if skip.saturating_add(take) < total {
        links["Page.Next"] = at(skip + take, take);
    }
    let items = matching.into_iter().skip(skip).take(take).map(show);
    ok(json!({
        "ItemType": item_type,
        "TotalResults": total,
        "ItemsPerPage": take,
        "NumberOfPages": pages,
        "LastPageNumber": pages - 1,
        "Items": items.collect::<Value>(),
        "Links": links,
    }))
}

fn number(query: &Parameters, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = text(query, name) else {
        return Ok(None);
    };
    let refusal = |_| Refusal::bad_request(format!("The value '{text}' is not valid for {name}."));
    text.parse().map(Some).map_err(refusal)
}
