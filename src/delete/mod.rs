//! `runkey delete`: revokes every key of the run, or the keys of finished runs, or all of them.

mod cleanup;
mod ended;

use std::time::Duration;

use octopus::{Client, Id, OnInterrupt, RetryPolicy, Untrusted};

pub use ended::{failure_of, log_keys, result_of};

use crate::cli::DeleteOptions;
use crate::environment::RUN_KEY;
use crate::output::{Failure, key_name};
use crate::report;
use crate::run::{
    Context, EndRun, Ended, KnownKey, Owner, RunId, RunList, Selector, existing_purpose, is_own,
    owner, purpose,
};

/// How long requests are retried by default: longer than in the other steps, since a failure here
/// leaves a key active.
pub const RETRY_FOR: Duration = Duration::from_mins(5);

/// Revokes the keys, and says what became of each.
///
/// # Errors
/// When a key that was to be revoked may be active, or none was found and one was required.
pub fn run(options: &DeleteOptions, context: &Context<'_>) -> Result<(), Failure> {
    if options.finished || options.all {
        return cleanup::run(options, context);
    }
    let selector = selector(options)?;
    owner::check(options.run.owner.as_ref())?;
    context.catch_signals()?;
    let client = context.client(context.credential()?, RETRY_FOR)?;
    let client = client.with_policy(policy(&client));
    let run_key = context.secret(RUN_KEY)?;

    let known = known(options);
    let owner = owner::find(&client, options.run.owner.as_ref()).map_err(|failure| {
        let owner = options.run.owner.as_ref();
        let owner = owner.and_then(|owner| Id::new(owner.raw().trim()));
        let key = match &known {
            Some(known) => format!("API key {}", key_name(&known.id, known.expires)),
            None => format!("a key of {selector}"),
        };
        failure.may_be_active(&key, &selector.command(owner.as_ref()))
    })?;
    if options.dry_run {
        return preview(&client, &selector, &owner, context);
    }
    let ended = EndRun {
        client: &client,
        owner: &owner.id,
        selector: &selector,
        known,
        indeterminate: options.indeterminate,
        run_key,
        progress: &|_| {},
    }
    .run();
    conclude(&ended, &client, &selector, &owner, options, context)
}

/// A signal ends waits at once, and requests after one timeout: by then the round is finished.
pub fn policy(client: &Client) -> RetryPolicy {
    client
        .policy()
        .on_interrupt(OnInterrupt::Finish(client.timeout()))
}

fn selector(options: &DeleteOptions) -> Result<Selector, Failure> {
    if let Some(purpose) = existing_purpose(&options.run)? {
        return Ok(Selector::Purpose(purpose));
    }
    let Some(id) = &options.run.run_id else {
        return Err(Failure::usage(
            "Missing --run-id (RUNKEY_RUN_ID).",
            "Set it, or --purpose (RUNKEY_PURPOSE). For an overview of all run keys: runkey delete --all --dry-run.",
        ));
    };
    RunId::of_option(id).map(Selector::Run)
}

fn known(options: &DeleteOptions) -> Option<KnownKey> {
    let id = options.key_id.as_ref().map(Untrusted::raw)?;
    Some(KnownKey {
        id: Id::new(id.trim())?,
        is_certain: false,
        expires: options.key_expires,
    })
}

/// Lists the keys that would be revoked.
fn preview(
    client: &Client,
    selector: &Selector,
    owner: &Owner,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let task = format!("Cannot list the API keys of {selector}");
    let list = RunList::new(selector.clone(), owner.id.clone()).read(client);
    let list = list.map_err(|error| Failure::from_error(&task, &error))?;
    for key in &list.keys {
        let person = purpose::person(&key.purpose.clone().unwrap_or_default());
        let own = if is_own(client, key) {
            ", runkey's own credential"
        } else {
            ""
        };
        context.reporter.info(&format!(
            "Would revoke API key {} of {person}{own}.",
            key.id
        ));
    }
    let count = ended::count(list.keys.len());
    context
        .reporter
        .highlight(&format!("Would revoke {count} of {selector} (dry run)."));
    context
        .reporter
        .result(&ended::preview_of(&list.keys, owner));
    Ok(())
}

fn conclude(
    ended: &Ended,
    client: &Client,
    selector: &Selector,
    owner: &Owner,
    options: &DeleteOptions,
    context: &Context<'_>,
) -> Result<(), Failure> {
    log_keys(ended, selector, context);
    if let Some(file) = &options.report {
        report::attach(
            file,
            &report::Request {
                client,
                owner: &owner.id,
                selector,
                ended,
                space: options.space.as_ref(),
            },
            context,
        );
    }
    let result = result_of(ended, owner);
    if let Some(failure) = failure_of(ended, selector, owner) {
        return Err(failure.with_result(result));
    }
    if ended.keys.is_empty() {
        let what = format!("No API key of {selector} was found on account {}", owner.id);
        if !ended.one_command_runs.is_empty() {
            context.reporter.warning(&format!(
                "One-command runs of this ID have keys: {}. To revoke one, pass its whole ID as --run-id.",
                ended.one_command_runs.join(", ")
            ));
        }
        if options.require {
            return Err(Failure::new(
                format!("{what}."),
                format!("{} did not run, was skipped, or has a different name. Check --run-id (RUNKEY_RUN_ID) and --owner (RUNKEY_OWNER).", options.create_step_in_words()),
            )
            .with_result(result));
        }
        context.reporter.warning(&format!(
            "{what}. It was revoked before, never created, or belongs to another account."
        ));
    }
    context.reporter.result(&result);
    Ok(())
}
