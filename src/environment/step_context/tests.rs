use super::*;

const TASK: &str = r#""Octopus.Task.Id": "ServerTasks-123""#;
const NO_MACHINE: &str = r##""Octopus.Machine.Id": "#{Octopus.Machine.Id | JsonEscape}""##;
const MACHINE: &str = r#""Octopus.Machine.Id": "Machines-7""#;
const NO_OUTPUT: &str = r##""ApiKeyRunId": "#{Octopus.Action[#{RunKey.Delete.CreateStep}].Output.ApiKeyRunId | JsonEscape}""##;

fn context(members: &[&str]) -> StepContext {
    StepContext::parse(&format!("{{{}}}", members.join(",\n"))).expect("it is a JSON object")
}

fn started_by(id: &str, username: &str, display_name: &str, trigger: &str) -> StepContext {
    context(&[
        &format!(r#""Octopus.Deployment.CreatedBy.Id": "{id}""#),
        &format!(r#""Octopus.Deployment.CreatedBy.Username": "{username}""#),
        &format!(r#""Octopus.Deployment.CreatedBy.DisplayName": "{display_name}""#),
        &format!(r#""Octopus.Deployment.Trigger.Name": "{trigger}""#),
        r##""RunBy": "#{RunKey.Create.RunBy | JsonEscape}""##,
    ])
}

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
        assert_eq!(context(&[members]).get(variable), Some(value), "{members}");
    }
}

#[test]
fn implies_nothing_for_what_is_not_set() {
    let context = context(&[
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

/// What is left of an expression inside a value is refused where the value is used.
#[test]
fn keeps_an_unresolved_expression_inside_a_value() {
    for value in ["Eve #{No.Such}", "#{No.Such}", "#{A | JsonEscape} b"] {
        let context = context(&[&format!(r#""Owner": "{value}""#)]);
        assert_eq!(context.get("RUNKEY_OWNER"), Some(value));
    }
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
    let context = context(&[
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
        let context = context(&members);
        assert_eq!(context.get("RUNKEY_RUN_ID"), Some(id), "{members:?}");
        assert_eq!(context.get("RUNKEY_PURPOSE"), None);
        let is_guess = members.contains(&NO_OUTPUT);
        assert_eq!(context.get("RUNKEY_REQUIRE").is_some(), is_guess);
    }
}

#[test]
fn finds_a_key_of_the_user_s_own_purpose() {
    let context = context(&[TASK, NO_OUTPUT, r#""ApiKeyPurpose": "My key""#]);
    assert_eq!(context.get("RUNKEY_PURPOSE"), Some("My key"));
    assert_eq!(context.get("RUNKEY_RUN_ID"), None);
    assert_eq!(context.get("RUNKEY_REQUIRE"), None);
}

#[test]
fn cleans_up_instead_of_naming_a_run() {
    let run = [
        TASK,
        NO_OUTPUT,
        r#""Report": "True", "ApiKeyId": "APIKeys-4", "Owner": "runbook-svc""#,
    ];
    let finished = |value| context(&[run.as_slice(), &[value]].concat());
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
        let context = context(&[&format!(r#""Report": {value}"#)]);
        assert_eq!(context.get("RUNKEY_REPORT").is_some(), is_on, "{value}");
        assert_eq!(!context.warnings().is_empty(), warns, "{value}");
    }
}

#[test]
fn tolerates_raw_control_characters_and_cuts_long_values() {
    let raw = "a\u{1}b\u{b}c\u{1f}d\u{7f}e\u{85}\u{2028}f";
    let context = context(&[
        &format!(r#""Owner": "{raw}""#),
        &format!(r#""Access": "{}""#, "é".repeat(4_001)),
    ]);
    assert_eq!(context.get("RUNKEY_OWNER"), Some(raw));
    let access = context.get("RUNKEY_ACCESS").expect("it is set");
    assert_eq!(access, "é".repeat(4_000));
}

#[test]
fn refuses_what_is_not_an_object_without_quoting_it() {
    for text in [
        "",
        "[1]",
        "API-SECRET",
        "\"API-SECRET\"",
        "{\n\"a\": \"API-SECRET\n\"}",
    ] {
        let error = StepContext::parse(text).expect_err("it is refused");
        let error = error.to_string();
        assert!(error.contains("not a JSON object"), "{error}");
        assert!(!error.contains("SECRET"), "{error}");
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
