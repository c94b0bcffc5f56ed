//! Durations as people write them: `30m`, `2h 30m`, `1d`.

use std::fmt;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// Why a text is no duration. `Display` follows a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotADuration {
    /// `0s`.
    Nothing,
    /// `-5m`.
    Negative,
    /// A number alone.
    NoUnit,
    /// Months and years, which are of different lengths.
    Calendar,
    /// Anything else.
    Unreadable,
}

impl NotADuration {
    /// What to write instead.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Calendar => {
                "Write days or weeks: 365d, 52w. Write a number with a unit, such as 45s, 30m, 2h 30m or 1d."
            }
            _ => "Write a number with a unit, such as 45s, 30m, 2h 30m or 1d.",
        }
    }
}

impl fmt::Display for NotADuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "that is no time at all",
            Self::Negative => "a time is not less than nothing",
            Self::NoUnit => "the number has no unit",
            Self::Calendar => "months and years differ in length",
            Self::Unreadable => "that is no time",
        })
    }
}

impl std::error::Error for NotADuration {}

/// Reads a duration that is longer than nothing. A day has 24 hours, a week 7 days.
///
/// # Errors
/// When it is anything else.
pub fn parse(text: &str) -> Result<Duration, NotADuration> {
    let text = text.trim();
    if text.parse::<f64>().is_ok() {
        return Err(NotADuration::NoUnit);
    }
    let span: Span = text.parse().map_err(|_| NotADuration::Unreadable)?;
    if span.get_months() != 0 || span.get_years() != 0 {
        return Err(NotADuration::Calendar);
    }
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| NotADuration::Unreadable)?;
    if duration.is_negative() {
        return Err(NotADuration::Negative);
    }
    match Duration::try_from(duration) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(NotADuration::Nothing),
    }
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
        for (text, why) in [
            ("", NotADuration::Unreadable),
            ("soon", NotADuration::Unreadable),
            ("90", NotADuration::NoUnit),
            ("1.5", NotADuration::NoUnit),
            ("0s", NotADuration::Nothing),
            ("-5m", NotADuration::Negative),
            ("1 month", NotADuration::Calendar),
            ("2y", NotADuration::Calendar),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
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
