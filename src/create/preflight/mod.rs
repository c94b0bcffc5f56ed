//! `runkey create --preflight`: what will work on this server, tried with keys of ten minutes that are
//! revoked at the end.

mod checks;
mod findings;

use std::time::Duration;

use octopus::{Client, OnInterrupt};

use crate::cli::CreateOptions;
use crate::delete;
use crate::output::Failure;
use crate::run::{Context, EndRun, Owner, RunId, Selector, owner};
use checks::Preflight;
use findings::Findings;

/// How long requests are retried: the check answers soon, or says why not.
const RETRY_FOR: Duration = Duration::from_secs(30);

/// Runs the checks, and says which subcommands will work.
///
/// # Errors
/// When create, use or delete will not work, or a key that was created may be active.
pub fn run(options: &CreateOptions, context: &Context<'_>) -> Result<(), Failure> {
    owner::check(options.run.owner.as_ref())?;
    let client = context.client(context.credential()?, RETRY_FOR)?;
    context.catch_signals()?;
    let run = RunId::new(&format!("preflight-{:08x}", fastrand::u32(..)))
        .map_err(|error| Failure::new(format!("The run ID {error}."), ""))?;
    let findings = Findings::new(context.reporter);

    let reached = checks::server(&client, &findings)
        .and_then(|()| checks::account(&client, options.run.owner.as_ref(), &findings));
    let Some((account, owner)) = reached else {
        return findings.conclude(context);
    };
    let preflight = Preflight {
        client: &client,
        account: &account,
        owner: &owner,
        run: &run,
        context,
        findings: &findings,
    };
    if let Ok(lost) = preflight.keys() {
        end(&preflight, lost)?;
    }
    if context.signals.interrupted_at().is_none() {
        preflight.report();
        preflight.cleanup();
    }
    findings.conclude(context)
}

/// Revokes every key of the check, as the delete step does.
fn end(preflight: &Preflight<'_>, lost: Option<jiff::Timestamp>) -> Result<(), Failure> {
    let Preflight {
        client,
        owner,
        run,
        findings,
        ..
    } = preflight;
    let client: &Client = client;
    let owner: &Owner = owner;
    let policy = client
        .policy()
        .on_interrupt(OnInterrupt::Finish(client.timeout()));
    let selector = Selector::Run((*run).clone());
    let ended = EndRun {
        client: &client.with_policy(policy),
        owner: &owner.id,
        selector: &selector,
        known: None,
        indeterminate: lost,
        run_key: None,
        progress: &|_| {},
    }
    .run();
    if let Some(failure) = delete::failure_of(&ended, &selector, owner) {
        findings.failed("Revoke the keys", failure.what());
        return Err(failure.with_result(findings.result()));
    }
    if !ended.keys.is_empty() {
        let detail = format!("{} revoked, verified by the list", ended.keys.len());
        findings.passed("Revoke the keys", &detail);
    }
    Ok(())
}
