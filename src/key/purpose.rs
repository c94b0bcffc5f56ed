//! A key's purpose: who started the run, and which run it is.
//!
//! `Alice King (alice) [runkey ServerTasks-123]`: the person is what an auditor reads first, since
//! Octopus quotes the purpose in its audit trail; the bracket makes the key this run's alone.

use std::fmt;

use crate::secret::{self, Secret};
use crate::stranger::Stranger;

/// So many capitals and digits after `API-` are a key; a person's name has fewer.
const SHORTEST_KEY: usize = 20;

const OPEN: &str = " [runkey ";
const CLOSE: char = ']';

/// What a key is for, checked: not empty, on one line, without an unsubstituted `#{…}` or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose(String);

/// Who and which run, as read back from a purpose that runkey built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'a> {
    /// The person, such as `Alice King (alice)`.
    pub by: &'a str,
    /// The run, such as `ServerTasks-123`.
    pub id: &'a str,
}

/// Why a text cannot be a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// Nothing but white space.
    Empty,
    /// A line break or another control character.
    ControlCharacter,
    /// An Octopus variable that was not there when Octopus filled the value in.
    Unsubstituted,
    /// A bracket in the run's id, which would let it pass for another's.
    Bracket,
    /// A credential, or what is shaped like one: Octopus evaluates names, and purposes are public.
    Secret,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty",
            Self::ControlCharacter => "holds a line break or another control character",
            Self::Unsubstituted => "still holds '#{', a variable that Octopus did not fill in",
            Self::Bracket => "holds a square bracket",
            Self::Secret => {
                "holds a credential, or what looks like one, and purposes are public; it is not shown here"
            }
        })
    }
}

impl Purpose {
    /// Takes a purpose word for word. `secrets` are those that runkey was given.
    ///
    /// # Errors
    /// Says why the text cannot be a purpose.
    pub fn verbatim(text: &str, secrets: &[Secret]) -> Result<Self, Unusable> {
        check(text, secrets)?;
        Ok(Self(text.to_owned()))
    }

    /// Builds the purpose of a run. White space around either part is dropped.
    ///
    /// # Errors
    /// Says why `by` cannot name a person.
    pub fn of_run(by: &str, id: &RunId, secrets: &[Secret]) -> Result<Self, Unusable> {
        check(by, secrets)?;
        Ok(Self(format!("{}{OPEN}{}{CLOSE}", by.trim(), id.0)))
    }

    /// The purpose as Octopus stores it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The purpose as a log should name it.
    pub fn in_words(&self) -> String {
        in_words(&self.0.as_str().into())
    }

    /// Who and which run, when runkey built this purpose.
    pub fn run(&self) -> Option<Run<'_>> {
        parse(&self.0)
    }
}

/// A run's id, checked: as a purpose, and without brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunId(String);

impl RunId {
    /// Takes the id of a run, such as `ServerTasks-123`. White space around it is dropped.
    ///
    /// # Errors
    /// Says why the text cannot be a run's id.
    pub fn new(text: &str, secrets: &[Secret]) -> Result<Self, Unusable> {
        check(text, secrets)?;
        if text.contains(['[', CLOSE]) {
            return Err(Unusable::Bracket);
        }
        Ok(Self(text.trim().to_owned()))
    }
}

/// Reads back who and which run from any key's purpose; `None` when runkey did not build it.
pub fn parse(purpose: &str) -> Option<Run<'_>> {
    let (by, id) = purpose.strip_suffix(CLOSE)?.rsplit_once(OPEN)?;
    let built_by_us = !by.trim().is_empty() && !id.trim().is_empty() && !id.contains(['[', CLOSE]);
    built_by_us.then_some(Run { by, id })
}

/// Any key's purpose as a log should name it: who and which run, or the text in quotes.
pub fn in_words(purpose: &Stranger) -> String {
    match parse(purpose.as_given()) {
        Some(run) => {
            let (by, id) = (Stranger::from(run.by), Stranger::from(run.id));
            format!("{by}, run {id}")
        }
        None => format!("'{purpose}'"),
    }
}

