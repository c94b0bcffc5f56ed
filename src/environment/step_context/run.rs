//! Which run it is.

use super::members::Members;

const PASSED_ON: &str = "ApiKeyRunId";
const PURPOSE: &str = "ApiKeyPurpose";
const MACHINE: &str = "Octopus.Machine.Id";

/// How a run is named.
pub enum Run<'a> {
    /// By its ID.
    Id(String),
    /// By the verbatim purpose of a key that a create step of the user's own made.
    Purpose(&'a str),
    /// Not at all.
    Unknown,
}

impl<'a> Run<'a> {
    /// Returns what the create step passed on; else the parameter or the task's ID, with the ID of the
    /// deployment target that the step runs for.
    pub fn find(members: &'a Members) -> Self {
        if let Some(id) = members.get(PASSED_ON) {
            return Self::Id(of_this_target(id, members).to_owned());
        }
        if let Some(purpose) = members.get(PURPOSE) {
            return Self::Purpose(purpose);
        }
        let id = members
            .get("RunId")
            .or_else(|| members.get("Octopus.Task.Id"));
        match (id, members.get(MACHINE)) {
            (Some(id), Some(machine)) if target(id) != Some(machine) => {
                Self::Id(format!("{id}.{machine}"))
            }
            (Some(id), _) => Self::Id(id.to_owned()),
            (None, _) => Self::Unknown,
        }
    }

    /// Tells whether the create step should have passed the run on, and has not: it did not run, was
    /// skipped, or has a different name, and the run ID is only a guess.
    pub fn was_not_passed_on(members: &Members) -> bool {
        let is_set = |name| members.get(name).is_some();
        members.has(PASSED_ON) && !is_set(PASSED_ON) && !is_set(PURPOSE)
    }
}

/// A step that asks for its target and runs for none (the delete step after a create step on several
/// targets) means the run on every target: Octopus passes on the run ID of the last one.
fn of_this_target<'a>(id: &'a str, members: &Members) -> &'a str {
    let is_for_all = members.has(MACHINE) && members.get(MACHINE).is_none();
    match target(id) {
        Some(target) if is_for_all => &id[..id.len() - target.len() - 1],
        _ => id,
    }
}

/// Returns the target at the end of a run ID, such as `Machines-7`.
fn target(id: &str) -> Option<&str> {
    let (_, target) = id.rsplit_once('.')?;
    let number = target.strip_prefix("Machines-")?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(target)
}

#[cfg(test)]
mod tests {
    use crate::environment::StepContext;

    const TASK: &str = r#""Octopus.Task.Id": "ServerTasks-123""#;
    const NO_MACHINE: &str = r##""Octopus.Machine.Id": "#{Octopus.Machine.Id | JsonEscape}""##;
    const MACHINE: &str = r#""Octopus.Machine.Id": "Machines-7""#;
    const NO_OUTPUT: &str = r##""ApiKeyRunId": "#{Octopus.Action[#{RunKey.Delete.CreateStep}].Output.ApiKeyRunId | JsonEscape}""##;

    #[test]
    fn finds_the_run() {
        let passed_on = r#""ApiKeyRunId": "ServerTasks-9""#;
        let of_target = r#""ApiKeyRunId": "ServerTasks-9.Machines-4""#;
        for (members, id) in [
            (vec![TASK], "ServerTasks-123"),
            (vec![TASK, NO_MACHINE], "ServerTasks-123"),
            (vec![TASK, MACHINE], "ServerTasks-123.Machines-7"),
            (vec![TASK, r#""RunId": "Deployments-9""#], "Deployments-9"),
            (
                vec![TASK, MACHINE, r#""RunId": "Deployments-9""#],
                "Deployments-9.Machines-7",
            ),
            (vec![MACHINE, r#""RunId": "A.Machines-7""#], "A.Machines-7"),
            (vec![TASK, MACHINE, passed_on], "ServerTasks-9"),
            (vec![TASK, NO_OUTPUT], "ServerTasks-123"),
            (vec![TASK, NO_OUTPUT, MACHINE], "ServerTasks-123.Machines-7"),
            // Octopus passes on the ID of the target that the step runs for.
            (vec![MACHINE, of_target], "ServerTasks-9.Machines-4"),
            // A delete step that runs for no target revokes the keys of all of them.
            (vec![NO_MACHINE, of_target], "ServerTasks-9"),
            // A use step that runs for no target has the key of one.
            (vec![of_target], "ServerTasks-9.Machines-4"),
            (
                vec![NO_MACHINE, r#""ApiKeyRunId": "A.Machines-x""#],
                "A.Machines-x",
            ),
        ] {
            let context = StepContext::of(&members);
            assert_eq!(context.get("RUNKEY_RUN_ID"), Some(id), "{members:?}");
            assert_eq!(context.get("RUNKEY_PURPOSE"), None);
            let is_guess = members.contains(&NO_OUTPUT);
            assert_eq!(context.get("RUNKEY_REQUIRE").is_some(), is_guess);
        }
    }

    #[test]
    fn finds_a_key_of_the_user_s_own_purpose() {
        let context = StepContext::of(&[TASK, NO_OUTPUT, r#""ApiKeyPurpose": "My key""#]);
        assert_eq!(context.get("RUNKEY_PURPOSE"), Some("My key"));
        assert_eq!(context.get("RUNKEY_RUN_ID"), None);
        assert_eq!(context.get("RUNKEY_REQUIRE"), None);
    }
}
