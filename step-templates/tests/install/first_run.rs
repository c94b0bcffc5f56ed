//! The service account, its trust in a runbook, and the project's variable.

use octopus_sim::{ALICE, Fault, Octopus, RUNBOOK_SVC, Settings};
use serde_json::{Value, json};

use crate::installer::{Installer, SPACE, writes};

const ROBOT: [&str; 6] = [
    "--service-account",
    "robot",
    "--project",
    "web shop",
    "--runbook",
    "restart",
];
const STORED_KEY: [&str; 3] = ["--api-key-variable", "--example-runbook", "Web Shop"];

/// A server whose project has a runbook.
fn with_runbook() -> Octopus {
    let octopus = Octopus::start();
    post(
        &octopus,
        "runbooks",
        &json!({ "Name": "Restart", "ProjectId": "Projects-1" }),
    );
    octopus
}

fn post(octopus: &Octopus, path: &str, body: &Value) {
    let url = format!("{}/api/{SPACE}/{path}", octopus.url());
    let request = ureq::post(url).header("X-Octopus-ApiKey", octopus.service_key());
    request.send(body.to_string()).unwrap();
    octopus.forget_requests();
}

fn put_variables(octopus: &Octopus, variables: &Value) {
    let url = format!(
        "{}/api/{SPACE}/variables/variableset-Projects-1",
        octopus.url()
    );
    let set = octopus.documents(SPACE, "variables").remove(0);
    let set = json!({ "Version": set["Version"], "Variables": variables, "Unknown": "field" });
    let request = ureq::put(url).header("X-Octopus-ApiKey", octopus.service_key());
    request.send(set.to_string()).unwrap();
    octopus.forget_requests();
}

fn variables(octopus: &Octopus) -> Vec<Value> {
    let set = octopus.documents(SPACE, "variables").remove(0);
    set["Variables"].as_array().unwrap().clone()
}

fn body(octopus: &Octopus, method: &str, path: &str) -> Value {
    let mut requests = octopus.requests().into_iter();
    let found = requests.find(|it| it.method == method && it.path.ends_with(path));
    serde_json::from_str(&found.unwrap().body).unwrap()
}

#[test]
fn creates_account_that_only_this_runbook_becomes() {
    let octopus = with_runbook();
    let outcome = Installer::new().succeed(&octopus, &ROBOT);
    let user = body(&octopus, "POST", "/api/users");
    assert_eq!(
        user,
        json!({ "Username": "robot", "DisplayName": "robot", "IsActive": true, "IsService": true })
    );
    let identity = body(&octopus, "POST", "/oidcidentities/create/v1");
    let id = identity["ServiceAccountId"].as_str().unwrap();
    let subject = "space:default:project:web-shop:runbook:restart:type:runbook";
    assert_eq!(identity["Subject"], subject);
    assert_eq!(identity["Issuer"], octopus.url());
    let account = &octopus.documents(SPACE, "accounts")[0];
    assert_eq!(account["AccountType"], "GenericOidcAccount");
    assert_eq!(account["Audience"], octopus.service_account_id(id));
    let keys = json!(["space", "project", "runbook", "type"]);
    assert_eq!(account["DeploymentSubjectKeys"], keys);
    let variable = &variables(&octopus)[0];
    assert_eq!(variable["Type"], "GenericOidcAccount");
    assert_eq!(variable["Value"], account["Id"]);
    assert_eq!(variable["Scope"], json!({ "ProcessOwner": ["Runbooks-1"] }));
    for part in [
        "To undo it by hand:\n- Delete the variable 'Automation.Identity'",
        "- Delete the OIDC identity 'Runbook Restart'",
        "- Delete the service account 'robot' (Users-",
        "Give 'robot' the permissions",
    ] {
        assert!(outcome.out.contains(part), "no '{part}' in {}", outcome.out);
    }
    // The runbook is a person's own.
    assert!(octopus.documents(SPACE, "runbookprocesses")[0]["Steps"] == json!([]));
}

#[test]
fn keeps_everything_the_second_time() {
    let octopus = with_runbook();
    let installer = Installer::new();
    for arguments in [&ROBOT[..], &STORED_KEY[..]] {
        installer.succeed(&octopus, arguments);
        octopus.forget_requests();
        let outcome = installer.succeed(&octopus, arguments);
        assert_eq!(writes(&octopus), [""; 0]);
        assert!(!outcome.out.contains("undo"), "{}", outcome.out);
    }
}

