//! The scripts in the guide are those in `docs/own-steps`, and those work.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail"
)]

mod common;

use std::fs;
use std::path::Path;

use octopus_sim::worker::{Runbook, Step, Syntax, Variables, Worker};
use octopus_sim::{Octopus, RUNBOOK_SVC};

const GUIDE: &str = include_str!("../docs/guide.md");

fn own_steps() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/own-steps");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read_to_string(file.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_guide_shows_every_script_as_it_is() {
    let scripts = own_steps();
    assert_eq!(scripts.len(), 6);
    for (name, script) in scripts {
        let shell = if Path::new(&name)
            .extension()
            .is_some_and(|ending| ending == "sh")
        {
            "bash"
        } else {
            "powershell"
        };
        let block = format!("<!-- own-steps/{name} -->\n```{shell}\n{script}```\n");
        assert!(
            GUIDE.contains(&block),
            "docs/guide.md has another docs/own-steps/{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_guides_bash_scripts_work_as_three_steps() {
    use std::os::unix::fs::PermissionsExt;

    // Octopus's own command line stands in the guide; here it is a script that shows what it sees.
    let folder = tempfile::tempdir().unwrap();
    let cli = folder.path().join("octopus");
    fs::write(&cli, "#!/bin/sh\necho \"$OCTOPUS_SPACE $@\"\n").unwrap();
    fs::set_permissions(&cli, fs::Permissions::from_mode(0o755)).unwrap();

    let octopus = Octopus::start();
    let program = Path::new(common::program()).parent().unwrap();
    let worker = Worker::new().path_entry(folder.path()).path_entry(program);
    let script = |file: &str| {
        let steps = own_steps();
        steps.into_iter().find(|(name, _)| name == file).unwrap().1
    };
    let step = |name, file| Step::script(name, Syntax::Bash, &script(file));
    let runbook = Runbook::new()
        .step(step("Create run API key", "create.sh"))
        .step(step("Work", "use.sh"))
        .step(step("Delete run API key", "delete.sh").always());
    let mut variables = Variables::of_run(octopus.url());
    variables.set("Automation.ApiKey", octopus.service_key(), true);

    let task = runbook.run(&worker, variables).unwrap();
    assert!(task.success(), "{}", task.render(false));
    assert!(task.render(false).contains("Spaces-1 environment list"));
    assert_eq!(octopus.keys(RUNBOOK_SVC).len(), 1);
    common::assert_no_secret(&octopus, &task.render(false));
}
