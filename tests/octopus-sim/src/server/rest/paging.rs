//! Pages of a list.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::server::rest::Refusal;

/// A query's parameters; of one given twice, the last counts.
pub(crate) type Parameters = HashMap<String, String>;

/// How many items a page holds when the request does not say.
const DEFAULT_TAKE: usize = 30;

/// The part of a list that a request asks for.
pub(crate) struct Paging {
    skip: usize,
    take: usize,
}

impl Paging {
    /// Reads `skip` and `take`; a page holds at most `largest` items.
    pub(crate) fn asked(query: &Parameters, largest: Option<usize>) -> Result<Self, Refusal> {
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
}

fn number(query: &Parameters, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let refusal = |_| Refusal::bad_request(format!("The value '{text}' is not valid for {name}."));
    text.parse().map(Some).map_err(refusal)
}
