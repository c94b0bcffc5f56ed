//! What an Octopus step knows of its run: `RUNKEY_STEP_CONTEXT`, which the step templates set.
//!
//! It is a JSON object of Octopus variables, of the step's parameters and of the create step's output
//! variables, each written as `"Name": "#{Name | JsonEscape}"`. This module works out what runkey's own
//! variables would be, so that no script has to: [`StepContext::get`] answers by their names.

mod members;
mod run;
mod started_by;

use std::collections::BTreeMap;

use members::Members;
pub use members::StepContextError;
use run::Run;
use started_by::StartedBy;

/// The variable that holds the step context. It is not read from an env file.
pub const STEP_CONTEXT: &str = "RUNKEY_STEP_CONTEXT";

/// What to do where the step context has no server URL.
pub const SERVER_URL_ADVICE: &str = "Set Server URI in Octopus (Configuration, Nodes), or fill in 'Octopus Server URL' in this step.";

/// The variables of the environment that count together with a step context: what the step's script sets, which
/// is secret, and the settings of the machine.
const WITH_STEP_CONTEXT: [&str; 6] = [
    "OCTOPUS_API_KEY",
    "OCTOPUS_ID_TOKEN",
    "RUNKEY_KEY",
    "RUNKEY_CA_FILE",
    "RUNKEY_TIMEOUT",
    "RUNKEY_RETRY_FOR",
];

/// Variables whose value is the first of these members that is set.
const TAKEN: [(&str, &[&str]); 13] = [
    (
        "OCTOPUS_URL",
        &["ServerUrl", "Octopus.Web.ServerUri", "Octopus.Web.BaseUrl"],
    ),
    ("OCTOPUS_SPACE", &["Octopus.Space.Id"]),
    (
        "OCTOPUS_SERVICE_ACCOUNT_ID",
        &["ServiceAccountId", "Identity.Audience"],
    ),
    ("RUNKEY_OWNER", &["ApiKeyOwnerId", "Owner"]),
    ("RUNKEY_KEY_ID", &["ApiKeyId"]),
    ("RUNKEY_KEY_EXPIRES", &["ApiKeyExpires"]),
    ("RUNKEY_INDETERMINATE", &["ApiKeyIndeterminate"]),
    ("RUNKEY_CREATE_STEP", &["CreateStep"]),
    ("RUNKEY_EXPIRES_IN", &["ExpiresIn"]),
    ("RUNKEY_ACCESS", &["Access"]),
    ("RUNKEY_ACTOR_TYPE", &["ActorType"]),
    ("RUNKEY_FINISHED", &["Finished"]),
    ("RUNKEY_DRY_RUN", &["DryRun"]),
];

/// The report's file, in the folder that the delete step runs in.
const REPORT_FILE: &str = "run-api-key-report.html";

/// What a step implies for runkey's variables.
#[derive(Debug, Default)]
pub struct StepContext {
    variables: BTreeMap<&'static str, String>,
    starter: Option<String>,
    warnings: Vec<String>,
}

impl StepContext {
    /// Reads the value of `RUNKEY_STEP_CONTEXT`. Unknown members are ignored.
    ///
    /// # Errors
    /// When the text is not a JSON object. Its content is not quoted.
    pub fn parse(text: &str) -> Result<Self, StepContextError> {
        let members = Members::parse(text)?;
        let mut context = Self::default();
        for (variable, names) in TAKEN {
            context.set(variable, names.iter().find_map(|name| members.get(name)));
        }
        context.set("RUNKEY_OUTPUT", Some("octopus"));
        context.take_starter(&members);
        if members.switch("Finished") == Ok(true) {
            context.variables.remove("RUNKEY_KEY_ID");
        } else {
            context.take_run(&members);
            context.take_report(&members);
        }
        Ok(context)
    }

