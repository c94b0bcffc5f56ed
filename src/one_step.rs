//! `runkey create -- COMMAND`: the three steps in one. It makes a key, runs COMMAND with it, and
//! revokes that key when COMMAND ends, however it ends.

use std::ffi::OsStr;
use std::process::ExitCode;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{Create, Report};
use crate::command::{self, NotRun, Work};
use crate::create::{self, Key, Wanted};
use crate::delete::{self, Ended, Known, Outcome};
use crate::env_file::Environment;
use crate::key::{Purpose, one_step as which_key, owner};
use crate::octopus::{Client, Id};
use crate::output::Failure;
use crate::session::{Session, explain};
use crate::stranger::Stranger;

/// The whole run, for a program that reads JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Told<'a> {
    api_key_id: &'a str,
    api_key_purpose: Stranger,
    api_key_expires: Timestamp,
    api_key_owner_id: &'a str,
    /// COMMAND's, or the one that says that it did not run.
    exit_code: i32,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

/// Makes the key, runs COMMAND with it, revokes the key, and passes COMMAND's exit code on.
///
/// # Errors
/// When there was no key to run COMMAND with, or a key may live on.
pub fn run(create: &Create, session: &Session<'_>) -> Result<ExitCode, Failure> {
    let secrets = session.every_secret();
    owner::check_given(create.key.owner.as_ref(), &secrets)?;
    create
        .beside
        .report
        .as_deref()
        .map_or(Ok(()), delete::check_report_name)?;
    let run_id = which_key::run_id(&create.key, &host(session.environment), &secrets)?;
    if let Some(by) = &create.key.run_by {
        which_key::purpose(by, &run_id, &secrets)?;
    }
    let client = session.open(create::RETRY_FOR)?.giving_names_up();

    let (by, owner) = who(create, &client)?;
    let purpose = which_key::purpose(&by, &run_id, &secrets)?;
    session.signals.note_beside_command().map_err(|error| {
        let what = format!("It cannot be noted when COMMAND ends, so no key was made: {error}.");
        Failure::new(what, "Look at this system's limits for open files.")
    })?;
    let one_step = OneStep {
        create,
        session,
        client: &client,
        owner: &owner,
        purpose: &purpose,
        wanted: Wanted::new(create, &client, &owner, &purpose, session.signals),
    };
    one_step.run()
}

/// Who started the run, and on whose account the key is to be: asked of the server, once, as far as
/// it was not said.
fn who(create: &Create, client: &Client) -> Result<(Stranger, Id), Failure> {
    let given = create.key.owner.as_ref();
    if let Some(by) = &create.key.run_by {
        return Ok((by.clone(), owner::find(client, given)?));
    }
    let me = client
        .me()
        .map_err(|error| explain("Cannot find out whose credential this is", &error))?;
    let by = which_key::person(&me)?;
    let owner = match given {
        Some(_) => owner::find(client, given)?,
        None => me.id,
    };
    Ok((by, owner))
}

/// This machine's name, or nothing.
#[cfg(unix)]
fn host(_: &Environment) -> String {
    let names = rustix::system::uname();
    names.nodename().to_string_lossy().into_owned()
}

/// This machine's name, or nothing.
#[cfg(windows)]
fn host(environment: &Environment) -> String {
    let name = environment.get("COMPUTERNAME").unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// A run whose key is known.
struct OneStep<'a> {
    create: &'a Create,
    session: &'a Session<'a>,
    client: &'a Client,
    owner: &'a Id,
    purpose: &'a Purpose,
    wanted: Wanted<'a>,
}

impl OneStep<'_> {
    fn run(&self) -> Result<ExitCode, Failure> {
        let console = self.session.console;
        let key = match self.wanted.key() {
            Ok(key) => key,
            Err(failure) => return Err(self.without_key(failure)),
        };
        let ran = match self.ready(&key) {
            Ok(()) => self.run_command(&key),
            // What ends the program before COMMAND starts comes first; unless a key lives on.
            Err(failure) => return Err(self.end(Some(&key)).failure.unwrap_or(failure)),
        };
        // What came before this was COMMAND's business. From here on a signal means: try no longer.
        self.session.signals.take();
        console.end_line_of_command();
        let ended = self.end(Some(&key));
        let code = match &ran {
            Ok(code) => *code,
            Err(not_run) => i32::from(not_run.code),
        };
        console.result(&Told {
            api_key_id: key.made.id.as_str(),
            api_key_purpose: self.purpose.as_str().into(),
            api_key_expires: key.expires,
            api_key_owner_id: self.owner.as_str(),
            exit_code: code,
            outcome: ended.outcome(),
        });
        if let Err(not_run) = ran {
            console.failure(not_run.failure);
        }
        match ended.failure {
            Some(failure) => Err(failure.advise(&format!("COMMAND's own exit code was {code}."))),
            None => Ok(command::ended_with(code)),
        }
    }

    /// Says that there is a key, and has the log mask it.
    fn ready(&self, key: &Key<'_>) -> Result<(), Failure> {
        let console = self.session.console;
        create::mask(key, console)?;
        console.highlight(&create::outcome(key, self.client));
        self.wanted.unless_asked_to_end()
    }

    fn run_command(&self, key: &Key<'_>) -> Result<i32, NotRun> {
        let beside = &self.create.beside;
        let work = Work {
            key: &key.made.secret,
            address: self.client.address(),
            space: beside.space.as_ref(),
        };
        // There is one: it is what tells this way of running from the other.
        let words = self.create.command.split_first();
        let (program, arguments) = words
            .map_or((OsStr::new(""), &[][..]), |(program, arguments)| {
                (program.as_os_str(), arguments)
            });
        let command = work.command(program, arguments);
        command::run(command, program, self.session.signals, beside.grace)
    }

    /// Revokes what may have been made all the same when no key was received.
    fn without_key(&self, failure: Failure) -> Failure {
        if !self.wanted.may_have_left_one() {
            return failure;
        }
        self.session.console.warning(&failure.in_one_line());
        self.end(None).failure.unwrap_or(failure)
    }

    /// Ends every key of the run, with a time for trying of its own.
    fn end(&self, key: Option<&Key<'_>>) -> Ended {
        let retry_for = self.session.retry_for(delete::RETRY_FOR);
        let beside = &self.create.beside;
        let run = Known {
            client: &self.client.afresh(retry_for),
            owner: self.owner,
            purpose: self.purpose,
            made: key.map(|key| &key.made),
            may_have_twin: self.wanted.may_have_left_one(),
            report: &Report {
                file: beside.report.clone(),
                key_id: None,
                space: beside.space.clone(),
            },
        };
        run.end(self.session)
    }
}
