//! Says what is wrong with a command line in the same way as everything else that is wrong: what it
//! is, and what to do next.

use std::error::Error as _;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Look;
use super::parse::NEITHER;
use crate::duration::NotADuration;
use crate::output::Failure;
use crate::stranger::Stranger;

/// How people name an option for a secret.
const SECRETS: [&str; 6] = [
    "--api-key",
    "--apikey",
    "--api_key",
    "--access-token",
    "--token",
    "--key",
];

/// What is wrong, and what to do about it. What is quoted of the command line may be anything: a
/// service message, a key in the wrong place.
pub fn explain(error: &Error, look: &Look) -> Failure {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    if error.kind() == ErrorKind::UnknownArgument && SECRETS.contains(&given.as_str()) {
        return secret(&given);
    }
    if matches!(
        error.kind(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        return Failure::usage(
            "No step is given: create, use or delete.",
            "See 'runkey --help', or begin with 'runkey create --trial --output text'.",
        );
    }
    let said = error.to_string();
    let first = said.lines().next().unwrap_or_default();
    let first = Stranger::from(first.trim_start_matches("error: ").trim_end_matches('.'));
    let what = if error.context().next().is_none() {
        // A sentence of our own.
        format!("{first}.")
    } else {
        format!("Wrong usage: {first}.")
    };
    Failure::usage(what, next(error, &given, look))
}

fn secret(given: &str) -> Failure {
    Failure::usage(
        format!(
            "Wrong usage: unexpected argument '{}': a key or token is never given on the command line, where others can read it.",
            Stranger::from(given)
        ),
        "Revoke the one you just typed, for shells remember it, and set OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN in the environment instead.",
    )
}

fn next(error: &Error, given: &str, look: &Look) -> String {
    let step = look.step.as_deref().unwrap_or_default();
    let help = match step {
        "" => "See 'runkey --help'.".to_owned(),
        step => format!("See 'runkey {step} --help'."),
    };
    if let Some(why) = error
        .source()
        .and_then(|why| why.downcast_ref::<NotADuration>())
    {
        return why.advice().to_owned();
    }
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .find_map(|kind| text(error, kind));
    if let Some(suggested) = suggested {
        return format!("Did you mean '{suggested}'? {help}");
    }
    match error.kind() {
        ErrorKind::UnknownArgument if step == "use" && !given.starts_with('-') => {
            format!(
                "Put -- before the command: runkey use -- {} ...",
                Stranger::from(given)
            )
        }
        ErrorKind::InvalidSubcommand => format!("The steps are create, use and delete. {help}"),
        ErrorKind::InvalidValue if error.to_string().contains(NEITHER) => {
            "Write true or false; 1, 0, yes, no, on and off will do too.".to_owned()
        }
        ErrorKind::InvalidValue => match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(values)) if !values.is_empty() => {
                format!("Give one of these: {}.", values.join(", "))
            }
            _ => help,
        },
        _ => help,
    }
}

/// The first text of this kind.
fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    }
}
