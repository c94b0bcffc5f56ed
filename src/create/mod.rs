//! `runkey create`: creates the run key and passes it to the steps that follow.

mod key;
mod outputs;
mod preflight;

use std::time::Duration;

use octopus::Untrusted;

pub use key::KeyRequest;
pub use outputs::summary;

use crate::cli::{CreateOptions, RunOptions};
use crate::output::{self, Failure};
use crate::run::{Context, Owner, PURPOSE_OPTION, Purpose, RunId, Selector, owner, refuse_both};

/// How long requests are retried by default.
pub const RETRY_FOR: Duration = Duration::from_mins(2);

/// Creates the run key and passes it on.
///
/// # Errors
/// When there is no key, or it could not be passed on; then it is revoked.
pub fn run(options: &CreateOptions, context: &Context<'_>) -> Result<(), Failure> {
    if options.preflight {
        return preflight::run(options, context);
    }
    let identity = Identity::of(&options.run, context)?;
    owner::check(options.run.owner.as_ref())?;
    if output::is_stdout_discarded() {
        return Err(Failure::usage(
            "Standard output is closed or discarded, so nothing would receive the key. No key was created.",
            "Connect standard output to the Octopus worker, a pipe, or a file that only you can read.",
        ));
    }
    let client = context.client(context.credential()?, RETRY_FOR)?;
    context.catch_signals()?;

    let owner = owner::find(&client, options.run.owner.as_ref())?;
    warn_of_owner_as_starter(&identity.purpose, &owner, context);
    outputs::announce(&identity, &owner, context)?;
    let request = KeyRequest {
        client: &client,
        owner: &owner,
        purpose: &identity.purpose,
        lifetime: options.lifetime(),
        access: options.access.into(),
        actor_type: options.actor_type.into(),
        context,
    };
    // A response was lost, and the request may have been carried out.
    let may_be_active = |failure: Failure| {
        let selector = Selector::of_purpose(identity.purpose.clone());
        let key = format!("a key of {selector}");
        failure.may_be_active(&key, &selector.command(Some(&owner.id)))
    };
    let key = request.create().map_err(|not_created| {
        outputs::pass_lost_post(not_created.lost.since, context);
        if not_created.lost.since.is_none() || not_created.lost.is_key_named {
            return *not_created.failure;
        }
        may_be_active(*not_created.failure)
    })?;
    outputs::pass_key(&key, &identity, &owner, context).map_err(|failure| {
        let failure = request.revoke(&key.record, failure);
        match key.possible_duplicate {
            Some(_) => may_be_active(failure),
            None => failure,
        }
    })?;
    context.reporter.highlight(&summary(&key.record, &client));
    Ok(())
}

/// Which run the key is for.
#[derive(Debug)]
pub struct Identity {
    pub purpose: Purpose,
    /// Absent with a verbatim purpose.
    pub run: Option<RunId>,
}

impl Identity {
    /// Reads `--run-by` and `--run-id`, or `--purpose`.
    fn of(options: &RunOptions, context: &Context<'_>) -> Result<Self, Failure> {
        if let Some(text) = &options.purpose {
            let purpose = Purpose::verbatim(text.raw());
            let purpose = purpose.map_err(|error| error.failure(PURPOSE_OPTION))?;
            refuse_both(options)?;
            if options.run_by.is_some() {
                return Err(Failure::usage(
                    "--purpose (RUNKEY_PURPOSE) cannot be used with --run-by (RUNKEY_RUN_BY).",
                    "Unset one of them.",
                ));
            }
            return Ok(Self { purpose, run: None });
        }
        let (Some(by), Some(id)) = (&options.run_by, &options.run_id) else {
            let settings = [
                (context.common.url.is_some(), "--url (OCTOPUS_URL)"),
                (
                    context.has_credential(),
                    "a credential (OCTOPUS_ID_TOKEN or OCTOPUS_API_KEY)",
                ),
                (options.run_by.is_some(), "--run-by (RUNKEY_RUN_BY)"),
                (options.run_id.is_some(), "--run-id (RUNKEY_RUN_ID)"),
            ];
            let missing = settings.iter().filter(|(is_set, _)| !is_set);
            let missing: Vec<_> = missing.map(|(_, name)| *name).collect();
            let missing = missing.join(", ");
            let failure = Failure::usage(
                format!("Missing {missing}."),
                "Set what is missing; --purpose (RUNKEY_PURPOSE) replaces --run-by and --run-id.",
            );
            return Err(context.environment.mention_ignored_file(failure));
        };
        let run = RunId::of_option(id)?;
        if run.is_one_command() {
            return Err(Failure::usage(
                "--run-id (RUNKEY_RUN_ID) contains '~', which only one-command runs have.",
                "Remove it from the value.",
            ));
        }
        Ok(Self {
            purpose: of_run(by, &run)?,
            run: Some(run),
        })
    }
}

/// A run that the service account itself started, a child run for instance, names no person: the report
/// then says that the name is the runbook's own statement.
fn warn_of_owner_as_starter(purpose: &Purpose, owner: &Owner, context: &Context<'_>) {
    let step = context.environment.step_context();
    if let Some(warning) = step.and_then(|step| step.warning_about_owner(owner.id.as_str())) {
        context.reporter.warning(warning);
        return;
    }
    // A person's own key does name the person.
    let account = owner
        .user
        .as_ref()
        .filter(|user| user.is_service != Some(false));
    let username = account.map(|user| user.username.raw());
    let is_starter = |username: &str| {
        purpose
            .username()
            .is_some_and(|name| name.eq_ignore_ascii_case(username))
    };
    if username.is_some_and(is_starter) {
        context.reporter.warning(
            "The account that owns the key started this run, so the key does not name a person. Set --run-by (RUNKEY_RUN_BY) to the person.",
        );
    }
}

/// The purpose of a run that `by` started.
///
/// # Errors
/// When that cannot stand in a purpose.
pub fn of_run(by: &Untrusted, run: &RunId) -> Result<Purpose, Failure> {
    let purpose = Purpose::of_run(by.raw(), run);
    purpose.map_err(|error| error.failure("--run-by (RUNKEY_RUN_BY)"))
}
