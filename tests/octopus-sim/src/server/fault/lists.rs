//! Lists that are shorter or longer than they say, or have no end.

use serde_json::{Map, Value, json};

use crate::server::Fault;
use crate::server::rest::query;

/// Where the numbers of keys that do not exist start.
const FIRST_MADE_UP: u64 = 1_000_000_000;

/// What a list says of its length in `TotalResults`, instead of the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Nothing at all.
    Zero,
    /// As many as stand on this page.
    ThisPage,
    /// Half of them.
    Half,
    /// A thousand more than there are.
    TooMany,
    /// The field is not there.
    Absent,
}

/// How a list that never ends names what it makes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeUp {
    /// Each item has an id of its own, and keeps it.
    NewIds,
    /// The same items stand on every page.
    RepeatingIds,
    /// Each reading of a page gives other ids.
    ChangingIds,
}

impl Fault {
    /// A page whose `TotalResults`, and the count of pages that follows from it, is not true.
    pub fn total(total: Total) -> Self {
        Self::json(&format!("total: {total:?}"), move |page| {
            let (Some(truth), Some(items)) =
                (page["TotalResults"].as_u64(), page["Items"].as_array())
            else {
                return;
            };
            let told = match total {
                Total::Zero => 0,
                Total::ThisPage => items.len() as u64,
                Total::Half => truth / 2,
                Total::TooMany => truth + 1000,
                Total::Absent => {
                    if let Some(page) = page.as_object_mut() {
                        page.remove("TotalResults");
                    }
                    return;
                }
            };
            let pages = told.div_ceil(page["ItemsPerPage"].as_u64().unwrap_or(1).max(1));
            page["TotalResults"] = json!(told);
            page["NumberOfPages"] = json!(pages.max(1));
            page["LastPageNumber"] = json!(pages.max(1) - 1);
        })
    }

    /// A list of keys that never ends: every page is filled up with keys that do not exist.
    pub fn endless_list(made_up: MadeUp) -> Self {
        let name = format!("endless list: {made_up:?}");
        Self::edit(&name, move |request, response| {
            let query = query::parse(&request.query);
            let skip = query.get("skip").and_then(|skip| skip.parse().ok());
            let skip = skip.unwrap_or(0);
            let page = serde_json::from_slice(&response.body).ok();
            let page = page.and_then(|page| filled_up(page, skip, made_up));
            if let Some(page) = page {
                response.body = page.into_bytes();
            }
        })
    }
}

/// A page with made-up keys behind its own, as many as it has room for.
///
/// A client may read a thousand such pages, so they are put together as text.
fn filled_up(mut page: Map<String, Value>, skip: u64, made_up: MadeUp) -> Option<String> {
    let items = page.remove("Items")?;
    let items = items.as_array()?;
    let take = page.get("ItemsPerPage").and_then(Value::as_u64)?;
    page.insert("TotalResults".to_owned(), json!(skip + 2 * take));
    let own = items.iter().map(Value::to_string);
    let made_up = (items.len() as u64..take).map(|place| {
        made_up_key(match made_up {
            MadeUp::NewIds => FIRST_MADE_UP + skip + place,
            MadeUp::RepeatingIds => FIRST_MADE_UP + place,
            MadeUp::ChangingIds => fastrand::u64(FIRST_MADE_UP..u64::MAX),
        })
    });
    let items: Vec<_> = own.chain(made_up).collect();
    let page = Value::Object(page).to_string();
    let rest = page.strip_prefix('{')?;
    Some(format!(r#"{{"Items":[{}],{rest}"#, items.join(",")))
}

/// A key that does not exist, as a list shows it.
fn made_up_key(number: u64) -> String {
    format!(
        r#"{{"Id":"apikeys-{number}","Purpose":"Made-up key {number}","ApiKey":{{"HasValue":true,"NewValue":null,"Hint":"API-MADE"}},"Created":"2026-01-01T00:00:00.000+00:00","Expires":"2036-01-01T00:00:00.000+00:00","ActorType":"User","AccessLevel":"FullAccess","LastUsedTimeStamp":null}}"#
    )
}
