//! The systems that the package has a program for.

use std::env::consts::{ARCH, OS};
use std::str::FromStr;

/// A system, and where the step templates look for its program.
#[derive(Debug, PartialEq, Eq)]
pub struct System {
    /// The program's folder in the package.
    pub folder: &'static str,
    /// The program's file name.
    pub program: &'static str,
    /// Rust's name for the system where the program needs nothing of it, and can be built for it
    /// anywhere.
    pub target: &'static str,
    /// The system and the processor, as Rust's standard library names them.
    pub host: (&'static str, &'static str),
}

/// Every system, sorted by folder.
pub static SYSTEMS: [System; 3] = [
    System {
        folder: "linux-arm64",
        program: "runkey",
        target: "aarch64-unknown-linux-musl",
        host: ("linux", "aarch64"),
    },
    System {
        folder: "linux-x64",
        program: "runkey",
        target: "x86_64-unknown-linux-musl",
        host: ("linux", "x86_64"),
    },
    System {
        folder: "win-x64",
        program: "runkey.exe",
        target: "x86_64-pc-windows-gnu",
        host: ("windows", "x86_64"),
    },
];

impl System {
    /// The system that this is, if the package has a program for it.
    #[must_use]
    pub fn here() -> Option<&'static Self> {
        SYSTEMS.iter().find(|system| system.is_here())
    }

    /// Whether this is the system.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.host == (OS, ARCH)
    }

    /// The program's name in the package, such as `linux-x64/runkey`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.folder, self.program)
    }
}

/// A system by the name of its folder, as the command line has it.
impl FromStr for &'static System {
    type Err = String;

    fn from_str(folder: &str) -> Result<Self, String> {
        let found = SYSTEMS.iter().find(|system| system.folder == folder);
        found.ok_or_else(|| {
            let known = SYSTEMS.each_ref().map(|system| system.folder).join(", ");
            format!("'{folder}' is none of the systems {known}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_templates_look_for_every_program_where_it_is() {
        let powershell = include_str!("../parts/program.ps1");
        let bash = include_str!("../parts/program.sh");
        for system in &SYSTEMS {
            let path = system.path();
            assert!(powershell.contains(&format!("'{path}'")), "no {path}");
            let in_bash = bash.contains(&format!("system={}", system.folder));
            assert_eq!(in_bash, system.folder.starts_with("linux"), "{path}");
        }
    }
}
