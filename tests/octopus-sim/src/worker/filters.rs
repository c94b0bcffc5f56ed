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
        ("jsonescape", Some(value)) => Some(json_escape(&value)),
        ("tobase64", Some(value)) => Some(STANDARD.encode(value)),
        _ => None,
    }
}

/// Escapes what Octostache escapes, and no other control character.
fn json_escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\r' => escaped.push_str("\\r"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn time(now: &Zoned) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S.%7f").to_string()
}
