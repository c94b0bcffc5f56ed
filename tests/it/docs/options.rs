//! The reference lists each option of the help with its variable, and no other.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::read;
use crate::support::program;

/// An option, and its variable if it has one.
type Documented = BTreeSet<(String, Option<String>)>;

#[test]
fn reference_lists_every_option_with_its_variable() {
    let mut helped = Documented::new();
    for subcommand in ["create", "use", "delete"] {
        let output = Command::new(program())
            .args([subcommand, "--help"])
            .output();
        helped.extend(of_help(&String::from_utf8(output.unwrap().stdout).unwrap()));
    }
    assert_eq!(of_reference(&read(Path::new("docs/reference.md"))), helped);
}

fn of_help(help: &str) -> Documented {
    let mut found = Documented::new();
    let mut current: Option<(String, Option<String>)> = None;
    for line in help.lines().map(str::trim) {
        if let Some(long) = option_of(line) {
            found.extend(current.replace((long, None)));
        } else if let (Some((_, variable)), Some(name)) =
            (&mut current, line.strip_prefix("[env: "))
        {
            *variable = Some(name.trim_end_matches(']').to_owned());
        }
    }
    found.extend(current);
    found.retain(|(long, _)| long != "--help");
    found
}

/// `--url` of `--url <URL>` and of `-u, --url <URL>`.
fn option_of(line: &str) -> Option<String> {
    let long = match line.split_once(", ") {
        Some((short, long)) if short.len() == 2 && short.starts_with('-') => long,
        _ => line,
    };
    let is_option = long.starts_with("--") && long.len() > 2 && !long.contains(". ");
    is_option.then(|| long.split(' ').next().unwrap_or_default().to_owned())
}

fn of_reference(page: &str) -> Documented {
    let rows = page.lines().filter(|line| line.starts_with("| `--"));
    rows.map(|row| {
        let mut cells = row.split('|').map(|cell| cell.trim().trim_matches('`'));
        let long = cells.nth(1).unwrap_or_default();
        let variable = cells.next().filter(|variable| *variable != "–");
        (long.to_owned(), variable.map(str::to_owned))
    })
    .collect()
}
