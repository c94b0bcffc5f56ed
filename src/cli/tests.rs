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
    assert_eq!(without, ["all", "yes", "generate"]);
}
