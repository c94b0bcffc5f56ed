//! Lists that are shorter or longer than they say, or have no end.

use serde_json::{Value, json};

use crate::server::Lie;

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

impl Lie {
    /// A page whose `TotalResults`, and the count of pages that follows from it, is not true.
    #[must_use]
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
    #[must_use]
    pub fn endless_list(made_up: MadeUp) -> Self {
        Self::after(
            &format!("endless list: {made_up:?}"),
            move |request, answer| {
                let skip = request.query_number("skip").unwrap_or(0);
                answer.edit_json(|page| {
                    let take = page["ItemsPerPage"].as_u64().unwrap_or(30);
                    let Some(items) = page["Items"].as_array_mut() else {
                        return;
                    };
                    for place in items.len() as u64..take {
                        let number = match made_up {
                            MadeUp::NewIds => 1_000_000_000 + skip + place,
                            MadeUp::RepeatingIds => 1_000_000_000 + place,
                            MadeUp::ChangingIds => fastrand::u64(1_000_000_000..u64::MAX),
                        };
                        items.push(made_up_key(number));
                    }
                    page["TotalResults"] = json!(skip + 2 * take);
                });
            },
        )
    }
}

/// A key that does not exist, as a list shows it.
fn made_up_key(number: u64) -> Value {
    json!({
        "Id": format!("apikeys-{number}"),
        "Purpose": format!("Made-up key {number}"),
        "ApiKey": { "HasValue": true, "NewValue": null, "Hint": "API-MADE" },
        "Created": "2026-01-01T00:00:00.000+00:00",
        "Expires": "2036-01-01T00:00:00.000+00:00",
        "ActorType": "User",
        "AccessLevel": "FullAccess",
        "LastUsedTimeStamp": null,
    })
}