    /// Returns what the step implies for one of runkey's variables.
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.variables.get(variable).map(String::as_str)
    }

    /// Returns what to warn about, in whole sentences.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns the warning for a run that was started with the account that owns the key: the key then
    /// names that account instead of the person.
    pub fn warning_about_owner(&self, owner_id: &str) -> Option<&'static str> {
        let starter = self.starter.as_deref()?;
        starter.eq_ignore_ascii_case(owner_id).then_some(
            "The account that owns the key started this run, so the key does not name a person. Pass the person to 'Started by', for example in a prompted variable.",
        )
    }

    /// Tells whether a variable of the environment counts where there is a step context. Of the others,
    /// those of runkey and Octopus may be the worker's own, and the step alone decides.
    pub fn admits(variable: &str) -> bool {
        WITH_STEP_CONTEXT.contains(&variable)
    }

    fn set(&mut self, variable: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.variables.insert(variable, value.to_owned());
        }
    }

    fn take_starter(&mut self, members: &Members) {
        let Some(started_by) = StartedBy::find(members) else {
            return;
        };
        self.set("RUNKEY_RUN_BY", Some(&started_by.name));
        self.starter = started_by.account;
        self.warnings.extend(started_by.warning);
    }

    fn take_run(&mut self, members: &Members) {
        match Run::find(members) {
            Run::Id(id) => self.set("RUNKEY_RUN_ID", Some(&id)),
            Run::Purpose(purpose) => self.set("RUNKEY_PURPOSE", Some(purpose)),
            Run::Unknown => {}
        }
        if Run::was_not_passed_on(members) {
            self.set("RUNKEY_REQUIRE", Some("true"));
        }
    }

    /// A switch that concerns only the report must not prevent revocation.
    fn take_report(&mut self, members: &Members) {
        match members.switch("Report") {
            Ok(true) => self.set("RUNKEY_REPORT", Some(REPORT_FILE)),
            Ok(false) => {}
            Err(()) => self
                .warnings
                .push("'Attach audit report' must be True or False; using False.".to_owned()),
        }
    }
}

