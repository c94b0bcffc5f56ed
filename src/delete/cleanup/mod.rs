//! `delete --finished` and `delete --all`: the keys of many runs.

mod finished;
mod reason;

use std::collections::HashSet;
use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use octopus::{Client, Id, KeyRecord};
use serde_json::{Value, json};

pub use reason::Reason;

use super::ended;
use crate::cli::DeleteOptions;
use crate::cli::duration;
use crate::output::{self, Failure, expiry};
use crate::run::{
    Context, EndRun, OF_RUNKEY, Owner, RunId, Selector, is_own, owner, purpose, quoted,
};

/// How often to look for a signal while an answer is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A key, and why it is to be revoked or not.
#[derive(Debug)]
pub struct Judged {
    pub key: KeyRecord,
    pub reason: Reason,
}

/// Revokes the keys of finished runs, or of all runs.
///
/// # Errors
/// When a key that was to be revoked may be active, or could not be judged for lack of a permission.
pub fn run(options: &DeleteOptions, context: &Context<'_>) -> Result<(), Failure> {
    refuse_contradictions(options)?;
    owner::check(options.run.owner.as_ref())?;
    context.catch_signals()?;
    let client = context.client(context.credential()?, super::RETRY_FOR)?;
    let owner = owner::find(&client, options.run.owner.as_ref())?;

    let keys = list(&client, &owner.id, options)?;
    let judged = if options.all {
        all(keys, &client)
    } else {
        finished::judge(keys, &client, context)?
    };
    let chosen: Vec<&Judged> = judged.iter().filter(|one| one.reason.is_chosen()).collect();
    for one in &chosen {
        context.reporter.info(&line(one, &client));
    }
    log_skipped(&judged, context);
    if options.dry_run {
        return preview(&judged, &owner, context);
    }
    if options.all && !chosen.is_empty() {
        confirm(options, chosen.len(), context)?;
    }
    if let Some(signal) = context.signals.pending() {
        return Err(Failure::interrupted(signal));
    }
    let client = client.with_policy(super::policy(&client));
    revoke(&judged, &client, &owner, options, context)
}

fn refuse_contradictions(options: &DeleteOptions) -> Result<(), Failure> {
    let given = [
        ("--run-id (RUNKEY_RUN_ID)", options.run.run_id.is_some()),
        ("--purpose (RUNKEY_PURPOSE)", options.run.purpose.is_some()),
        ("--report (RUNKEY_REPORT)", options.report.is_some()),
        (
            "--run-by (RUNKEY_RUN_BY)",
            options.run.run_by.is_some() && !options.all,
        ),
        (
            "--finished (RUNKEY_FINISHED)",
            options.finished && options.all,
        ),
    ];
    let mode = if options.all {
        "--all"
    } else {
        "--finished (RUNKEY_FINISHED)"
    };
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(Failure::usage(
            format!("{name} cannot be used with {mode}, which is about many runs."),
            "Remove one of the two.",
        )),
        None => Ok(()),
    }
}

/// The keys of runkey on the account: those whose purpose ends with a run ID.
fn list(client: &Client, owner: &Id, options: &DeleteOptions) -> Result<Vec<KeyRecord>, Failure> {
    let by = options.run.run_by.as_ref().map(|by| by.raw().trim());
    let is_wanted = |key: &KeyRecord| {
        let purpose = key
            .purpose
            .as_ref()
            .and_then(|purpose| RunId::of_purpose(purpose.raw()));
        purpose.is_some_and(|(name, _)| by.is_none_or(|by| name == by))
    };
    let list = client.list_keys(owner, Some(OF_RUNKEY), &is_wanted);
    let list = list.map_err(|error| {
        Failure::from_error(
            &format!("Cannot list the API keys of account {owner}"),
            &error,
        )
    })?;
    Ok(list.keys)
}

fn all(keys: Vec<KeyRecord>, client: &Client) -> Vec<Judged> {
    let judge = |key: KeyRecord| Judged {
        reason: if is_own(client, &key) {
            Reason::Own
        } else {
            Reason::All
        },
        key,
    };
    keys.into_iter().map(judge).collect()
}

/// One line about a key: person, run, age, expiry and reason.
fn line(judged: &Judged, client: &Client) -> String {
    let key = &judged.key;
    let purpose = key.purpose.clone().unwrap_or_default();
    let run = RunId::of_purpose(purpose.raw()).map(|(_, run)| run.to_string());
    let age = key
        .created
        .map(|created| client.now().duration_since(created));
    // The server's time is known by the second, so that a key may seem to be of the future.
    let age = age.map(|age| duration::describe(age.try_into().unwrap_or_default()));
    format!(
        "API key {} of {}, run {}, created {} ago, {}: {}.",
        key.id,
        purpose::person(&purpose),
        run.unwrap_or_default(),
        age.unwrap_or_else(|| "an unknown time".to_owned()),
        expiry(key.expires),
        judged.reason
    )
}

/// Says how many keys are skipped, by reason.
fn log_skipped(judged: &[Judged], context: &Context<'_>) {
    for reason in Reason::SKIPPED {
        let count = judged.iter().filter(|one| one.reason == reason).count();
        if count > 0 {
            context
                .reporter
                .info(&format!("Skipped {}: {reason}.", ended::count(count)));
        }
    }
}

