//! Names of people, triggers and accounts, cleaned before they become a part of a purpose.

/// Returns a name as it stands in a purpose: white space collapses, what cannot be seen is removed,
/// and quotes become typographic ones, which end no string of a script.
#[must_use]
pub fn clean(name: &str) -> String {
    let is_shown = |c: &char| is_joiner(*c) || is_space(*c) || !c.is_control() && !is_ignorable(*c);
    let shown: Vec<char> = name.chars().filter(is_shown).collect();
    let mut cleaned = String::with_capacity(name.len());
    for (at, &c) in shown.iter().enumerate() {
        let is_after_space = cleaned.is_empty() || cleaned.ends_with(' ');
        match c {
            c if is_space(c) && is_after_space => {}
            c if is_space(c) => cleaned.push(' '),
            c if is_joiner(c) && !is_between_letters(&cleaned, shown.get(at + 1)) => {}
            '\'' => cleaned.push('’'),
            '"' => cleaned.push('”'),
            c => cleaned.push(c),
        }
    }
    cleaned.truncate(cleaned.trim_end_matches(' ').len());
    cleaned
}

/// Returns the name of a trigger or of a person, cleaned, with `-` for parentheses, since the last ones of
/// a purpose are always the username's.
#[must_use]
pub fn clean_without_parentheses(name: &str) -> String {
    clean(&name.replace(['(', ')'], "-"))
}

/// Returns a username, cleaned, with `-` for parentheses and for what cannot be seen: without that, it may
/// be another's.
#[must_use]
pub fn clean_username(name: &str) -> String {
    let is_hidden = |c: char| c != ' ' && is_space(c) || c.is_control() || is_ignorable(c);
    clean_without_parentheses(&name.replace(is_hidden, "-"))
}

/// Some letters are blank.
fn is_space(c: char) -> bool {
    let is_blank_letter = matches!(
        c,
        '\u{2800}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}'
    );
    c.is_whitespace() || is_blank_letter
}

/// The zero-width joiner and non-joiner, which many scripts need within words.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

fn is_between_letters(before: &str, after: Option<&char>) -> bool {
    let is_before = before.chars().next_back().is_some_and(is_letter_or_virama);
    is_before && after.is_some_and(|c| c.is_alphabetic() && !is_space(*c))
}

/// A virama precedes a joiner in the scripts of South and Southeast Asia. It is a mark, no letter.
fn is_letter_or_virama(c: char) -> bool {
    let is_of_those_scripts = matches!(c, '\u{900}'..='\u{109F}' | '\u{1780}'..='\u{17FF}');
    c.is_alphabetic() || is_of_those_scripts && !c.is_numeric()
}

/// `Default_Ignorable_Code_Point` of the Unicode Character Database (`DerivedCoreProperties.txt`,
/// version 17), with every character that turns the direction of text.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_collapses_and_invisible_characters_vanish() {
        for (name, cleaned) in [
            ("  Alice \t\r\n King ", "Alice King"),
            ("Alice\u{A0}\u{3000}King\u{2800}\u{3164}", "Alice King"),
            ("\u{115F}\u{1160}\u{FFA0}", ""),
            ("A\u{0}l\u{202E}i\u{200B}c\u{AD}e\u{FEFF}\u{E0041}", "Alice"),
            ("O'Brien \"Bob\"", "O’Brien ”Bob”"),
            ("Alice (Web)", "Alice (Web)"),
            ("李小龍 🦀 Zoë", "李小龍 🦀 Zoë"),
        ] {
            assert_eq!(clean(name), cleaned, "{name:?}");
        }
    }

    #[test]
    fn joiners_stay_between_letters_only() {
        for name in ["علی\u{200C}رضا", "ශ්\u{200D}රී", "क्\u{200D}ष"] {
            assert_eq!(clean(name), name);
        }
        for (name, cleaned) in [
            ("\u{200D}Alice\u{200C}", "Alice"),
            ("Alice \u{200D}King", "Alice King"),
            ("Ali\u{200D}\u{200D}ce", "Ali\u{200D}ce"),
            ("1\u{200D}2", "12"),
        ] {
            assert_eq!(clean(name), cleaned, "{name:?}");
        }
    }

    #[test]
    fn username_has_no_parentheses() {
        assert_eq!(clean_username("al(ice) "), "al-ice-");
    }

    #[test]
    fn username_with_hidden_characters_is_no_others() {
        for hidden in [
            '\u{200B}',
            '\u{200D}',
            '\u{3164}',
            '\u{A0}',
            '\u{E0041}',
            '\n',
        ] {
            assert_eq!(clean_username(&format!("al{hidden}ice")), "al-ice");
            assert_eq!(clean_username(&format!("alice{hidden}")), "alice-");
        }
    }

    proptest! {
        #[test]
        fn cleaned_name_is_one_visible_line(
            parts in prop::collection::vec(
                prop_oneof![any::<String>(), "[ '\"a\u{200C}\u{200D}\u{200B}\u{3164}\u{2800}\u{202E}\u{FE0F}\u{94D}]{0,8}"],
                0..4,
            ),
        ) {
            let name = parts.concat();
            let cleaned = clean(&name);
            prop_assert_eq!(&clean(&cleaned), &cleaned);
            let is_lost = |c: char| {
                c.is_control() || matches!(c, '\'' | '"') || is_ignorable(c) && !is_joiner(c)
                    || is_space(c) && c != ' '
            };
            prop_assert!(!cleaned.contains(is_lost) && !cleaned.contains("  "));
            prop_assert_eq!(cleaned.trim(), &cleaned);
            prop_assert!(!clean_username(&name).contains(['(', ')']));
        }
    }
}
