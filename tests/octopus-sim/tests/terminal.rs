//! The program `octopus-sim`, as a person uses it.

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use support::Client;

const SCRIPT: &str = r#"echo "for $(get_octopusvariable Octopus.Deployment.CreatedBy.DisplayName)"
echo page > report.html
new_octopusartifact report.html ../../report.html
"#;

/// A running `octopus-sim`, killed when this is dropped.
struct Terminal {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Terminal {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_octopus-sim"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("it is piped");
        let output = BufReader::new(output).lines();
        Self { child, output }
    }

    /// The rest of the next line that begins so.
    fn after(&mut self, start: &str) -> String {
        let mut lines = self.output.by_ref().map(|line| line.expect("text"));
        let found = lines.find_map(|line| Some(line.strip_prefix(start)?.to_owned()));
        found.expect("a line that begins so")
    }

    fn enter(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("it is piped");
        writeln!(input, "{line}").expect("the program reads");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn runs_runbook_as_alice_and_keeps_its_artifacts() {
    let mut terminal = Terminal::start();
    let url = terminal.after("export OCTOPUS_URL=");
    let install = terminal.after("OCTOPUS_API_KEY=");
    let (administrator, _) = install.split_once(" cargo run ").expect("a command");
    assert_eq!(terminal.after("Ctrl-C"), " stops the server.");
    let client = Client::with_key(&url, administrator);
    terminal.enter("Greet");
    let known = terminal.after("No published runbook is named 'Greet'. ");
    assert!(known.starts_with("There is none yet"), "{known}");
    client.publish("Greet", SCRIPT);
    terminal.enter("x");
    let known = terminal.after("No published runbook is named 'x'. ");
    assert_eq!(known, "Type one of: Greet.");
    terminal.enter("Greet");
    let starter = terminal.after("ServerTasks-1: 'Greet', ");
    assert_eq!(starter, "started by Alice King (alice)");
    assert_eq!(terminal.after("  Info      | "), "for Alice King");
    assert_eq!(terminal.after("ServerTasks-1: "), "Success");
    let file = terminal.after("Artifact: ");
    let file = Path::new(&file);
    assert_eq!(fs::read_to_string(file).expect("the artifact"), "page\n");
    let run = file.parent().expect("a folder");
    assert!(run.ends_with("ServerTasks-1"), "{}", run.display());
    fs::remove_dir_all(run.parent().expect("a folder")).expect("it is removed");
}
