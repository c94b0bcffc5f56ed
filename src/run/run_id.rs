//! The run ID: what identifies a run, and how a purpose ends with it.

use std::fmt;

use octopus::Untrusted;

use crate::output::Failure;

/// The longest run ID, in characters.
const MAX_LENGTH: usize = 100;
/// The separator of the name and the run ID in a purpose.
const OPENING: &str = " [runkey ";
/// What a step that runs for a deployment target adds to the run ID, before the target's number.
const TARGET: &str = ".Machines-";
/// What a one-command run adds to the run ID, before its random digits.
const ONE_COMMAND: char = '~';
/// How many random digits a one-command run adds.
const RANDOM_DIGITS: usize = 8;

/// A run ID, such as `ServerTasks-123`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunId(String);

/// Why a text is not a run ID. `Display` follows the option's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunIdError {
    /// Nothing is left without white space.
    Empty,
    /// An Octopus variable that was not resolved.
    Unresolved,
    /// More than [`MAX_LENGTH`] characters.
    TooLong,
    /// A character that run IDs do not have.
    Character(char),
    /// A credential, or what looks like one.
    Secret,
}

impl fmt::Display for RunIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Unresolved => f.write_str("contains an unresolved Octopus variable ('#{...}')"),
            Self::TooLong => write!(f, "is longer than {MAX_LENGTH} characters"),
            Self::Character(' ') => f.write_str("contains a space"),
            Self::Character(c) if c.is_ascii_graphic() => write!(f, "contains '{c}'"),
            Self::Character(c) => write!(f, "contains the character U+{:04X}", u32::from(*c)),
            Self::Secret => {
                f.write_str("contains something that looks like a credential (not shown)")
            }
        }
    }
}

impl RunId {
    /// Reads a run ID.
    pub fn new(text: &str) -> Result<Self, RunIdError> {
        let text = text.trim();
        if text.contains("#{") {
            return Err(RunIdError::Unresolved);
        }
        if text.is_empty() {
            return Err(RunIdError::Empty);
        }
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "._:/@+=-~".contains(c);
        if let Some(c) = text.chars().find(|c| !is_allowed(*c)) {
            return Err(RunIdError::Character(c));
        }
        if text.len() > MAX_LENGTH {
            return Err(RunIdError::TooLong);
        }
        if octopus::contains_secret(text) {
            return Err(RunIdError::Secret);
        }
        Ok(Self(text.to_owned()))
    }

    /// Reads `--run-id`.
    ///
    /// # Errors
    /// When it is invalid; nothing has been sent.
    pub fn of_option(text: &Untrusted) -> Result<Self, Failure> {
        Self::new(text.raw()).map_err(|error| {
            let help = "Set it to a unique ID of the run, such as ServerTasks-123.";
            Failure::usage(format!("--run-id (RUNKEY_RUN_ID) {error}."), help)
        })
    }

    /// The run ID of a one-command run: `base`, `~` and eight random hexadecimal digits.
    pub fn one_command(base: &Self) -> Result<Self, RunIdError> {
        Self::new(&format!("{base}{ONE_COMMAND}{:08x}", fastrand::u32(..)))
    }

    /// Splits a purpose into the name and the run ID that it ends with.
    pub fn of_purpose(purpose: &str) -> Option<(&str, Self)> {
        let (name, rest) = purpose.rsplit_once(OPENING)?;
        let id = rest.strip_suffix(']')?;
        let run = Self::new(id).ok().filter(|run| run.0 == id)?;
        Some((name, run))
    }

    /// What the purposes of this run end with.
    pub fn ending(&self) -> String {
        format!("{OPENING}{}]", self.0)
    }

    /// Whether only one-command runs have this ID.
    pub fn is_one_command(&self) -> bool {
        self.0.contains(ONE_COMMAND)
    }

    /// Whether `other` is this run on a deployment target, `ServerTasks-123.Machines-7`.
    pub fn is_run_of(&self, other: &Self) -> bool {
        let target = other.0.strip_prefix(&self.0);
        target
            .and_then(|target| target.strip_prefix(TARGET))
            .is_some_and(is_number)
    }

