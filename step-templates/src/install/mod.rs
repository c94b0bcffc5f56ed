//! Brings package and step templates to a server, and what a first run needs. Each part is kept if it
//! is there, and nothing that is not ours is changed.

mod example;
mod feed;
mod identity;
mod kind;
mod options;
mod project;
mod server;
mod space;
mod steps;
mod templates;
mod variables;

use color_eyre::eyre::{OptionExt as _, Result};

pub use options::Options;
pub use templates::kept;

use crate::package;
use project::Project;
use space::Space;
use steps::Steps;
use templates::Templates;
use variables::Variable;

/// Installs into one space.
///
/// # Errors
/// Says what failed, what the server said, and what to do. What was done before stays, and to run it
/// again is safe.
pub fn run(options: &Options) -> Result<()> {
    let client = server::connect(&options.url)?;
    let key = if options.api_key_variable {
        let key = server::secret("OCTOPUS_SERVICE_API_KEY")?;
        Some(key.ok_or_eyre("Set OCTOPUS_SERVICE_API_KEY to the API key for --api-key-variable.")?)
    } else {
        None
    };
    let space = Space::open(client, &options.space, options.dry_run)?;
    let result = install(options, &space, key.map(Variable::ApiKey));
    space.say_undo();
    let templates = result?;
    println!("\n{}", next(options, &templates));
    Ok(())
}

fn install(options: &Options, space: &Space, key: Option<Variable>) -> Result<Templates> {
    let project = options
        .project
        .as_ref()
        .or(options.example_runbook.as_ref());
    let mut project = match project {
        Some(name) => Some(Project::find(space, name, key.is_some())?),
        None => None,
    };
    if let (Some(project), Some(runbook)) = (&mut project, &options.runbook) {
        project.add_runbook(space, runbook)?;
    }
    // What can be wrong in the options is found before anything is created.
    let worker_pool = steps::find_worker_pool(space, options.worker_pool.as_deref())?;
    let package = options.package.clone().unwrap_or_else(package::path);
    feed::upload(space, &package)?;
    let templates = Templates::import(space, options.update_templates)?;
    let account = options.service_account.as_ref();
    let user = match account {
        Some(name) => identity::service_account(space, name)?,
        None => None,
    };
    let Some(project) = &mut project else {
        return Ok(templates);
    };
    let is_example = options.example_runbook.is_some();
    if is_example {
        example::create_runbooks(space, project)?;
    }
    let variable = match (key, account) {
        (Some(key), _) => key,
        (None, Some(name)) => {
            Variable::Identity(identity::trust(space, user.as_ref(), name, project)?)
        }
        (None, None) => unreachable!("a project requires a credential"),
    };
    if is_example {
        let steps = Steps::new(space, &templates, options.shell, &variable, worker_pool)?;
        example::fill(space, project, &steps)?;
    }
    // A snapshot has variables and process as they are then.
    variables::set(space, project, &variable, &templates)?;
    if is_example {
        example::publish(space, project)?;
    }
    Ok(templates)
}

/// Returns what is left for people to do.
fn next(options: &Options, templates: &Templates) -> String {
    if options.dry_run {
        return "Nothing was done. To do it, run this again without --dry-run.".to_owned();
    }
    let mut next = Vec::new();
    if let Some(account) = &options.service_account {
        next.push(format!("Give '{account}' the permissions that the runbooks need, TaskView for the cleanup, and EventView for the report."));
    }
    if let Some(project) = &options.example_runbook {
        next.push(format!(
            "In the project '{project}', run the runbook '{}', and give '{}' a scheduled trigger.",
            example::RUN,
            example::CLEANUP
        ));
    } else {
        next.push("In a runbook, add the step Create first, Use in the middle and Delete last; in all three choose the package 'runkey' of the built-in feed. Delete needs the run condition \"Always run\". docs/getting-started.md shows it.".to_owned());
    }
    if options.update_templates {
        next.push("Steps keep the version of a template that they have: update them in Library, Step Templates, Usage, and publish a snapshot.".to_owned());
    }
    if !templates.foreign.is_empty() {
        let names = templates.foreign.join("\n   - ");
        next.push(format!("These templates are not as they are exported from here: they were changed, or are of another version. To replace them by ours, run this again with --update-templates:\n   - {names}"));
    }
    let next = next
        .iter()
        .zip(1..)
        .map(|(text, number)| format!("{number}. {text}"));
    format!("What to do next:\n{}", next.collect::<Vec<_>>().join("\n"))
}