#[cfg(test)]
impl StepContext {
    /// Reads a JSON object of these members.
    fn of(members: &[&str]) -> Self {
        Self::parse(&format!("{{{}}}", members.join(",\n"))).expect("it is a JSON object")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = r#""Octopus.Task.Id": "ServerTasks-123""#;
    const NO_OUTPUT: &str = r##""ApiKeyRunId": "#{Octopus.Action[#{RunKey.Delete.CreateStep}].Output.ApiKeyRunId | JsonEscape}""##;

    /// The first of the members that is set decides.
    #[test]
    fn takes_each_variable_from_its_members_in_order() {
        for (variable, members, value) in [
            (
                "OCTOPUS_URL",
                r#""ServerUrl": "https://a", "Octopus.Web.ServerUri": "https://b""#,
                "https://a",
            ),
            (
                "OCTOPUS_URL",
                r#""ServerUrl": "", "Octopus.Web.ServerUri": "https://b", "Octopus.Web.BaseUrl": "https://c""#,
                "https://b",
            ),
            (
                "OCTOPUS_URL",
                r##""Octopus.Web.ServerUri": "#{Octopus.Web.ServerUri | JsonEscape}", "Octopus.Web.BaseUrl": "https://c""##,
                "https://c",
            ),
            (
                "OCTOPUS_SPACE",
                r#""Octopus.Space.Id": "Spaces-1""#,
                "Spaces-1",
            ),
            (
                "OCTOPUS_SERVICE_ACCOUNT_ID",
                r#""ServiceAccountId": "given", "Identity.Audience": "account's""#,
                "given",
            ),
            (
                "OCTOPUS_SERVICE_ACCOUNT_ID",
                r#""ServiceAccountId": " ", "Identity.Audience": "account's""#,
                "account's",
            ),
            (
                "RUNKEY_OWNER",
                r#""ApiKeyOwnerId": "Users-21", "Owner": "runbook-svc""#,
                "Users-21",
            ),
            ("RUNKEY_OWNER", r#""Owner": "runbook-svc""#, "runbook-svc"),
            ("RUNKEY_KEY_ID", r#""ApiKeyId": "APIKeys-4""#, "APIKeys-4"),
            (
                "RUNKEY_KEY_EXPIRES",
                r#""ApiKeyExpires": "2026-11-26T05:00:00Z""#,
                "2026-11-26T05:00:00Z",
            ),
            ("RUNKEY_EXPIRES_IN", r#""ExpiresIn": " 2h 30m ""#, "2h 30m"),
            ("RUNKEY_ACCESS", r#""Access": "read-only""#, "read-only"),
            (
                "RUNKEY_ACTOR_TYPE",
                r#""ActorType": "ai-agent""#,
                "ai-agent",
            ),
            ("RUNKEY_DRY_RUN", r#""DryRun": true"#, "true"),
            ("RUNKEY_DRY_RUN", r#""DryRun": "maybe""#, "maybe"),
            ("RUNKEY_FINISHED", r#""Finished": "True""#, "True"),
            (
                "RUNKEY_CREATE_STEP",
                r#""CreateStep": " Create  key ""#,
                "Create  key",
            ),
            ("RUNKEY_OUTPUT", "", "octopus"),
        ] {
            assert_eq!(
                StepContext::of(&[members]).get(variable),
                Some(value),
                "{members}"
            );
        }
    }

    #[test]
    fn implies_nothing_for_what_is_not_set() {
        let context = StepContext::of(&[
            r##""Owner": "#{RunKey.Create.Owner | JsonEscape}""##,
            r##""ServerUrl": "#{RunKey.Create.ServerUrl | Trim | JsonEscape}""##,
            r#""ExpiresIn": """#,
            r#""Access": "  ""#,
            r#""ActorType": null"#,
            r#""DryRun": ["True"]"#,
            r#""Unheard.Of": {"a": 1}"#,
        ]);
        for variable in [
            "RUNKEY_OWNER",
            "OCTOPUS_URL",
            "RUNKEY_EXPIRES_IN",
            "RUNKEY_ACCESS",
            "RUNKEY_ACTOR_TYPE",
            "RUNKEY_DRY_RUN",
            "RUNKEY_RUN_BY",
            "RUNKEY_RUN_ID",
            "RUNKEY_REQUIRE",
            "RUNKEY_PURPOSE",
            "RUNKEY_REPORT",
        ] {
            assert_eq!(context.get(variable), None, "{variable}");
        }
        assert!(context.warnings().is_empty());
    }

    #[test]
    fn cleans_up_instead_of_naming_a_run() {
        let run = [
            TASK,
            NO_OUTPUT,
            r#""Report": "True", "ApiKeyId": "APIKeys-4", "Owner": "runbook-svc""#,
        ];
        let finished = |value| StepContext::of(&[run.as_slice(), &[value]].concat());
        let cleanup = finished(r#""Finished": "True""#);
        for variable in ["RUN_ID", "KEY_ID", "REQUIRE", "REPORT"] {
            let variable = format!("RUNKEY_{variable}");
            assert_eq!(cleanup.get(&variable), None, "{variable}");
        }
        assert_eq!(cleanup.get("RUNKEY_OWNER"), Some("runbook-svc"));
        let own_run = finished(r#""Finished": "False""#);
        assert_eq!(own_run.get("RUNKEY_RUN_ID"), Some("ServerTasks-123"));
    }

    #[test]
    fn attaches_a_report_when_asked_and_warns_of_a_bad_switch() {
        for (value, is_on, warns) in [
            (r#""True""#, true, false),
            (r#"" yes ""#, true, false),
            ("1", true, false),
            (r#""False""#, false, false),
            (r#""""#, false, false),
            (r##""#{Project.NoSuch}""##, false, true),
            (r#""ja""#, false, true),
        ] {
            let context = StepContext::of(&[&format!(r#""Report": {value}"#)]);
            assert_eq!(context.get("RUNKEY_REPORT").is_some(), is_on, "{value}");
            assert_eq!(!context.warnings().is_empty(), warns, "{value}");
        }
    }

    #[test]
    fn admits_secrets_and_settings_of_the_machine_alone() {
        for variable in [
            "OCTOPUS_API_KEY",
            "OCTOPUS_ID_TOKEN",
            "RUNKEY_KEY",
            "RUNKEY_TIMEOUT",
        ] {
            assert!(StepContext::admits(variable), "{variable}");
        }
        for variable in [
            "OCTOPUS_ACCESS_TOKEN",
            "OCTOPUS_URL",
            "RUNKEY_DRY_RUN",
            "RUNKEY_PREFLIGHT",
        ] {
            assert!(!StepContext::admits(variable), "{variable}");
        }
    }
}
