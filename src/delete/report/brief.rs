//! Strangers' text on the page: short, and no taller than a line. The JSON report has all of it.

use crate::stranger::Stranger;

/// So many marks on one letter are writing; more draw a bar over the page.
const MOST_MARKS: usize = 3;

/// At most so many characters of a text, without runs of combining marks.
pub fn brief(text: &Stranger, longest: usize) -> String {
    let shown = text.to_string();
    let mut marks = 0;
    let mut kept = shown.chars().filter(|c| {
        marks = if is_mark(*c) { marks + 1 } else { 0 };
        marks <= MOST_MARKS
    });
    let mut line: String = kept.by_ref().take(longest).collect();
    if kept.next().is_some() {
        line.push('…');
    }
    line
}

/// Whether this stands on the letter before it, or cannot be seen: what Rust escapes by its number.
fn is_mark(c: char) -> bool {
    c.escape_debug().nth(1) == Some('u')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_marks_and_a_bar_of_marks_goes() {
        for name in [
            "Zoë Ångström",
            "שָׁלוֹם",
            "ที่นี่",
            "कर्म्मी",
            "O'Brien",
            "🤦🏼‍♂️",
            "\\u",
        ] {
            assert_eq!(brief(&name.into(), 60), name);
        }
        let bar = format!("Z{}a", "\u{0301}".repeat(200));
        assert_eq!(brief(&bar.into(), 60), "Z\u{0301}\u{0301}\u{0301}a");
        let mixed = format!("Z{}a", "\u{0489}\u{200B}\u{20DD}".repeat(70));
        assert_eq!(brief(&mixed.into(), 60).chars().count(), 5);
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(brief(&"abcdef".into(), 6), "abcdef");
        assert_eq!(brief(&"abcdefg".into(), 6), "abcdef…");
    }
}
