//! Keys that could not be passed on.

use std::fs::OpenOptions;

use super::*;
use crate::support::running::in_shell;

/// Standard output that takes nothing.
#[cfg(target_os = "linux")]
#[test]
fn revokes_key_that_could_not_be_passed_on() {
    for format in ["octopus", "json", "text"] {
        let octopus = Octopus::start();
        let (mut command, folder) = create(&octopus).args(["--output", format]).into_command();
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command.stdout(full).output().unwrap();
        let run = Outcome::new(&output, folder).expect_code(1);
        assert!(
            run.error().starts_with("Cannot pass the key on: "),
            "{run:#?}"
        );
        assert_eq!(active_keys(&octopus), [""; 0], "{format}");
    }
}

#[test]
fn creates_nothing_when_standard_output_is_closed() {
    for redirection in [">&-", ">/dev/null"] {
        let octopus = Octopus::start();
        let (mut command, folder) =
            in_shell(create(&octopus), &format!("exec \"$@\" {redirection}"));
        let run = Outcome::new(&command.output().unwrap(), folder);
        run.expect_error(
            2,
            "Standard output is closed or discarded, so nothing would receive the key. No key was created.",
        );
        assert_eq!(requests(&octopus), [""; 0]);
    }
}
