//! The filters of `#{Name | Filter}`: the few that tell most about what a name may hold.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Zoned;
use jiff::tz::TimeZone;

/// Passes `value` through the filters that are named, one after the other; `None` where one of them
/// is not simulated, or needs a value and has none.
pub(super) fn apply(names: &str, value: Option<String>) -> Option<String> {
    let mut names = names.split('|').map(str::trim);
    names.try_fold(value, |value, name| Some(Some(filter(name, value)?)))?
}

fn filter(name: &str, value: Option<String>) -> Option<String> {
    match (name.to_lowercase().as_str(), value) {
        ("nowdate", None) => Some(time(&Zoned::now())),
        ("nowdateutc", None) => Some(time(&Zoned::now().with_time_zone(TimeZone::UTC))),
        ("tolower", Some(value)) => Some(value.to_lowercase()),
        ("toupper", Some(value)) => Some(value.to_uppercase()),
        ("trim", Some(value)) => Some(value.trim().to_owned()),
        ("tobase64", Some(value)) => Some(STANDARD.encode(value)),
        _ => None,
    }
}

fn time(now: &Zoned) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S.%7f").to_string()
}