#[test]
fn writes_nothing_in_a_dry_run_at_any_stage() {
    let octopus = with_runbook();
    let example = [
        "--service-account",
        "robot",
        "--example-runbook",
        "Web Shop",
    ];
    for done in [&[][..], &["--service-account", "robot"], &ROBOT, &example] {
        if !done.is_empty() {
            Installer::new().succeed(&octopus, done);
        }
        octopus.forget_requests();
        for arguments in [&ROBOT[..], &STORED_KEY, &example] {
            let arguments = [arguments, &["--dry-run"]].concat();
            let outcome = Installer::new().succeed(&octopus, &arguments);
            assert_eq!(writes(&octopus), [""; 0], "{arguments:?}");
            assert!(outcome.out.contains("Nothing was done"), "{}", outcome.out);
            assert!(!outcome.out.contains("undo"), "{}", outcome.out);
        }
    }
}

#[test]
fn refuses_account_of_a_person() {
    let octopus = with_runbook();
    let arguments = ["--service-account", "ALICE"];
    let outcome = Installer::new().install(&octopus, &arguments);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.err.contains("'ALICE' is the account of a person"),
        "{}",
        outcome.err
    );
    assert!(octopus.requests().iter().all(|it| !it.path.contains(ALICE)));
}

#[test]
fn adds_only_what_is_missing_to_an_account_that_is_there() {
    let octopus = with_runbook();
    let subject = "space:default:project:web-shop:runbook:restart:type:runbook";
    octopus.add_oidc_identity(RUNBOOK_SVC, octopus.url(), subject, None);
    let mut arguments = ROBOT;
    arguments[1] = "Runbook-SVC";
    let outcome = Installer::new().succeed(&octopus, &arguments);
    let kept = outcome.about("service account 'Runbook-SVC'");
    assert_eq!(kept, format!("kept ({RUNBOOK_SVC})"));
    let kept = outcome.about("OIDC identity 'Runbook Restart'");
    assert!(kept.starts_with("kept (OidcIdentities-"), "{kept}");
    assert!(
        !writes(&octopus)
            .iter()
            .any(|it| it.contains("oidcidentities"))
    );
}

#[test]
fn trusts_no_runbook_through_identity_of_another_audience() {
    let octopus = with_runbook();
    let subject = "space:default:project:web-shop:runbook:restart:type:runbook";
    octopus.add_oidc_identity(RUNBOOK_SVC, octopus.url(), subject, Some("other"));
    let mut arguments = ROBOT;
    arguments[1] = "runbook-svc";
    Installer::new().succeed(&octopus, &arguments);
    assert!(
        writes(&octopus)
            .iter()
            .any(|it| it.contains("oidcidentities"))
    );
}

#[test]
fn stores_key_where_it_is_never_shown() {
    let octopus = Octopus::start();
    // `Outcome` looks for the key.
    let outcome = Installer::new().succeed(&octopus, &STORED_KEY);
    let variable = &variables(&octopus)[0];
    assert_eq!(variable["Name"], "Automation.ApiKey");
    assert_eq!(variable["Type"], "Sensitive");
    assert_eq!(variable["IsSensitive"], true);
    assert_eq!(variable["Value"], octopus.key_of_alice());
    let owners = json!({ "ProcessOwner": ["Runbooks-1", "Runbooks-2"] });
    assert_eq!(variable["Scope"], owners);
    let said = outcome.about("variable 'Automation.ApiKey'");
    let reader = "created: every step of the runbooks can read it. Scope it";
    assert!(said.starts_with(reader), "{said}");
    assert!(octopus.documents(SPACE, "accounts").is_empty());
}

#[test]
fn leaves_other_variables_as_they_are() {
    let octopus = with_runbook();
    let others = json!([
        { "Name": "Password", "Type": "Sensitive", "IsSensitive": true, "Value": "s3cret-of-another", "Prompt": { "Label": "x" } },
        { "Name": "automation.identity", "Type": "String", "Value": "other", "Scope": { "ProcessOwner": ["Runbooks-9"] } },
    ]);
    put_variables(&octopus, &others);
    let before = octopus.documents(SPACE, "variables").remove(0);
    Installer::new().succeed(&octopus, &ROBOT);
    let after = octopus.documents(SPACE, "variables").remove(0);
    assert_eq!(after["Unknown"], "field");
    let kept = after["Variables"].as_array().unwrap();
    assert_eq!(kept[..2], before["Variables"].as_array().unwrap()[..]);
    assert_eq!(kept.len(), 3);
}

#[test]
fn refuses_variable_of_another_value_for_this_runbook() {
    let octopus = with_runbook();
    for scope in [json!({}), json!({ "ProcessOwner": ["Runbooks-1"] })] {
        let other = json!([{ "Name": "Automation.Identity", "Type": "String", "Value": "x", "Scope": scope }]);
        put_variables(&octopus, &other);
        let outcome = Installer::new().install(&octopus, &ROBOT);
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.err.contains("another variable"), "{}", outcome.err);
        assert!(!writes(&octopus).iter().any(|it| it.contains("/variables/")));
    }
}

