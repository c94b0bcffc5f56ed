//! What is wrong with a command line or a variable, and what to write instead.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use octopus::Untrusted;

use super::EarlyArgs;
use super::duration::DurationError;
use super::parse::wrong_option;
use crate::output::Failure;

/// How people name an option for a secret, without dashes.
const SECRETS: [&str; 6] = [
    "apikey",
    "accesstoken",
    "idtoken",
    "token",
    "key",
    "password",
];

/// An option whose value came from a variable.
pub struct Source<'a> {
    pub long: &'a str,
    pub variable: &'a str,
}

/// Explains an error of clap's.
pub fn explain(error: &clap::Error, early: &EarlyArgs, sources: &[Source<'_>]) -> Failure {
    let see = match early.subcommand() {
        Some(subcommand) => format!("See 'runkey {subcommand} --help'."),
        None => "See 'runkey --help'.".to_owned(),
    };
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => unknown(error, &given, early, see),
        ErrorKind::InvalidSubcommand => {
            let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            let what = format!("Unknown subcommand '{}'.", Untrusted::from(given));
            Failure::usage(
                what,
                did_you_mean(error, "The subcommands are create, use and delete.".into()),
            )
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Failure::usage(
                "No subcommand given.",
                "Use create, use or delete. See 'runkey --help'.",
            )
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => {
            invalid_value(error, sources, see)
        }
        ErrorKind::ArgumentConflict => {
            let option = option(error).unwrap_or_default();
            let what = match text(error, ContextKind::PriorArg) {
                Some(prior) if !prior.starts_with(&option) => {
                    format!("{option} cannot be used with {}.", first_word(&prior))
                }
                _ => format!("{option} is given twice."),
            };
            Failure::usage(what, "Remove one of them.")
        }
        ErrorKind::MissingRequiredArgument => {
            Failure::usage(format!("Missing {}.", first_word(&given)), see)
        }
        ErrorKind::TooManyValues => {
            Failure::usage(format!("{} takes no value.", first_word(&given)), see)
        }
        _ => {
            let line = error.to_string();
            let line = line
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            let line = Untrusted::from(line.trim_end_matches('.'));
            Failure::usage(format!("Wrong usage: '{line}'."), see)
        }
    }
}

/// A variable of Octopus's that stayed unresolved.
pub fn unresolved(name: &str) -> Failure {
    Failure::usage(
        format!("{name} contains an unresolved Octopus variable ('#{{...}}')."),
        "Check the variable's name and scope. Octopus leaves unknown variables unresolved.",
    )
}

/// A switch that is neither on nor off.
pub fn not_a_switch(name: &str, value: &str) -> Failure {
    let value = Untrusted::from(value);
    Failure::usage(
        format!("{name}: '{value}' is not a boolean."),
        "Use true or false.",
    )
}

fn unknown(error: &clap::Error, given: &str, early: &EarlyArgs, see: String) -> Failure {
    let name = first_word(given);
    if !given.starts_with('-') {
        let subcommand = early.subcommand().unwrap_or("create");
        let given = Untrusted::from(given);
        let what = format!("Unexpected argument '{given}'.");
        return match subcommand {
            "delete" => Failure::usage(what, see),
            _ => Failure::usage(
                what,
                format!("Put -- before the command: runkey {subcommand} -- {given} ..."),
            ),
        };
    }
    let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
    if SECRETS.contains(&letters.to_ascii_lowercase().as_str()) {
        return Failure::usage(
            "Keys and tokens are not accepted on the command line, where other users can see them.",
            "Revoke this one (it is in your shell's history), and set OCTOPUS_API_KEY or OCTOPUS_ACCESS_TOKEN instead.",
        );
    }
    let what = format!("Unknown option '{}'.", Untrusted::from(name));
    Failure::usage(what, did_you_mean(error, see))
}

fn invalid_value(error: &clap::Error, sources: &[Source<'_>], see: String) -> Failure {
    let name = source(error, sources);
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    if value.contains("#{") {
        return unresolved(&name);
    }
    if error.kind() == ErrorKind::InvalidUtf8 {
        return Failure::usage(format!("{name} is not valid UTF-8."), see);
    }
    if value.is_empty() && error.source().is_none() {
        return Failure::usage(format!("{name} needs a value."), see);
    }
    let value = Untrusted::from(value);
    let duration = error
        .source()
        .and_then(|why| why.downcast_ref::<DurationError>());
    if let Some(why) = duration {
        return Failure::usage(format!("{name}: '{value}' {why}."), why.help());
    }
    let help = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
            format!("Use one of {}.", valid.join(", "))
        }
        _ => see,
    };
    Failure::usage(format!("{name}: '{value}' is not a valid value."), help)
}

/// Where a value came from: its variable, or the option.
fn source(error: &clap::Error, sources: &[Source<'_>]) -> String {
    let long = wrong_option(error);
    let variable = sources
        .iter()
        .find(|source| Some(source.long) == long.as_deref());
    match variable {
        Some(source) => source.variable.to_owned(),
        None => option(error).unwrap_or_else(|| "An argument".to_owned()),
    }
}

fn option(error: &clap::Error) -> Option<String> {
    wrong_option(error).map(|long| format!("--{long}"))
}

fn did_you_mean(error: &clap::Error, otherwise: String) -> String {
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let suggested = suggested.into_iter().find_map(|kind| text(error, kind));
    suggested.map_or(otherwise, |suggested| {
        format!("Did you mean '{suggested}'?")
    })
}

fn first_word(text: &str) -> &str {
    text.split([' ', '=']).next().unwrap_or_default()
}

/// The first text of this kind.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    }
}
