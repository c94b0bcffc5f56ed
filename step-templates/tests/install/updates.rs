//! Templates of another version: kept, unless an update is asked for.

use octopus_sim::Octopus;
use serde_json::Value;
use step_templates::install::kept;

use crate::installer::{Installer, SPACE, writes};
use crate::{CREATE, exported, put_into};

const UPDATE: &str = "--update-templates";

/// A server with an older version of a template.
fn with_older() -> (Octopus, Value) {
    let octopus = Octopus::start();
    let mut older = exported(CREATE);
    older["Properties"]["Octopus.Action.Script.ScriptBody"] = "an older script".into();
    older["Theirs"] = "a field of the server's".into();
    put_into(&octopus, older);
    let shown = octopus.documents(SPACE, "actiontemplates").remove(0);
    (octopus, shown)
}

#[test]
fn replaces_templates_only_when_asked() {
    let (octopus, before) = with_older();
    let installer = Installer::new();
    let outcome = installer.succeed(&octopus, &[]);
    assert!(outcome.about_template(CREATE).starts_with("kept: changed"));
    assert!(outcome.out.contains(UPDATE), "{}", outcome.out);

    octopus.forget_requests();
    let dry = installer.succeed(&octopus, &[UPDATE, "--dry-run"]);
    let said = "would be updated; it was version 0";
    assert_eq!(dry.about_template(CREATE), said);
    assert_eq!(writes(&octopus), [""; 0]);

    let outcome = installer.succeed(&octopus, &[UPDATE]);
    let said = "updated; it was version 0";
    assert_eq!(outcome.about_template(CREATE), said);
    assert!(outcome.out.contains("Import the earlier version"));
    let after = octopus.documents(SPACE, "actiontemplates");
    assert_eq!(after.len(), 6);
    let after = after.iter().find(|it| it["Id"] == before["Id"]).unwrap();
    assert_eq!(kept(after), kept(&exported(CREATE)));
    assert_eq!(after["Version"], 1);
    assert_eq!(after["Theirs"], before["Theirs"]);

    octopus.forget_requests();
    let again = installer.succeed(&octopus, &[UPDATE]);
    assert_eq!(again.about_template(CREATE), "kept");
    assert_eq!(writes(&octopus), [""; 0]);
}

#[test]
fn example_uses_the_version_after_the_update() {
    let (octopus, _) = with_older();
    let example = [
        "--service-account",
        "robot",
        "--example-runbook",
        "Web Shop",
        "--shell",
        "powershell",
    ];
    let outcome = Installer::new().install(&octopus, &example);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.err.contains(UPDATE), "{}", outcome.err);
    Installer::new().succeed(&octopus, &[&example[..], &[UPDATE]].concat());
    let process = &octopus.documents(SPACE, "runbookprocesses")[0];
    let create = &process["Steps"][0]["Actions"][0]["Properties"];
    assert_eq!(create["Octopus.Action.Template.Version"], "1");
}