fn preview(judged: &[Judged], owner: &Owner, context: &Context<'_>) -> Result<(), Failure> {
    let chosen = judged.iter().filter(|one| one.reason.is_chosen()).count();
    context.reporter.highlight(&format!(
        "Would revoke {} of account {} (dry run).",
        ended::count(chosen),
        owner.id
    ));
    let mut result = result_of(judged, owner, "WouldRevoke");
    result["DryRun"] = json!(true);
    context.reporter.result(&result);
    failure_for_tasks(judged).map_or(Ok(()), |failure| Err(failure.with_result(result)))
}

/// Asks on a terminal; elsewhere `--yes` is required.
fn confirm(options: &DeleteOptions, count: usize, context: &Context<'_>) -> Result<(), Failure> {
    if options.yes {
        return Ok(());
    }
    let input = io::stdin();
    if !input.is_terminal() {
        return Err(Failure::usage(
            "--all needs --yes where standard input is not a terminal.",
            "List the keys with --dry-run first, then add --yes.",
        ));
    }
    output::print_error(&format!(
        "Revoke {}, those of active runs too? Type yes:",
        ended::count(count)
    ));
    if answer(context)?.trim() == "yes" {
        return Ok(());
    }
    context.reporter.info("Nothing was revoked.");
    Err(Failure::new("Canceled: the answer was not 'yes'.", ""))
}

/// Reads a line, unless a signal comes first: none ends the reading itself.
fn answer(context: &Context<'_>) -> Result<String, Failure> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let _ = io::stdin().read_line(&mut line);
        // Nothing waits for it after a signal.
        let _ = sender.send(line);
    });
    loop {
        if let Some(signal) = context.signals.pending() {
            return Err(Failure::interrupted(signal));
        }
        match receiver.recv_timeout(LOOK_EVERY) {
            Ok(line) => return Ok(line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(String::new()),
        }
    }
}

/// The options that choose the same keys again.
fn option(options: &DeleteOptions) -> String {
    match &options.run.run_by {
        _ if options.finished => "--finished".to_owned(),
        Some(by) => {
            let by = quoted(by.raw().trim());
            format!("--all --run-by {}", by.as_deref().unwrap_or("PERSON"))
        }
        None => "--all".to_owned(),
    }
}

fn revoke(
    judged: &[Judged],
    client: &Client,
    owner: &Owner,
    options: &DeleteOptions,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let chosen: HashSet<Id> = judged
        .iter()
        .filter(|one| one.reason.is_chosen())
        .map(|one| one.key.id.clone())
        .collect();
    let total = chosen.len();
    let selector = Selector::Keys {
        ids: chosen,
        option: option(options),
    };
    let ended = EndRun {
        client,
        owner: &owner.id,
        selector: &selector,
        known: None,
        indeterminate: None,
        run_key: None,
        progress: &|revoked: usize| {
            let percentage = revoked * 100 / total.max(1);
            context.reporter.progress(
                percentage,
                &format!("Revoked {revoked} of {}.", ended::count(total)),
            );
        },
    }
    .run();
    ended::log_keys(&ended, &selector, context);
    let result = result_of(judged, owner, "Revoked");
    let failure = ended::failure_of(&ended, &selector, owner).or_else(|| failure_for_tasks(judged));
    if let Some(failure) = failure {
        return Err(failure.with_result(ended::result_of(&ended, owner)));
    }
    if total == 0 {
        let account = &owner.id;
        context.reporter.highlight(&if judged.is_empty() {
            format!("No run key was found on account {account}.")
        } else {
            format!("No run key is to be revoked on account {account}.")
        });
    }
    if options.all {
        count_new(judged, client, owner, options, context);
    }
    context.reporter.result(&result);
    Ok(())
}

/// Keys that runs created meanwhile are counted, not chased.
fn count_new(
    judged: &[Judged],
    client: &Client,
    owner: &Owner,
    options: &DeleteOptions,
    context: &Context<'_>,
) {
    let Ok(now) = list(client, &owner.id, options) else {
        return;
    };
    let is_new = |key: &&KeyRecord| judged.iter().all(|one| one.key.id != key.id);
    let new = now.iter().filter(is_new).count();
    if new > 0 {
        context.reporter.warning(&format!(
            "Created meanwhile and still active: {}. Run the command again.",
            ended::count(new)
        ));
    }
}

/// Keys that could not be judged for lack of a permission fail the cleanup.
fn failure_for_tasks(judged: &[Judged]) -> Option<Failure> {
    let unknown = judged
        .iter()
        .filter(|one| one.reason == Reason::TasksNotReadable)
        .count();
    (unknown > 0).then(|| {
        Failure::new(
            format!(
                "Cannot tell whether the runs of {} are finished: their tasks are not readable.",
                ended::count(unknown)
            ),
            "Give the credential's account the TaskView permission in the spaces of these runs.",
        )
    })
}

fn result_of(judged: &[Judged], owner: &Owner, outcome: &str) -> Value {
    let keys: Vec<Value> = judged
        .iter()
        .map(|one| {
            let outcome = if one.reason.is_chosen() {
                outcome
            } else {
                "Skipped"
            };
            let mut key = ended::of_key(&one.key, outcome);
            key["Reason"] = json!(one.reason.to_string());
            key
        })
        .collect();
    json!({ "ApiKeyOwnerId": owner.id.as_str(), "Keys": keys })
}
