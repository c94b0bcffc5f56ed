//! The systems that the package has a program for.

/// A system, and where the step templates look for its program.
#[derive(Debug, PartialEq, Eq)]
pub struct System {
    /// The program's folder in the package.
    pub folder: &'static str,
    /// The program's file name.
    pub program: &'static str,
    /// Rust's name for the system.
    pub target: &'static str,
}

/// Every system, sorted by folder.
pub const SYSTEMS: [System; 3] = [
    System {
        folder: "linux-arm64",
        program: "runkey",
        target: "aarch64-unknown-linux-musl",
    },
    System {
        folder: "linux-x64",
        program: "runkey",
        target: "x86_64-unknown-linux-musl",
    },
    System {
        folder: "win-x64",
        program: "runkey.exe",
        target: "x86_64-pc-windows-gnu",
    },
];

impl System {
    /// The system with this folder in the package.
    #[must_use]
    pub fn of_folder(folder: &str) -> Option<&'static Self> {
        SYSTEMS.iter().find(|system| system.folder == folder)
    }

    /// The program's name in the package, such as `linux-x64/runkey`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.folder, self.program)
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
