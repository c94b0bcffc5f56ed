//! The runbooks that are rehearsed.

use std::path::Path;

use octopus_sim::worker::{Runbook, Step, Syntax};

/// The names of the three steps.
pub const CREATE: &str = "Create run API key";
pub const USE: &str = "Rotate certificates";
pub const DELETE: &str = "Delete run API key";
/// The only step of the runbook without runkey.
pub const WITHOUT: &str = "Rotate certificates with the service account key";
/// The only step of the cleanup runbook.
pub const CLEANUP: &str = "Revoke keys of finished runs";

/// The project variable that is a Generic OIDC account.
pub const ACCOUNT: &str = "Automation";
/// The sensitive variable with the service account key, and the steps that it is scoped to.
pub const KEY_VARIABLE: &str = "Automation.ApiKey";
pub const SCOPE_OF_KEY: [&str; 3] = [WITHOUT, CREATE, DELETE];

/// What a create or delete step authenticates with: the name of its parameter, and its value.
pub type Credential = (&'static str, &'static str);

/// An ID token that Octopus issues to the step.
pub const ID_TOKEN: Credential = ("Identity", "#{Automation}");
/// The service account key.
pub const STORED_KEY: Credential = ("ApiKey", "#{Automation.ApiKey}");

/// The exported step templates for one shell, and work written for it.
#[derive(Clone, Copy)]
pub struct Shell {
    pub name: &'static str,
    pub work: &'static str,
    create: &'static str,
    use_key: &'static str,
    delete: &'static str,
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

pub const BASH: Shell = Shell {
    name: "Bash",
    work: include_str!("work/work.sh"),
    create: template!("create", "-bash.json"),
    use_key: template!("use", "-bash.json"),
    delete: template!("delete", "-bash.json"),
};

pub const POWERSHELL: Shell = Shell {
    name: "PowerShell",
    work: include_str!("work/work.ps1"),
    create: template!("create", ".json"),
    use_key: template!("use", ".json"),
    delete: template!("delete", ".json"),
};

/// One step that uses the service account key.
pub fn without_runkey(work: &str) -> Runbook {
    let key = "OCTOPUS_URL=$(get_octopusvariable Octopus.Web.ServerUri)\nOCTOPUS_SPACE=$(get_octopusvariable Octopus.Space.Id)\nOCTOPUS_API_KEY=$(get_octopusvariable Automation.ApiKey)\n";
    let script = format!("{key}{work}");
    Runbook::new().step(Step::script(WITHOUT, Syntax::Bash, &script))
}

/// The steps of the templates, with runkey from this package, or else from the `PATH`.
pub struct Templates<'a> {
    pub shell: Shell,
    pub package: Option<&'a Path>,
    pub credential: Credential,
}

impl Templates<'_> {
    pub fn create(&self) -> Step {
        self.create_as(CREATE)
    }

    /// A create step of another name.
    pub fn create_as(&self, name: &str) -> Step {
        let (parameter, value) = self.credential;
        let parameter = format!("RunKey.Create.{parameter}");
        self.step(name, self.shell.create, "RunKey.Create.Package")
            .parameter(&parameter, value)
    }

    pub fn use_key(&self, work: &str) -> Step {
        self.step(USE, self.shell.use_key, "RunKey.Use.Package")
            .parameter("RunKey.Use.CreateStep", CREATE)
            .parameter("RunKey.Use.Script", work)
    }

    pub fn delete(&self) -> Step {
        self.credentialed_delete(DELETE)
            .parameter("RunKey.Delete.CreateStep", CREATE)
            .always()
    }

    pub fn cleanup(&self) -> Step {
        self.credentialed_delete(CLEANUP)
            .parameter("RunKey.Delete.Finished", "True")
    }

    /// The whole runbook: create, use, delete.
    pub fn around(&self, work: &str) -> Runbook {
        let runbook = Runbook::new().step(self.create());
        runbook.step(self.use_key(work)).step(self.delete())
    }

    fn credentialed_delete(&self, name: &str) -> Step {
        let (parameter, value) = self.credential;
        let parameter = format!("RunKey.Delete.{parameter}");
        self.step(name, self.shell.delete, "RunKey.Delete.Package")
            .parameter(&parameter, value)
    }

    fn step(&self, name: &str, json: &str, package: &str) -> Step {
        let step = Step::from_template(name, json).expect("exported step templates can be read");
        match self.package {
            Some(folder) => step.package(package, folder),
            None => step,
        }
    }
}
