//! A step's packages are unpacked anew for it, and lose their run bits.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use octopus_sim::worker::{Level, Runbook, Step, Syntax, Variables, Worker};

const TEMPLATE: &str = r#"{
    "Properties": {
        "Octopus.Action.Script.Syntax": "Bash",
        "Octopus.Action.Script.ScriptBody": "echo \"<$(get_octopusvariable 'Octopus.Action.Package[Sim.Package].ExtractedPath')>\""
    },
    "Parameters": [],
    "Packages": [{"Id": "x", "Name": "Sim.Package", "PackageId": null}]
}"#;

#[test]
fn no_file_of_a_package_can_be_run_in_any_step() {
    let content = tempfile::tempdir().expect("a temporary folder");
    let folder = content.path().join("linux-x64");
    let program = folder.join("program");
    fs::create_dir(&folder).expect("the folder is writable");
    fs::write(&program, "#!/bin/sh\n").expect("the folder is writable");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");

    let script = "cd '#{Octopus.Action.Package[Tools].ExtractedPath}/linux-x64'
        stat -c %a program; chmod +x program; ./program";
    let step = |name| Step::script(name, Syntax::Bash, script).package("Tools", content.path());
    let runbook = Runbook::new().step(step("First")).step(step("Second"));
    let task = runbook.run(&Worker::new(), Variables::default());
    let task = task.expect("Bash is here");
    for name in ["First", "Second"] {
        let result = task.step(name).expect("it ran");
        assert_eq!(result.raw_stdout, "644\n", "{}", result.raw_stderr);
        assert!(result.success());
    }
    let mode = fs::metadata(&program).expect("it is there").permissions();
    assert_eq!(
        mode.mode() & 0o777,
        0o755,
        "the package itself stays as it is"
    );
}

#[test]
fn a_package_that_was_not_acquired_is_passed_over() {
    let step = Step::from_template("T", TEMPLATE).expect("it is a template");
    let result = Worker::new().run(&step, &Variables::default());
    let result = result.expect("Bash is here");
    assert!(result.success());
    assert_eq!(result.raw_stdout, "<>\n");
    let [line] = result.lines(Level::Verbose)[..] else {
        panic!("{:?}", result.log);
    };
    assert!(line.contains("Sim.Package"), "{line}");
}
