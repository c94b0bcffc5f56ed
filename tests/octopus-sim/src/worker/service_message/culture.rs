//! How the parsers compare text while a message may be beginning: as the culture of their machine
//! compares it, which takes many characters for nothing.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// The culture that a parser runs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Culture {
    /// Nearly all of them: 323 characters count as nothing.
    #[default]
    Usual,
    /// Japanese: as the usual ones, and `＃` (U+FF03) counts as `#`.
    Japanese,
    /// .NET's invariant globalization, where characters are themselves.
    Ordinal,
}

impl Culture {
    /// Every culture.
    pub const ALL: [Self; 3] = [Self::Usual, Self::Japanese, Self::Ordinal];

    /// Whether this character counts as nothing.
    pub(super) fn ignores(self, character: char) -> bool {
        self != Self::Ordinal && IGNORED.iter().any(|range| range.contains(&character))
    }

    /// Whether `found` counts as `expected`.
    pub(super) fn equates(self, found: char, expected: char) -> bool {
        found == expected || (self == Self::Japanese && found == '＃' && expected == '#')
    }
}

static IGNORED: LazyLock<Vec<RangeInclusive<char>>> = LazyLock::new(|| {
    let lines = include_str!("ignored-code-points.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (first, last) = line.split_once('-').unwrap_or((line, line));
            character(first)..=character(last)
        })
        .collect()
});

fn character(hexadecimal: &str) -> char {
    let number = u32::from_str_radix(hexadecimal, 16).ok();
    number
        .and_then(char::from_u32)
        .expect("the list holds code points")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_323_characters() {
        let count: usize = IGNORED.iter().map(|range| range.clone().count()).sum();
        assert_eq!(count, 323);
    }

    #[test]
    fn no_printable_ascii_counts_as_nothing() {
        for character in ' '..='~' {
            assert!(!Culture::Usual.ignores(character), "{character}");
        }
    }
}
