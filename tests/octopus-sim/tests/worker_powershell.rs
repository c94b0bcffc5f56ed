//! PowerShell steps, where PowerShell 7 is on the `PATH`.

use octopus_sim::worker::{Step, Syntax, Variables, Worker};

#[test]
fn the_exit_code_is_that_of_the_last_program() {
    if !Worker::has(Syntax::PowerShell) {
        eprintln!("Not run: this machine has no PowerShell (pwsh).");
        return;
    }
    let variables =
        Variables::default().with("Octopus.Action.PowerShell.ExecuteWithoutProfile", "True");
    for (script, code) in [
        ("exit 3", 3),
        ("bash -c 'exit 7'; Write-Host on", 7),
        ("throw 'broken'", 1),
        ("Fail-Step 'because'", 255),
        ("Write-Host fine", 0),
    ] {
        let step = Step::script("Script", Syntax::PowerShell, script);
        let result = Worker::new().run(&step, &variables).expect("pwsh runs");
        assert_eq!(result.exit_code, Some(code), "{script}");
    }
}
