//! Who started the run: a user, or a trigger in the place of one, or the system.

use super::members::Members;
use crate::environment::name::{clean_username, clean_without_parentheses};

const RUN_BY: &str = "RunBy";
const ID: &str = "Octopus.Deployment.CreatedBy.Id";
const USERNAME: &str = "Octopus.Deployment.CreatedBy.Username";
const DISPLAY_NAME: &str = "Octopus.Deployment.CreatedBy.DisplayName";
const TRIGGER: &str = "Octopus.Deployment.Trigger.Name";

/// The username of Octopus's own user, which starts what a schedule or a webhook asks for.
const SYSTEM: &str = "system";
/// The ID of that user.
const SYSTEM_ID: &str = "users-system";

/// Who started the run.
pub struct StartedBy {
    /// The name for the key's purpose: the last parentheses are always the username's.
    pub name: String,
    /// The ID of the user, unless the step names another person.
    pub account: Option<String>,
    /// What to warn about.
    pub warning: Option<String>,
}

impl StartedBy {
    /// Returns who started the run, if the script asked for that.
    pub fn find(members: &Members) -> Option<Self> {
        let asked = [RUN_BY, ID, USERNAME, DISPLAY_NAME, TRIGGER];
        if !asked.iter().any(|name| members.has(name)) {
            return None;
        }
        if let Some(given) = members.get(RUN_BY) {
            return Some(Self::named(given.to_owned()));
        }
        let account = members.get(ID).map(str::to_owned);
        let person = person(members).filter(|_| !is_system(members));
        let trigger = members.get(TRIGGER);
        Some(match (person, trigger) {
            (Some(name), _) => Self {
                account,
                ..Self::named(name)
            },
            (None, Some(trigger)) => Self::named(format!(
                "{}, trigger ({SYSTEM})",
                clean_without_parentheses(trigger)
            )),
            (None, None) => Self::system(),
        })
    }

    fn named(name: String) -> Self {
        Self {
            name,
            account: None,
            warning: None,
        }
    }

    fn system() -> Self {
        let name = format!("System ({SYSTEM})");
        let warning = format!(
            "Octopus did not report a person or a trigger that started this run; using '{name}'."
        );
        Self {
            warning: Some(warning),
            ..Self::named(name)
        }
    }
}

/// Returns the name and the username of the user, as far as they are known.
fn person(members: &Members) -> Option<String> {
    match (members.get(DISPLAY_NAME), members.get(USERNAME)) {
        (Some(name), Some(username)) => Some(format!("{name} ({})", clean_username(username))),
        (None, Some(username)) => {
            let username = clean_username(username);
            Some(format!("{username} ({username})"))
        }
        (Some(name), None) => Some(clean_without_parentheses(name)),
        (None, None) => None,
    }
}

/// A display name can be chosen freely, so it does not make anybody the system.
fn is_system(members: &Members) -> bool {
    let is = |member, value: &str| {
        members
            .get(member)
            .is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    is(USERNAME, SYSTEM) || is(ID, SYSTEM_ID)
}

#[cfg(test)]
mod tests {
    use crate::environment::StepContext;

    fn started_by(id: &str, username: &str, display_name: &str, trigger: &str) -> StepContext {
        StepContext::of(&[
            &format!(r#""Octopus.Deployment.CreatedBy.Id": "{id}""#),
            &format!(r#""Octopus.Deployment.CreatedBy.Username": "{username}""#),
            &format!(r#""Octopus.Deployment.CreatedBy.DisplayName": "{display_name}""#),
            &format!(r#""Octopus.Deployment.Trigger.Name": "{trigger}""#),
            r##""RunBy": "#{RunKey.Create.RunBy | JsonEscape}""##,
        ])
    }

    #[test]
    fn names_the_user_or_the_trigger_or_the_system() {
        for (id, username, display_name, trigger, name) in [
            ("Users-21", "alice", "Alice King", "", "Alice King (alice)"),
            (
                "Users-21",
                "alice",
                "Alice King",
                "Nightly",
                "Alice King (alice)",
            ),
            ("Users-21", "alice", "", "", "alice (alice)"),
            ("Users-21", "", "Alice King", "", "Alice King"),
            (
                "Users-9",
                "eve",
                "Alice King (alice)",
                "",
                "Alice King (alice) (eve)",
            ),
            ("Users-9", "eve) (alice", "Eve", "", "Eve (eve- -alice)"),
            ("Users-9", "", "Eve (alice)", "", "Eve -alice-"),
            ("Users-9", "eve", "System", "Nightly", "System (eve)"),
            (
                "Users-9",
                "eve",
                r#"a\\b \"c\"\td"#,
                "",
                "a\\b \"c\"\td (eve)",
            ),
            (
                "users-system",
                "system",
                "System",
                "Nightly",
                "Nightly, trigger (system)",
            ),
            (
                "Users-System",
                "",
                "System",
                "Nightly",
                "Nightly, trigger (system)",
            ),
            (
                "",
                "System",
                "System",
                "Nightly (alice)",
                "Nightly -alice-, trigger (system)",
            ),
            ("", "", "", "Nightly", "Nightly, trigger (system)"),
            ("users-system", "system", "System", "", "System (system)"),
            ("", "", "", "", "System (system)"),
        ] {
            let context = started_by(id, username, display_name, trigger);
            assert_eq!(context.get("RUNKEY_RUN_BY"), Some(name));
            let warns = !context.warnings().is_empty();
            assert_eq!(warns, name == "System (system)", "{name}");
        }
    }

    #[test]
    fn prefers_the_person_that_the_step_names() {
        let context = StepContext::of(&[
            r#""RunBy": "Bob (bob)", "Octopus.Deployment.CreatedBy.Id": "users-system""#,
            r#""Octopus.Deployment.CreatedBy.Username": "system""#,
        ]);
        assert_eq!(context.get("RUNKEY_RUN_BY"), Some("Bob (bob)"));
        assert!(context.warnings().is_empty());
        assert_eq!(context.warning_about_owner("users-system"), None);
    }

    #[test]
    fn warns_when_the_owner_of_the_key_started_the_run() {
        let context = started_by("Users-21", "runbook-svc", "Runbooks", "");
        assert!(context.warning_about_owner("users-21").is_some());
        assert_eq!(context.warning_about_owner("Users-2"), None);
    }
}
