//! `runkey create -- COMMAND`: the whole run around one command. It creates the key, runs the command
//! with it, and revokes the key when the command ends, however it ends.

mod identity;

use std::process::ExitCode;

use octopus::{ApiKey, Client, OnInterrupt, RetryPolicy};
use serde_json::json;

use crate::cli::CreateOptions;
use crate::command::{self, SpawnError, Work};
use crate::create::{self, KeyRequest};
use crate::delete;
use crate::output::Failure;
use crate::report;
use crate::run::{Context, EndRun, Ended, KnownKey, Owner, Purpose, RunId, Selector, owner};

/// Creates the key, runs the command with it, revokes the key, and passes the command's exit code on.
///
/// # Errors
/// When there was no key to run the command with, or a key may be active.
pub fn run(options: &CreateOptions, context: &Context<'_>) -> Result<ExitCode, Failure> {
    owner::check(options.run.owner.as_ref())?;
    report::check_name(options.command_options.report.as_deref())?;
    let run = identity::run_id(&options.run, context)?;
    if let Some(by) = &options.run.run_by {
        create::of_run(by, &run)?;
    }
    let credential = context.credential()?;
    command::refuse_secret_arguments(&options.command)?;
    let client = context.client(credential, create::RETRY_FOR)?;

    let (by, owner) = identity::starter_and_owner(&options.run, &client)?;
    let purpose = create::of_run(&by, &run)?;
    context.catch_signals()?;
    let whole = OneCommand {
        options,
        context,
        client: &client,
        owner: &owner,
        purpose: &purpose,
        run: &run,
    };
    whole.run()
}

struct OneCommand<'a> {
    options: &'a CreateOptions,
    context: &'a Context<'a>,
    client: &'a Client,
    owner: &'a Owner,
    purpose: &'a Purpose,
    run: &'a RunId,
}

impl OneCommand<'_> {
    fn run(&self) -> Result<ExitCode, Failure> {
        let request = KeyRequest {
            client: self.client,
            owner: self.owner,
            purpose: self.purpose,
            lifetime: self.options.lifetime(),
            access: self.options.access.into(),
            actor_type: self.options.actor_type.into(),
            context: self.context,
        };
        let key = request
            .create()
            .map_err(|not_created| match not_created.lost.since {
                None => *not_created.failure,
                Some(lost) => {
                    self.context
                        .reporter
                        .warning(&not_created.failure.in_one_line());
                    let ended = self.end(None, Some(lost));
                    self.failure_of(&ended).unwrap_or(*not_created.failure)
                }
            })?;
        let ran = match self.prepare(&key) {
            Ok(()) => self.run_command(&key),
            Err(failure) => {
                let ended = self.end(Some(&key), key.possible_duplicate);
                return Err(self.failure_of(&ended).unwrap_or(failure));
            }
        };
        // Signals that came before were the command's business.
        self.context.signals.take();
        self.context.reporter.end_line_of_command();
        let ended = self.end(Some(&key), key.possible_duplicate);
        // Those that came meanwhile have stopped nothing: the exit code is the command's, or runkey's.
        self.context.signals.take();
        self.conclude(&key, ran, &ended)
    }

    /// Has the log mask the key, and says that there is one.
    fn prepare(&self, key: &ApiKey) -> Result<(), Failure> {
        let masked = self.context.reporter.mask(&key.secret);
        masked.map_err(|error| Failure::new(
            format!("Cannot have the log mask the key: {error}."),
            "Connect both standard streams to the Octopus worker, a pipe that is read, or a file with free space.",
        ))?;
        self.context
            .reporter
            .before_command(&create::summary(&key.record, self.client));
        match self.context.signals.take() {
            Some(signal) => Err(Failure::interrupted(signal)),
            None => Ok(()),
        }
    }

    fn run_command(&self, key: &ApiKey) -> Result<i32, SpawnError> {
        let work = Work {
            key: &key.secret,
            address: self.client.address(),
            space: self.options.command_options.space.as_ref(),
            ca_file: self.context.common.ca_file.as_deref(),
            keep_env: &self.options.keep_env,
        };
        let grace = self.options.command_options.grace;
        work.run_child(
            &self.options.command,
            self.context.signals,
            grace,
            &**self.context.reporter,
        )
    }

    /// Ends every key of the run, with a time for retries of its own, which no signal shortens.
    fn end(&self, key: Option<&ApiKey>, lost: Option<jiff::Timestamp>) -> Ended {
        let retry_for = self.context.common.retry_for.unwrap_or(delete::RETRY_FOR);
        let policy = RetryPolicy::lasting(retry_for).on_interrupt(OnInterrupt::Ignore);
        let client = self.client.with_policy(policy);
        let ended = EndRun {
            client: &client,
            owner: &self.owner.id,
            selector: &self.selector(),
            known: key.map(|key| KnownKey {
                id: key.record.id.clone(),
                is_certain: true,
                expires: key.record.expires,
            }),
            indeterminate: lost,
            run_key: key.map(|key| key.secret.clone()),
            progress: &|_| {},
        }
        .run();
        delete::log_keys(&ended, &self.selector(), self.context);
        if let Some(file) = &self.options.command_options.report {
            let request = report::Request {
                client: &client,
                owner: &self.owner.id,
                selector: &self.selector(),
                ended: &ended,
                space: self.options.command_options.space.as_ref(),
            };
            report::attach(file, &request, self.context);
        }
        ended
    }

    fn selector(&self) -> Selector {
        Selector::Run(self.run.clone())
    }

    fn failure_of(&self, ended: &Ended) -> Option<Failure> {
        delete::failure_of(ended, &self.selector(), self.owner)
    }

    fn conclude(
        &self,
        key: &ApiKey,
        ran: Result<i32, SpawnError>,
        ended: &Ended,
    ) -> Result<ExitCode, Failure> {
        let code = match &ran {
            Ok(code) => *code,
            Err(error) => i32::from(error.exit_code()),
        };
        let mut result = delete::result_of(ended, self.owner);
        result["ApiKeyId"] = json!(key.record.id.as_str());
        result["ApiKeyPurpose"] = json!(self.purpose.as_str());
        result["ApiKeyExpires"] = json!(key.record.expires);
        result["ExitCode"] = json!(code);
        if let Some(failure) = self.failure_of(ended) {
            let failure = failure.what_also(&match ran {
                Ok(code) => format!("The command exited with {code}."),
                Err(error) => error.failure().in_one_line(),
            });
            return Err(failure.with_result(result));
        }
        match ran {
            Ok(_) => self.context.reporter.result(&result),
            Err(error) => {
                let failure = error.failure().with_result(result);
                self.context.reporter.failure(&failure);
            }
        }
        Ok(command::exit_code_of(code))
    }
}
