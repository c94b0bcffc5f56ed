//! What is on the stage: the server, a worker with runkey on its `PATH`, and the runbooks.

use std::cell::Cell;
use std::path::Path;

use octopus_sim::worker::{Runbook, Step, Syntax, TaskResult, Variables, Worker};
use octopus_sim::{Event, Octopus};

/// The work that the runbooks are for.
pub const WORK: &str = include_str!("work.sh");
/// Work that fails after its first line.
pub const FAILING_WORK: &str =
    "echo 'Looking for the certificate …'\nls /no/such/certificate.pem\necho 'never reached'\n";

/// The step that makes the key, by whose name the others find it.
pub const CREATE: &str = "Create run API key";
/// The step that does the work.
pub const USE: &str = "Rotate certificates";
/// The step that revokes the key.
pub const DELETE: &str = "Delete run API key";

const CREATE_TEMPLATE: &str =
    include_str!("../../step-templates/octopus-create-run-api-key-bash.json");
const USE_TEMPLATE: &str = include_str!("../../step-templates/octopus-use-run-api-key-bash.json");
const DELETE_TEMPLATE: &str =
    include_str!("../../step-templates/octopus-delete-run-api-key-bash.json");

/// The server, and a worker that the runbooks run on.
pub struct Stage<'a> {
    octopus: &'a Octopus,
    worker: Worker,
    events_shown: Cell<usize>,
}

impl<'a> Stage<'a> {
    /// A worker that has the runkey of this build on its `PATH`.
    pub fn new(octopus: &'a Octopus) -> Self {
        let folder = Path::new(env!("CARGO_BIN_EXE_runkey"))
            .parent()
            .expect("a program is in a folder");
        Self {
            octopus,
            worker: Worker::new().path_entry(folder),
            events_shown: Cell::new(octopus.events().len()),
        }
    }

    /// Runs a runbook in a project that holds the service account's key as a sensitive variable.
    pub fn run(&self, runbook: &Runbook, mut variables: Variables) -> TaskResult {
        variables.set("Automation.ApiKey", self.octopus.service_key(), true);
        runbook
            .run(&self.worker, variables)
            .expect("this machine has Bash")
    }

    /// What the audit trail has gained since it was last asked for, oldest first.
    pub fn new_events(&self) -> Vec<Event> {
        let events = self.octopus.events();
        let new = events
            .iter()
            .skip(self.events_shown.get())
            .cloned()
            .collect();
        self.events_shown.set(events.len());
        new
    }
}

/// The runbook as it is written today: one step, which carries the service account's key.
pub fn today() -> Runbook {
    let key = "OCTOPUS_URL=$(get_octopusvariable Octopus.Web.ServerUri)\nOCTOPUS_SPACE=$(get_octopusvariable Octopus.Space.Id)\nOCTOPUS_API_KEY=$(get_octopusvariable Automation.ApiKey)\n";
    Runbook::new().step(Step::script(
        USE,
        Syntax::Bash,
        &format!("set -e\n{key}{WORK}"),
    ))
}

/// The same work in three steps, through the exported step templates.
pub fn with_runkey(work: &str) -> Runbook {
    let template = |name, json| {
        Step::from_template(name, json).expect("the exported step templates can be read")
    };
    let create =
        template(CREATE, CREATE_TEMPLATE).parameter("RunKey.Create.ApiKey", "#{Automation.ApiKey}");
    let work = template(USE, USE_TEMPLATE)
        .parameter("RunKey.Use.CreateStep", CREATE)
        .parameter("RunKey.Use.Script", work);
    let delete = template(DELETE, DELETE_TEMPLATE)
        .parameter("RunKey.Delete.ApiKey", "#{Automation.ApiKey}")
        .parameter("RunKey.Delete.CreateStep", CREATE);
    Runbook::new().step(create).step(work).step(delete.always())
}
