//! Durations as people write them: `30m`, `2h 30m`, `1d`.

use std::fmt;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// Why a text is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADuration;

impl fmt::Display for NotADuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Write a number with a unit, such as 45s, 30m, 2h 30m or 1d.")
    }
}

impl std::error::Error for NotADuration {}

/// Reads a duration that is longer than nothing. A day has 24 hours, a week 7 days.
///
/// # Errors
/// When it is anything else.
pub fn parse(text: &str) -> Result<Duration, NotADuration> {
    text.trim()
        .parse::<Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or(NotADuration)
}

/// Writes a duration for people, in its two largest units: `2h 30m`, `45s`.
pub fn describe(duration: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    if duration < Duration::from_secs(1) {
        return format!("{}ms", duration.as_millis());
    }
    let mut rest = duration.as_secs();
    let mut parts = Vec::new();
    for (seconds, unit) in UNITS {
        if rest >= seconds {
            parts.push(format!("{}{unit}", rest / seconds));
            rest %= seconds;
        }
    }
    parts.truncate(2);
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations_as_people_write_them() {
        for (text, seconds) in [
            ("30m", 1800),
            ("2h 30m", 9000),
            ("1d", 86_400),
            (" 45s ", 45),
            ("1w", 604_800),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in ["", "90", "0s", "-5m", "soon", "1 month", "1y"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn describes_a_duration_in_its_two_largest_units() {
        for (seconds, text) in [
            (9000, "2h 30m"),
            (45, "45s"),
            (86_400, "1d"),
            (90_061, "1d 1h"),
            (3601, "1h 1s"),
        ] {
            assert_eq!(describe(Duration::from_secs(seconds)), text);
        }
        assert_eq!(describe(Duration::from_millis(250)), "250ms");
    }
}