    /// The task that the run ID names: `ServerTasks-` and a number, with the endings of targets and
    /// one-command runs. Every other ID names no task.
    pub fn task(&self) -> Option<octopus::Id> {
        let (rest, random) = match self.0.split_once(ONE_COMMAND) {
            Some((rest, random)) => (rest, Some(random)),
            None => (self.0.as_str(), None),
        };
        let (task, target) = match rest.split_once(TARGET) {
            Some((task, target)) => (task, Some(target)),
            None => (rest, None),
        };
        let is_random = |random: &str| {
            random.len() == RANDOM_DIGITS
                && random
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_task = task.strip_prefix("ServerTasks-").is_some_and(is_number)
            && target.is_none_or(is_number)
            && random.is_none_or(is_random);
        is_task.then(|| octopus::Id::new(task))?
    }

    /// The run ID as it stands in a purpose.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 1 to 18 digits, the numbers of Octopus's documents.
fn is_number(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_can_stand_in_a_purpose() {
        for text in [
            "ServerTasks-123",
            " x ",
            "a/b:c@d+e=f_g.h~i",
            &"x".repeat(MAX_LENGTH),
        ] {
            assert!(RunId::new(text).is_ok(), "{text}");
        }
        for (text, error) in [
            ("", RunIdError::Empty),
            ("#{Octopus.Task.Id}", RunIdError::Unresolved),
            ("a b", RunIdError::Character(' ')),
            ("a]", RunIdError::Character(']')),
            ("ä", RunIdError::Character('ä')),
            (&"x".repeat(MAX_LENGTH + 1), RunIdError::TooLong),
            ("API-ABCDEFGHIJKLMNOPQRSTUVWXYZ", RunIdError::Secret),
        ] {
            assert_eq!(RunId::new(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_purpose_belongs_to_the_run_that_it_ends_with() {
        for (purpose, run) in [
            ("Alice (alice) [runkey R]", Some("R")),
            ("x [runkey A] [runkey B]", Some("B")),
            ("x [runkey A] (y) [runkey B-1~0a]", Some("B-1~0a")),
            ("x [runkey  A]", None),
            ("x [runkey A] ", None),
            ("x [RUNKEY A]", None),
            ("[runkey A]", None),
        ] {
            let found = RunId::of_purpose(purpose).map(|(_, run)| run);
            assert_eq!(found.as_ref().map(RunId::as_str), run, "{purpose}");
        }
    }

    #[test]
    fn names_a_task_in_the_exact_forms_only() {
        let task = |text: &str| RunId::new(text).unwrap().task();
        for text in [
            "ServerTasks-123",
            "ServerTasks-123.Machines-7",
            "ServerTasks-123~0a1b2c3d",
            "ServerTasks-123.Machines-7~0a1b2c3d",
        ] {
            assert_eq!(task(text).unwrap().as_str(), "ServerTasks-123", "{text}");
        }
        for text in [
            "ServerTasks-",
            "ServerTasks-123-child",
            "ServerTasks-123~0A1B2C3D",
            "ServerTasks-123~0a1b2c3",
            "ServerTasks-123.Machines-x",
            "ServerTasks-1234567890123456789",
            "servertasks-123",
            "xServerTasks-123",
        ] {
            assert_eq!(task(text), None, "{text}");
        }
    }

    #[test]
    fn knows_its_deployment_targets() {
        let run = RunId::new("ServerTasks-1").unwrap();
        for (other, is_target) in [
            ("ServerTasks-1.Machines-7", true),
            ("ServerTasks-1", false),
            ("ServerTasks-1.Machines-", false),
            ("ServerTasks-1.Machines-7.Machines-8", false),
            ("ServerTasks-12.Machines-7", false),
            ("ServerTasks-1.Machines-7~0a1b2c3d", false),
        ] {
            assert_eq!(
                run.is_run_of(&RunId::new(other).unwrap()),
                is_target,
                "{other}"
            );
        }
    }
}
