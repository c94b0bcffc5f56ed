//! The tools that people have find the run's key, and no other.

use octopus_sim::worker::{Syntax, WorkerError};
use step_templates::names::Names;

use crate::{BASH, NO_POWERSHELL, POWERSHELL, Stage, variables};

/// What a script sees of those names, and of any foreign value, after the worker had them all.
fn seen(syntax: Syntax, template: &'static str, script: &str) -> Option<Vec<String>> {
    let names = Names::load().expect("the list is whole");
    let mut stage = Stage::new(syntax, template);
    let all = names.server.iter().chain(&names.key).chain(&names.remove);
    for name in all
        .map(String::as_str)
        .chain(["RUNKEY_RUN_BY", "RUNKEY_ANY"])
    {
        stage.worker = stage.worker.env(name, "foreign");
    }
    let result = stage
        .worker
        .run(&stage.template_s_step(script), &variables());
    match result {
        Ok(result) => Some(result.raw_stdout.lines().map(str::to_owned).collect()),
        Err(WorkerError::NoShell { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

/// The server and the run's key under each name, and nothing else.
fn expected() -> Vec<String> {
    let names = Names::load().expect("the list is whole");
    let servers = names.server.iter();
    let servers = servers.map(|name| format!("{name}=https://octopus.example"));
    let keys = names.key.iter().map(|name| format!("{name}=API-RUNKEY"));
    let mut expected: Vec<_> = servers.chain(keys).collect();
    expected.push("OCTOPUS_SPACE=Spaces-1".to_owned());
    expected.sort_unstable();
    expected
}

#[test]
fn whatever_name_a_tool_looks_under_from_bash_it_finds_the_run_s_key() {
    let script = "env | grep -e OCTO -e RUNKEY -e _SERVER -e foreign";
    let mut seen = seen(Syntax::Bash, BASH, script).expect("Bash is here");
    seen.sort_unstable();
    let names = Names::load().expect("the list is whole");
    // Set to nothing, so that no tool looks for it elsewhere.
    let foreign = names.remove.iter().map(|name| format!("{name}="));
    let mut expected: Vec<_> = expected().into_iter().chain(foreign).collect();
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

#[test]
fn whatever_name_a_tool_looks_under_from_powershell_it_finds_the_run_s_key() {
    let script = "Get-ChildItem Env: | ForEach-Object { \"$($_.Name)=$($_.Value)\" } |
        Where-Object { $_ -cmatch 'OCTO|RUNKEY|_SERVER|foreign' }";
    match seen(Syntax::PowerShell, POWERSHELL, script) {
        Some(mut seen) => {
            // Below .NET 9 an empty variable is none.
            seen.retain(|line| !line.ends_with('='));
            seen.sort_unstable();
            assert_eq!(seen, expected());
        }
        None => println!("{NO_POWERSHELL}"),
    }
}

/// What Octopus's own tools read, as their sources say: a name that gets lost here is a tool that
/// works under somebody else's name.
#[test]
fn the_list_knows_the_names_of_octopus_s_own_tools() {
    let names = Names::load().expect("the list is whole");
    let servers = [
        "OCTOPUS_URL",
        "CLI_SERVER_URL",
        "OCTOPUS_SERVER_URL",
        "OCTOPUS_CLI_SERVER",
    ];
    assert_eq!(names.server, servers);
    let keys = ["OCTOPUS_API_KEY", "OCTOPUS_APIKEY", "OCTOPUS_CLI_API_KEY"];
    assert_eq!(names.key, keys);
    let others = [
        "OCTOPUS_ACCESS_TOKEN",
        "OCTOPUS_CLI_USERNAME",
        "OCTOPUS_CLI_PASSWORD",
    ];
    assert_eq!(names.remove, others);
}
