//! The command line as it is described.

use clap::CommandFactory;

use super::*;

#[test]
fn every_option_has_help() {
    Cli::command().debug_assert();
}

#[test]
fn every_option_has_variable() {
    let command = Cli::command();
    let own = command
        .get_subcommands()
        .flat_map(clap::Command::get_arguments);
    let without: Vec<_> = own
        .chain(command.get_arguments())
        .filter(|arg| arg.get_env().is_none())
        .filter_map(clap::Arg::get_long)
        .collect();
    assert_eq!(without, ["generate", "all", "yes", "generate"]);
}

#[test]
fn help_fits_80_columns() {
    for arguments in [
        &["runkey", "--help"][..],
        &["runkey", "create", "--help"],
        &["runkey", "use", "--help"],
        &["runkey", "delete", "--help"],
    ] {
        let help = Cli::try_parse_from(arguments).unwrap_err().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{arguments:?}: {line}");
        }
    }
}

fn early(line: &str) -> EarlyArgs {
    let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    EarlyArgs::scan(&arguments)
}

#[test]
fn scans_what_cannot_be_parsed() {
    for (line, subcommand, command) in [
        ("runkey", None, CommandArgs::None),
        ("runkey --url create use", Some("use"), CommandArgs::None),
        (
            "runkey --nonsense revoke --url x",
            Some("delete"),
            CommandArgs::None,
        ),
        (
            "runkey create -- use --output json",
            Some("create"),
            CommandArgs::Given,
        ),
        ("runkey -v use --", Some("use"), CommandArgs::Missing),
    ] {
        let early = early(line);
        assert_eq!(early.subcommand(), subcommand, "{line}");
        assert_eq!(early.command, command, "{line}");
    }
    let early = early("runkey delete --nonsense --output=json --env-file a");
    assert_eq!(early.output(None), OutputFormat::Json);
    assert_eq!(early.env_file(), Some("a".into()));
}

fn parsed(line: &str) -> Result<parse::Parsed, String> {
    let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let environment = crate::environment::Environment::default();
    parse(&arguments, &early(line), &environment).map_err(|stop| match stop {
        Stop::Print(text) => text,
        Stop::Failure(failure) => failure.what().to_owned(),
    })
}

#[test]
fn refuses_options_that_make_no_sense_together() {
    for (line, what) in [
        (
            "runkey create --preflight --run-id R",
            "--run-id cannot be used with --preflight",
        ),
        ("runkey create --grace 5s", "--grace requires a command."),
        (
            "runkey create --purpose x -- true",
            "--purpose (RUNKEY_PURPOSE) cannot be used with a command",
        ),
        ("runkey use true", "Unexpected argument 'true'."),
        ("runkey use --", "No command after '--'."),
        (
            "runkey create --api-key API-X",
            "Keys and tokens are not accepted on the command line",
        ),
        (
            "runkey create --expires-in 90",
            "--expires-in: '90' has no unit.",
        ),
        (
            "runkey create --run-id #{X} --timeout #{Y}",
            "--timeout contains an unresolved Octopus variable",
        ),
    ] {
        let found = parsed(line).expect_err(line);
        assert!(found.contains(what), "{line}: {found}");
    }
}

#[test]
fn revokes_in_spite_of_wrong_patience_or_log() {
    let line = "runkey delete --run-id R --timeout 90 --output xml --indeterminate soon";
    let parsed = parsed(line).expect("it is parsed");
    assert_eq!(parsed.warnings.len(), 3, "{:?}", parsed.warnings);
    assert_eq!(parsed.cli.common.timeout, Duration::from_secs(30));
}
