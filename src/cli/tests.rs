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
