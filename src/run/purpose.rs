//! The purpose of a run's key: `Alice King (alice) [runkey ServerTasks-123]`.

use std::fmt;

use octopus::Untrusted;

use super::run_id::RunId;
use crate::environment::name;
use crate::output::Failure;

/// The longest name in a purpose, in characters; Octopus's own names have at most 64 each.
const MAX_NAME: usize = 150;
/// How every purpose of runkey's names its run, in any case.
const BRACKET: &str = " [runkey ";

/// A purpose that a key can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose(String);

/// Why a text cannot stand in a purpose. `Display` follows the option's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurposeError {
    /// Nothing that can be seen.
    Empty,
    /// An Octopus variable that was not resolved.
    Unresolved,
    /// The bracket of a run.
    Bracket,
    /// A credential, or what looks like one.
    Secret,
    /// A verbatim purpose with a character that the audit trail would not show as it is.
    Character,
}

impl fmt::Display for PurposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty",
            Self::Unresolved => "contains an unresolved Octopus variable ('#{...}')",
            Self::Bracket => "contains ' [runkey ', which marks the run ID",
            Self::Secret => {
                "contains something that looks like a credential (not shown). Refusing to put it in the audit trail"
            }
            Self::Character => "contains quotes, or characters that are not visible",
        })
    }
}

impl PurposeError {
    /// The failure for the value of an option, which is named with its variable.
    pub fn failure(self, option: &str) -> Failure {
        Failure::usage(format!("{option} {self}."), self.help())
    }

    /// What to do about it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Empty => {
                "Check the variable that the value comes from: not every kind of run sets it."
            }
            Self::Unresolved => {
                "Check the variable's name and scope. Octopus leaves unknown variables unresolved."
            }
            Self::Bracket | Self::Character => "Remove it from the value.",
            Self::Secret => {
                "Octopus expands variables in display names: a user named \"Eve #{Project.ApiKey}\" would leak that key. Find the source of the value, and revoke the credential if it is real."
            }
        }
    }
}

impl Purpose {
    /// The purpose of a run that `name` started. The name is cleaned, and cut in the middle where it
    /// is too long, so that the username at its end stays whole.
    pub fn of_run(name: &str, run: &RunId) -> Result<Self, PurposeError> {
        check(name)?;
        let name = cut(&name::clean(name));
        if name.is_empty() {
            return Err(PurposeError::Empty);
        }
        // What cleaning leaves may be what was hidden before.
        check(&name)?;
        Ok(Self(format!("{name}{}", run.ending())))
    }

    /// A purpose that is given verbatim, without a run ID.
    pub fn verbatim(text: &str) -> Result<Self, PurposeError> {
        check(text)?;
        Self::exactly(text)
    }

    /// The purpose of a key that is there already: verbatim, or one that runkey made.
    pub fn existing(text: &str) -> Result<Self, PurposeError> {
        let (name, _) = RunId::of_purpose(text).ok_or(()).or_else(|()| {
            check(text)?;
            Ok::<_, PurposeError>((text, RunId::new("x").map_err(|_| PurposeError::Empty)?))
        })?;
        check(name)?;
        Self::exactly(text)
    }

    fn exactly(text: &str) -> Result<Self, PurposeError> {
        if text.trim().is_empty() {
            return Err(PurposeError::Empty);
        }
        if name::clean(text) != text {
            return Err(PurposeError::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The username in the last parentheses of the name.
    pub fn username(&self) -> Option<&str> {
        let (name, _) = RunId::of_purpose(&self.0)?;
        let (_, username) = name.strip_suffix(')')?.rsplit_once('(')?;
        Some(username)
    }

    /// The purpose as the server stores it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str) -> Result<(), PurposeError> {
    if text.contains("#{") {
        return Err(PurposeError::Unresolved);
    }
    if octopus::contains_secret(text) {
        return Err(PurposeError::Secret);
    }
    // Compared without non-ASCII characters, since marks and joiners between the letters are invisible.
    let lower = text.to_lowercase();
    let plain: String = lower.chars().filter(char::is_ascii).collect();
    if plain.contains(BRACKET) {
        return Err(PurposeError::Bracket);
    }
    Ok(())
}

fn cut(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_NAME {
        return name.to_owned();
    }
    // The end has the username, of at most 64 characters.
    let end = MAX_NAME / 2;
    let begin = MAX_NAME - end - 3;
    let first: String = name.chars().take(begin).collect();
    let last: String = name.chars().skip(length - end).collect();
    format!("{} … {}", first.trim_end(), last.trim_start())
}

/// The person in a purpose, as a log shows it: in quotes, the username at its end.
pub fn person(purpose: &Untrusted) -> String {
    let text = purpose.raw();
    let name = RunId::of_purpose(text).map_or(text, |(name, _)| name);
    format!("\"{}\"", Untrusted::from(name).shortened(MAX_SHOWN))
}

/// How much of a name a log line shows, in characters.
const MAX_SHOWN: usize = 100;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run() -> RunId {
        RunId::new("ServerTasks-1").unwrap()
    }

    #[test]
    fn names_the_person_and_ends_with_the_run() {
        let purpose = Purpose::of_run(" Alice\u{2028}King \u{202E}(alice)", &run()).unwrap();
        assert_eq!(
            purpose.as_str(),
            "Alice King (alice) [runkey ServerTasks-1]"
        );
    }

    #[test]
    fn refuses_what_must_not_be_in_the_audit_trail() {
        for (name, error) in [
            ("", PurposeError::Empty),
            ("\u{2800}\u{200B}", PurposeError::Empty),
            ("Eve #{Key}", PurposeError::Unresolved),
            ("Eve [RunKey ServerTasks-2]", PurposeError::Bracket),
            ("Eve \u{200B}[runkey ServerTasks-2]", PurposeError::Bracket),
            ("Eve [run\u{200D}key ServerTasks-2]", PurposeError::Bracket),
            ("Eve [runkey\u{338} ServerTasks-2]", PurposeError::Bracket),
            ("Eve API-ABCDEFGHIJKLMNOPQRSTUVWXYZ", PurposeError::Secret),
        ] {
            assert_eq!(Purpose::of_run(name, &run()), Err(error), "{name}");
        }
        assert_eq!(Purpose::verbatim("O'Brien"), Err(PurposeError::Character));
        assert_eq!(
            Purpose::verbatim("x [runkey R]"),
            Err(PurposeError::Bracket)
        );
        assert!(Purpose::existing("x [runkey R]").is_ok());
        assert_eq!(
            Purpose::existing("a [runkey R] [runkey S]"),
            Err(PurposeError::Bracket)
        );
    }

    proptest! {
        #[test]
        fn every_purpose_is_of_its_run_and_shows_the_username(
            name in any::<String>(), username in "[a-z@._-]{1,64}",
        ) {
            if let Ok(purpose) = Purpose::of_run(&format!("{name} ({username})"), &run()) {
                let (_, found) = RunId::of_purpose(purpose.as_str()).expect("it ends with a run ID");
                prop_assert_eq!(found, run());
                let shown = person(&purpose.as_str().into());
                let ending = format!("({username})\"");
                prop_assert!(shown.ends_with(&ending), "{}", shown);
                prop_assert_eq!(shown.matches('"').count(), 2);
            }
        }
    }
}
