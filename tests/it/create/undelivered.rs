//! Keys that could not be passed on.

use std::fs::OpenOptions;

use super::*;

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
