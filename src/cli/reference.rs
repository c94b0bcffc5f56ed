//! `docs/reference.md` is held to the options.

use clap::CommandFactory;

use super::Cli;

const REFERENCE: &str = include_str!("../../docs/reference.md");

#[test]
fn the_reference_lists_every_option_with_its_variable() {
    for step in Cli::command().get_subcommands() {
        let own = format!("runkey {}", step.get_name());
        let sections = ["Every step", "Which key", &own].map(section);
        let common = Cli::command();
        for option in step.get_arguments().chain(common.get_arguments()) {
            let (Some(long), Some(variable)) = (option.get_long(), option.get_env()) else {
                continue;
            };
            let variable = format!("| `{}` |", variable.to_string_lossy());
            let is_row = |line: &str| {
                let names = line.split('|').nth(1).unwrap_or_default();
                let is_named = names
                    .split(['`', ' '])
                    .any(|word| word.strip_prefix("--") == Some(long));
                is_named && line.contains(&variable)
            };
            assert!(
                sections.iter().any(|section| section.lines().any(is_row)),
                "docs/reference.md has no row for --{long} of {own}"
            );
        }
    }
}

#[test]
fn the_reference_lists_no_option_that_is_gone() {
    let command = Cli::command();
    let steps = command.get_subcommands();
    let options = steps.flat_map(clap::Command::get_arguments);
    let known: Vec<_> = options
        .chain(command.get_arguments())
        .filter_map(clap::Arg::get_long)
        .collect();
    let rows = REFERENCE.lines().filter(|line| line.starts_with("| `-"));
    for row in rows {
        let names = row.split('|').nth(1).unwrap_or_default();
        let mut words = names.split(['`', ' ']);
        let long = words.find_map(|word| word.strip_prefix("--"));
        assert!(
            long.is_some_and(|long| known.contains(&long)),
            "docs/reference.md has an option that runkey has not: {row}"
        );
    }
}

/// What stands below a heading of the second level, up to the next.
fn section(title: &str) -> &'static str {
    let mut sections = REFERENCE.split("\n## ").skip(1);
    let found = sections.find_map(|section| section.strip_prefix(&format!("{title}\n")));
    found.unwrap_or_else(|| panic!("docs/reference.md has no section '{title}'"))
}
