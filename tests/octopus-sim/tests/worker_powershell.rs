//! PowerShell steps, where PowerShell 7 is on the `PATH`.

use octopus_sim::worker::{Level, Step, StepResult, Syntax, Variables, Worker};

/// What came of a script; `None`, which is said, without PowerShell.
fn run(body: &str, variables: &Variables) -> Option<StepResult> {
    if !Worker::has(Syntax::PowerShell) {
        eprintln!("Not run: this machine has no PowerShell (pwsh).");
        return None;
    }
    let variables = variables
        .clone()
        .with("Octopus.Action.PowerShell.ExecuteWithoutProfile", "True");
    let step = Step::script("Script", Syntax::PowerShell, body);
    Some(Worker::new().run(&step, &variables).expect("pwsh runs"))
}

#[test]
fn variables_arrive_and_leave_verbatim() {
    let value = "O'Brien \"q\" $(x) `n あご\nline ]";
    let variables = Variables::default().with("In", value);
    let script = "Set-OctopusVariable -Name 'Out' -Value $OctopusParameters['in'] -Sensitive\n\
         Write-Warning careful\n\
         $json = @'\n{\"In\": \"#{In | JsonEscape}\"}\n'@\n\
         Set-OctopusVariable 'Parsed' ($json | ConvertFrom-Json).In";
    let Some(result) = run(script, &variables) else {
        return;
    };
    assert!(result.success(), "{}", result.raw_stderr);
    assert_eq!(result.output("Out"), Some(value));
    assert_eq!(result.output("Parsed"), Some(value));
    assert!(result.outputs["Out"].sensitive);
    assert_eq!(result.lines(Level::Warning), ["careful"]);
}

#[test]
fn the_exit_code_is_that_of_the_last_program() {
    for (script, code) in [
        ("exit 3", 3),
        ("bash -c 'exit 7'; Write-Host on", 7),
        ("throw 'broken'", 1),
        ("Fail-Step 'because'", 255),
        ("Write-Host fine", 0),
    ] {
        let Some(result) = run(script, &Variables::default()) else {
            return;
        };
        assert_eq!(result.exit_code, Some(code), "{script}");
    }
}