/// What every part of a purpose must be.
///
/// # Errors
/// Says why it is not.
pub fn check(text: &str, secrets: &[Secret]) -> Result<(), Unusable> {
    if text.trim().is_empty() {
        Err(Unusable::Empty)
    } else if text.chars().any(char::is_control) {
        Err(Unusable::ControlCharacter)
    } else if text.contains("#{") {
        Err(Unusable::Unsubstituted)
    } else if secrets.iter().any(|secret| secret.is_in(text))
        || secret::find_shape(text, SHORTEST_KEY).is_some()
    {
        Err(Unusable::Secret)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of_run(by: &str, id: &str) -> Result<Purpose, Unusable> {
        Purpose::of_run(by, &RunId::new(id, &[])?, &[])
    }

    #[test]
    fn names_the_person_first_and_the_run_in_brackets() {
        let purpose = of_run(" Alice King (alice) ", "ServerTasks-123").unwrap();
        assert_eq!(
            purpose.as_str(),
            "Alice King (alice) [runkey ServerTasks-123]"
        );
        assert_eq!(
            purpose.run(),
            Some(Run {
                by: "Alice King (alice)",
                id: "ServerTasks-123"
            })
        );
    }

    #[test]
    fn refuses_what_names_nobody_or_would_break_a_log() {
        assert_eq!(of_run(" ", "ServerTasks-1"), Err(Unusable::Empty));
        assert_eq!(of_run("Alice", ""), Err(Unusable::Empty));
        assert_eq!(of_run("Alice\nKing", "1"), Err(Unusable::ControlCharacter));
        assert_eq!(
            of_run("#{Octopus.Deployment.CreatedBy.DisplayName}", "1"),
            Err(Unusable::Unsubstituted)
        );
        assert_eq!(of_run("Alice", "1] [runkey 2"), Err(Unusable::Bracket));
        assert_eq!(Purpose::verbatim("\t", &[]), Err(Unusable::Empty));
    }

    #[test]
    fn refuses_credentials_and_what_is_shaped_like_one_and_no_person() {
        let secrets = [Secret::new("API-SERVICESERVICESERVICE".into())];
        for by in [
            "Eve API-SERVICESERVICESERVICE",
            "Eve ICESERVICESE",
            "Eve API-0123456789ABCDEFGHIJ",
            "eyJhbGciOiJSUzI1NiJ9.eyJzdWIi",
        ] {
            assert_eq!(
                Purpose::verbatim(by, &secrets),
                Err(Unusable::Secret),
                "{by}"
            );
            assert_eq!(RunId::new(by, &secrets), Err(Unusable::Secret), "{by}");
        }
        for by in ["API-IntegrationTests2026", "Eve SERVICE"] {
            assert!(Purpose::verbatim(by, &secrets).is_ok(), "{by}");
        }
    }

    #[test]
    fn a_purpose_that_runkey_did_not_build_names_no_run() {
        for text in [
            "Alice King",
            "[runkey 1]",
            " [runkey 1]",
            "Alice [runkey ]",
            "Alice [runkey 1] ",
            "Alice [runkey 1",
            "Alice [Runkey 1]",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_person_whose_name_looks_like_a_run_does_not_confuse_it() {
        let purpose = of_run("Eve [runkey ServerTasks-1]", "ServerTasks-2").unwrap();
        assert_eq!(purpose.run().unwrap().id, "ServerTasks-2");
    }

    proptest! {
        #[test]
        fn every_run_is_read_back_as_it_was_built(by in any::<String>(), id in any::<String>()) {
            if let Ok(purpose) = of_run(&by, &id) {
                let run = purpose.run().expect("a purpose that runkey built");
                prop_assert_eq!((run.by, run.id), (by.trim(), id.trim()));
            }
        }

        #[test]
        fn two_runs_never_share_a_purpose(
            [by, id, other_by, other_id] in ["[a ]{1,3}( \\[runkey [12]\\])?", "[12 ]{1,3}", "[a ]{1,3}( \\[runkey [12]\\])?", "[12 ]{1,3}"],
        ) {
            if let (Ok(one), Ok(other)) = (of_run(&by, &id), of_run(&other_by, &other_id)) {
                let same_run = by.trim() == other_by.trim() && id.trim() == other_id.trim();
                prop_assert_eq!(one == other, same_run);
            }
        }
    }
}
