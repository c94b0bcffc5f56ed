//! Durations as people write them: `30m`, `2h 30m`, `1d`.

use std::fmt;
use std::time::Duration;

use jiff::fmt::friendly::{Designator, Spacing, SpanPrinter};
use jiff::{SignedDuration, Span, SpanRelativeTo, SpanRound, Unit};

/// A century: what is added to a time must stay within the calendar.
const MAX: Duration = Duration::from_hours(24 * 36_525);

/// Why a text is not a duration. `Display` follows the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationError {
    /// `0s`.
    Zero,
    /// `-5m`.
    Negative,
    /// A number alone.
    NoUnit,
    /// Months and years, which differ in length.
    Calendar,
    /// More than can be counted.
    TooLong,
    /// Anything else.
    Unreadable,
}

impl DurationError {
    /// What to write instead.
    pub fn help(self) -> &'static str {
        match self {
            Self::Calendar => "Use days or weeks, for example 365d or 52w.",
            _ => "Use for example 45s, 30m, 2h 30m or 1d.",
        }
    }
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zero => "must be greater than zero",
            Self::Negative => "must not be negative",
            Self::NoUnit => "has no unit",
            Self::Calendar => "contains months or years, which differ in length",
            Self::TooLong => "is too long",
            Self::Unreadable => "is not a duration",
        })
    }
}

impl std::error::Error for DurationError {}

/// Parses a duration greater than zero. A day has 24 hours, a week 7 days.
///
/// # Errors
/// When it is anything else.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let text = text.trim();
    if text.parse::<f64>().is_ok() {
        return Err(DurationError::NoUnit);
    }
    let span: Span = text.parse().map_err(|_| unreadable(text))?;
    if span.get_months() != 0 || span.get_years() != 0 {
        return Err(DurationError::Calendar);
    }
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours());
    let duration = duration.map_err(|_| DurationError::TooLong)?;
    if duration.is_negative() {
        return Err(DurationError::Negative);
    }
    match Duration::try_from(duration) {
        Ok(duration) if duration > MAX => Err(DurationError::TooLong),
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(DurationError::Zero),
    }
}

/// A number that is beyond what can be counted still has the form of a duration.
fn unreadable(text: &str) -> DurationError {
    let digit = |c: char| if c.is_ascii_digit() { '1' } else { c };
    let mut shorter: String = text.chars().map(digit).collect();
    while shorter.contains("11") {
        shorter = shorter.replace("11", "1");
    }
    match shorter.parse::<Span>() {
        Ok(_) => DurationError::TooLong,
        Err(_) => DurationError::Unreadable,
    }
}

/// Writes a duration for people: `2h 30m`, `45s`, `250ms`; of a long one, no seconds.
pub fn describe(duration: Duration) -> String {
    let smallest = match duration.as_secs() {
        0 => Unit::Millisecond,
        1..86_400 => Unit::Second,
        _ => Unit::Hour,
    };
    let rounding = SpanRound::new()
        .largest(Unit::Day)
        .smallest(smallest)
        .mode(jiff::RoundMode::Trunc)
        .days_are_24_hours();
    let span = SignedDuration::try_from(duration)
        .ok()
        .and_then(|duration| Span::try_from(duration).ok());
    let span = span
        .and_then(|span| span.round(rounding).ok())
        .unwrap_or_default();
    let printer = SpanPrinter::new()
        .designator(Designator::Compact)
        .spacing(Spacing::BetweenUnits);
    printer.span_to_string(&span)
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
    fn names_what_is_wrong_with_duration() {
        for (text, why) in [
            ("", DurationError::Unreadable),
            ("soon", DurationError::Unreadable),
            ("90", DurationError::NoUnit),
            ("1.5", DurationError::NoUnit),
            ("0s", DurationError::Zero),
            ("-5m", DurationError::Negative),
            ("1 month", DurationError::Calendar),
            ("2y", DurationError::Calendar),
            ("9999999d", DurationError::TooLong),
            ("99999999999999999999999s", DurationError::TooLong),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn describes_duration_for_people() {
        for (milliseconds, text) in [
            (9_000_000, "2h 30m"),
            (45_000, "45s"),
            (86_400_000, "1d"),
            (90_061_000, "1d 1h"),
            (3_601_000, "1h 1s"),
            (250, "250ms"),
        ] {
            assert_eq!(describe(Duration::from_millis(milliseconds)), text);
        }
    }
}
