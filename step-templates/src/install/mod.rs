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

use color_eyre::eyre::Result;
use serde_json::json;

pub use options::Options;
pub use templates::kept;

use crate::package;
use feed::Package;
use kind::WORKER_POOL;
use project::Project;
use server::refusal;
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
    let package = options.package.clone().unwrap_or_else(package::path);
    let package = Package::read(&package)?;
    let client = server::connect(&options.url)?;
    let key = server::secret("OCTOPUS_SERVICE_API_KEY")?.filter(|_| options.api_key_variable);
    if options.api_key_variable && key.is_none() {
        return Err(refusal(
            "No key is set for --api-key-variable.",
            "Set OCTOPUS_SERVICE_API_KEY to a key of the service account.",
        ));
    }
    let space = Space::open(client, &options.space, options.dry_run)?;
    let result = install(options, &space, &package, key.map(Variable::ApiKey));
    space.say_undo();
    println!("\n{}", next(options, &result?));
    Ok(())
}

/// Returns the names of the templates that are not as they are exported.
fn install(
    options: &Options,
    space: &Space,
    package: &Package,
    key: Option<Variable>,
) -> Result<Vec<String>> {
    // What can be wrong in the options is found before anything is created.
    let example = options.example_runbook.as_ref();
    let project = options.project.as_ref().or(example);
    let project = project.map(|name| Project::find(space, name, key.is_some()));
    let mut project = project.transpose()?;
    if let (Some(project), Some(runbook)) = (&mut project, &options.runbook) {
        project.add_runbook(space, runbook)?;
    }
    let worker_pool = match &options.worker_pool {
        Some(name) => space.choose(&WORKER_POOL, &space.path("workerpools"), name)?,
        None => json!({ "Id": "" }),
    };
    if let Some(name) = &options.service_account {
        identity::check(space, name)?;
    }
    let needed = example.map(|_| options.shell);
    let templates = Templates::import(space, options.update_templates, needed)?;
    package.upload(space)?;
    let account = options.service_account.as_deref();
    let account = account.map(|name| identity::service_account(space, name));
    let account = account.transpose()?;
    let Some(project) = &mut project else {
        return Ok(templates.foreign);
    };
    if example.is_some() {
        example::create_runbooks(space, project)?;
    }
    let variable = match (key, account) {
        (Some(key), _) => key,
        (None, Some(account)) => Variable::Identity(identity::trust(space, &account, project)?),
        (None, None) => unreachable!("a project requires a credential"),
    };
    if example.is_some() {
        let steps = Steps {
            templates: &templates,
            shell: options.shell,
            credential: variable.parameter(),
            feed: feed::built_in(space)?,
            worker_pool: worker_pool["Id"].clone(),
        };
        example::fill(space, project, &steps)?;
    }
    // A snapshot has variables and process as they are then.
    variables::set(space, project, &variable, &templates)?;
    if example.is_some() {
        example::publish(space, project)?;
    }
    Ok(templates.foreign)
}

/// Returns what is left for people to do.
fn next(options: &Options, foreign: &[String]) -> String {
    if options.dry_run {
        return "Nothing was done. To do it, run this again without --dry-run.".to_owned();
    }
    let mut next = vec!["What to do next:".to_owned()];
    if let Some(account) = &options.service_account {
        next.push(format!("Give '{account}' the permissions that the runbooks need, TaskView for the cleanup, and EventView for the report."));
    }
    next.push(match &options.example_runbook {
        Some(project) => format!(
            "In the project '{project}', run the runbook '{}', and give '{}' a scheduled trigger.",
            example::RUN,
            example::CLEANUP
        ),
        None => "Add the three steps to a runbook, as docs/getting-started.md shows. Delete needs the run condition \"Always run\".".to_owned(),
    });
    if options.update_templates {
        next.push("Steps keep the version of a template that they have: update them in Library, Step Templates, Usage, and publish a snapshot.".to_owned());
    }
    if !foreign.is_empty() {
        let names = foreign.join("', '");
        next.push(format!("To replace the templates that were changed or are of another version, run this again with --update-templates: '{names}'."));
    }
    next.join("\n- ")
}
