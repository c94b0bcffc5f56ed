//! Pages of a list.

use serde_json::{Value, json};

use crate::server::rest::Refusal;
use crate::server::rest::call::Call;
use crate::server::rest::query::{Parameters, text};

/// How many items a page holds when the request does not say.
const DEFAULT_TAKE: usize = 30;

/// What a link to all items of a collection asks for.
const LARGEST_TAKE: usize = 2_147_483_647;

/// The part of a list that a request asks for.
pub(crate) struct Paging {
    skip: usize,
    take: usize,
}

impl Paging {
    /// Reads `skip` and `take`, within the server's largest page.
    pub(crate) fn asked(call: &Call<'_>) -> Result<Self, Refusal> {
        let (query, largest) = (&call.query, call.world.settings.largest_page);
        let take = number(query, "take")?.unwrap_or(DEFAULT_TAKE);
        Ok(Self {
            skip: number(query, "skip")?.unwrap_or(0),
            take: take.min(largest.unwrap_or(usize::MAX)),
        })
    }

    /// Cuts the page out of all matching items, and shows only those that are on it.
    pub(crate) fn of<I: ExactSizeIterator>(
        &self,
        matching: I,
        show: impl FnMut(I::Item) -> Value,
    ) -> Value {
        let total = matching.len();
        let pages = total.div_ceil(self.take.max(1)).max(1);
        let items: Vec<Value> = matching.skip(self.skip).take(self.take).map(show).collect();
        json!({
            "TotalResults": total,
            "ItemsPerPage": self.take,
            "NumberOfPages": pages,
            "LastPageNumber": pages - 1,
            "Items": items,
        })
    }

    /// Adds what a page says of its collection: what it holds, and where its other pages are.
    /// `filters` are the parameters that the collection takes beside `skip` and `take`.
    pub(crate) fn linked(
        &self,
        mut page: Value,
        call: &Call<'_>,
        item_type: &str,
        filters: &str,
    ) -> Value {
        let path = call.uri.path();
        let asked: String = call
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| {
                !pair.is_empty() && !pair.starts_with("skip=") && !pair.starts_with("take=")
            })
            .flat_map(|pair| [pair, "&"])
            .collect();
        let at = |skip: usize, take: usize| json!(format!("{path}?{asked}skip={skip}&take={take}"));
        let of = |field: &str| page[field].as_u64().unwrap_or(0);
        let last = usize::try_from(of("LastPageNumber")).unwrap_or(0) * self.take;
        let next = self.skip + self.take;
        let mut links = json!({
            "Self": at(self.skip, self.take),
            "Template": format!("{path}{{?skip,take,{filters}}}"),
            "Page.All": at(0, LARGEST_TAKE),
            "Page.Current": at(self.skip, self.take),
            "Page.Last": at(last, self.take),
        });
        if (next as u64) < of("TotalResults") {
            links["Page.Next"] = at(next, self.take);
        }
        page["ItemType"] = json!(item_type);
        page["Links"] = links;
        page
    }
}

fn number(query: &Parameters, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = text(query, name) else {
        return Ok(None);
    };
    let refusal = |_| Refusal::bad_request(format!("The value '{text}' is not valid for {name}."));
    text.parse().map(Some).map_err(refusal)
}
