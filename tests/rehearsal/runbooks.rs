//! The runbooks that are rehearsed.

use std::path::Path;

use octopus_sim::worker::{Runbook, Step, Syntax};

/// The step that makes the key, by whose name the others find it.
pub const CREATE: &str = "Create run API key";
/// The step that does the work.
pub const USE: &str = "Rotate certificates";
/// The step that revokes the key.
pub const DELETE: &str = "Delete run API key";

/// Today's only step, which does the work with the service account's key.
pub const TODAY: &str = "Rotate certificates, as today";
/// The only step of a runbook whose script calls runkey itself.
pub const SCRIPT: &str = "Rotate certificates in one step";
/// The only step of a runbook that a schedule starts.
pub const SWEEP: &str = "Revoke keys of runs that are over";
/// The steps that the service account's key is a variable for: it is scoped to them.
pub const TRUSTED: [&str; 5] = [TODAY, CREATE, DELETE, SWEEP, SCRIPT];

/// Work that fails after its first line.
pub const FAILING_WORK: &str = "set -e\necho 'Looking for the certificate …'\nls /no/such/certificate.pem\necho 'never reached'\n";
/// Work by Octopus's own command line.
pub const WORK_OF_OCTOPUS: &str = include_str!("work/work-octopus.sh");

/// The exported step templates for one shell, and work written for it.
pub struct Shell {
    pub name: &'static str,
    pub work: &'static str,
    create: &'static str,
    use_key: &'static str,
    delete: &'static str,
}

macro_rules! shell {
    ($name:literal, $work:literal, $ending:literal) => {
        Shell {
            name: $name,
            work: include_str!(concat!("work/", $work)),
            create: template!("create", $ending),
            use_key: template!("use", $ending),
            delete: template!("delete", $ending),
        }
    };
}

macro_rules! template {
    ($step:literal, $ending:literal) => {
        include_str!(concat!(
            "../../step-templates/octopus-",
            $step,
            "-run-api-key",
            $ending
        ))
    };
}

/// Bash, which every machine that rehearses has.
pub const BASH: Shell = shell!("Bash", "work.sh", "-bash.json");
/// PowerShell 7, which some have.
pub const POWERSHELL: Shell = shell!("PowerShell", "work.ps1", ".json");

/// The runbook as it is written today: one step, which carries the service account's key.
pub fn today(work: &str) -> Runbook {
    let key = "OCTOPUS_URL=$(get_octopusvariable Octopus.Web.ServerUri)\nOCTOPUS_SPACE=$(get_octopusvariable Octopus.Space.Id)\nOCTOPUS_API_KEY=$(get_octopusvariable Automation.ApiKey)\n";
    let script = format!("{key}{work}");
    Runbook::new().step(Step::script(TODAY, Syntax::Bash, &script))
}

/// Work in three steps, through the exported step templates, with runkey from this package or else
/// from the `PATH`.
pub fn with_runkey(shell: &Shell, work: &str, package: Option<&Path>) -> Runbook {
    let template = |name, json, parameter| {
        let step = Step::from_template(name, json).expect("exported step templates can be read");
        match package {
            Some(folder) => step.package(parameter, folder),
            None => step,
        }
    };
    let create = template(CREATE, shell.create, "RunKey.Create.Package")
        .parameter("RunKey.Create.ApiKey", "#{Automation.ApiKey}");
    let work = template(USE, shell.use_key, "RunKey.Use.Package")
        .parameter("RunKey.Use.CreateStep", CREATE)
        .parameter("RunKey.Use.Script", work);
    let delete = template(DELETE, shell.delete, "RunKey.Delete.Package")
        .parameter("RunKey.Delete.ApiKey", "#{Automation.ApiKey}")
        .parameter("RunKey.Delete.CreateStep", CREATE);
    Runbook::new().step(create).step(work).step(delete.always())
}

/// A runbook of one step that ends the keys of runs that are over.
pub fn sweep() -> Runbook {
    let script = include_str!("work/sweep.sh");
    Runbook::new().step(Step::script(SWEEP, Syntax::Bash, script))
}

/// A runbook of one step whose script runs this work as a command, with a key of its own.
pub fn one_step(work: &str) -> Runbook {
    let command = include_str!("work/one-step.sh").trim_end();
    let script = format!("{command} << 'WORK'\n{work}WORK\n");
    Runbook::new().step(Step::script(SCRIPT, Syntax::Bash, &script))
}