#[test]
fn changes_variables_again_when_others_changed_them() {
    let octopus = with_runbook();
    octopus
        .fault(Fault::Status(409))
        .on("PUT", "/variables/")
        .times(2);
    Installer::new().succeed(&octopus, &ROBOT);
    assert_eq!(variables(&octopus).len(), 1);
    put_variables(&octopus, &json!([]));
    octopus
        .fault(Fault::Status(400))
        .on("PUT", "/variables/")
        .forever();
    let outcome = Installer::new().install(&octopus, &ROBOT);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.err.contains("Cannot change the variable"),
        "{}",
        outcome.err
    );
    assert_eq!(writes(&octopus).len(), 4);
}

#[test]
fn scopes_key_to_steps_where_the_server_offers_them() {
    let octopus = Octopus::start();
    Installer::new().succeed(&octopus, &STORED_KEY);
    put_variables(&octopus, &json!([]));
    let processes = octopus.documents(SPACE, "runbookprocesses");
    let action =
        |process: usize, step: usize| processes[process]["Steps"][step]["Actions"][0]["Id"].clone();
    let all = [action(0, 0), action(0, 1), action(0, 2), action(1, 0)];
    let offered: Vec<_> = all.iter().map(|id| json!({ "Id": id })).collect();
    let offer = Fault::json("actions", move |set| {
        set["ScopeValues"]["Actions"] = offered.clone().into();
    });
    octopus.fault(offer).on("GET", "/variables/").forever();
    let outcome = Installer::new().succeed(&octopus, &STORED_KEY);
    let scope = &variables(&octopus)[0]["Scope"];
    assert_eq!(scope["Action"], json!([all[0], all[2], all[3]]));
    let said = outcome.about("variable 'Automation.ApiKey'");
    assert_eq!(
        said,
        "created: only the create and delete steps can read it"
    );
}

#[test]
fn refuses_projects_in_git_before_anything_is_done() {
    for (state, arguments) in [
        ("RunbooksAreInGit", &ROBOT[..]),
        ("RunbooksAreInGit", &STORED_KEY),
        ("VariablesAreInGit", &ROBOT),
    ] {
        let octopus = with_runbook();
        let in_git = Fault::json("in Git", move |list| {
            let settings = &mut list["Items"][0]["PersistenceSettings"];
            *settings = json!({ "Type": "VersionControlled", "ConversionState": { state: true } });
        });
        octopus.fault(in_git).on("GET", "/projects");
        let outcome = Installer::new().install(&octopus, arguments);
        assert_eq!(outcome.code, Some(1));
        assert!(
            outcome.err.contains("'Web Shop' are in Git")
                || outcome.err.contains("'web shop' are in Git"),
            "{}",
            outcome.err
        );
        assert_eq!(writes(&octopus), [""; 0]);
    }
}

#[test]
fn names_permission_that_is_missing_and_what_was_done() {
    for (permission, what) in [
        ("UserEdit", "Cannot create the service account 'robot'"),
        (
            "AccountCreate",
            "Cannot create the Generic OIDC account 'runkey robot'",
        ),
        (
            "VariableEdit",
            "Cannot change the variable 'Automation.Identity'",
        ),
        ("ProjectView", "Cannot list the projects"),
    ] {
        let settings = Settings {
            service_account_lacks: vec![permission],
            ..Settings::default()
        };
        let octopus = settings.start();
        post(
            &octopus,
            "runbooks",
            &json!({ "Name": "Restart", "ProjectId": "Projects-1" }),
        );
        let outcome = Installer::new().install(&octopus, &ROBOT);
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.err.contains(what), "{}", outcome.err);
        let help = format!("Help: Give the installing account the {permission} permission.");
        assert!(outcome.err.contains(&help), "{}", outcome.err);
        let undo = "To undo it by hand:";
        assert_eq!(outcome.out.contains(undo), permission != "ProjectView");
    }
}

#[test]
fn names_project_or_runbook_that_is_not_there() {
    let octopus = with_runbook();
    for (place, what) in [
        (
            3,
            "Cannot find the project 'x'.\nHelp: Choose one of: Web Shop.",
        ),
        (
            5,
            "Cannot find the runbook 'x'.\nHelp: Choose one of: Restart.",
        ),
    ] {
        let mut arguments = ROBOT;
        arguments[place] = "x";
        let outcome = Installer::new().install(&octopus, &arguments);
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.err.contains(what), "{}", outcome.err);
        assert_eq!(writes(&octopus), [""; 0]);
    }
}
