//! A program for the package: the system that it is for, and what it needs there.

use std::env::consts::{ARCH, OS};
use std::path::PathBuf;
use std::str::FromStr;

/// A system, and where the step templates look for its program.
#[derive(Debug)]
pub struct System {
    /// The program's folder in the package.
    pub folder: &'static str,
    /// The program's file name.
    pub program: &'static str,
    /// Rust's name for the system.
    pub target: &'static str,
    name: &'static str,
}

/// Every system that the package can contain a program for.
pub static SYSTEMS: [System; 3] = [
    System {
        folder: "linux-arm64",
        program: "runkey",
        target: "aarch64-unknown-linux-gnu",
        name: "Linux on 64-bit ARM",
    },
    System {
        folder: "linux-x64",
        program: "runkey",
        target: "x86_64-unknown-linux-gnu",
        name: "Linux on x86-64",
    },
    System {
        folder: "win-x64",
        program: "runkey.exe",
        target: "x86_64-pc-windows-msvc",
        name: "Windows on x86-64",
    },
];

impl System {
    /// Returns the system that this process runs on, if the package can contain a program for it.
    #[must_use]
    pub fn here() -> Option<&'static Self> {
        let is_here = |target: &str| target.starts_with(ARCH) && target.contains(OS);
        SYSTEMS.iter().find(|system| is_here(system.target))
    }

    /// Returns the program's name in the package, such as `linux-x64/runkey`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.folder, self.program)
    }

    /// Returns the row of the package's README for this program: its bytes tell which glibc it needs,
    /// so that the README is true for every build.
    pub(crate) fn describe(&self, program: &[u8]) -> String {
        let needs = match newest_glibc(program) {
            Some((major, minor)) => format!(" with glibc {major}.{minor} or newer (not Alpine)"),
            None if self.target.contains("linux") => ", any distribution".to_owned(),
            None => String::new(),
        };
        format!("| `{}` | {}{needs} |", self.path(), self.name)
    }
}

/// Returns the newest version of glibc among a program's symbol versions (`GLIBC_2.17`); nothing for a
/// static program.
fn newest_glibc(program: &[u8]) -> Option<(u32, u32)> {
    let is_end = |byte: &u8| !byte.is_ascii_digit() && *byte != b'.';
    let versions = program.windows(6).enumerate().filter_map(|(place, name)| {
        let rest = program.get(place + 6..).filter(|_| name == b"GLIBC_")?;
        let version = std::str::from_utf8(rest.split(is_end).next()?).ok()?;
        let mut numbers = version.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    versions.max()
}

/// A built program and the system that it is for.
#[derive(Clone, Debug)]
pub struct Program {
    /// The system that it runs on.
    pub system: &'static System,
    /// The file that contains it.
    pub file: PathBuf,
}

impl FromStr for Program {
    type Err = String;

    /// Reads `linux-x64=target/release/runkey`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (folder, file) = text.split_once('=').ok_or("expected SYSTEM=FILE")?;
        let system = SYSTEMS.iter().find(|system| system.folder == folder);
        let system = system.ok_or_else(|| {
            let known = SYSTEMS.each_ref().map(|system| system.folder).join(", ");
            format!("expected one of the systems {known}")
        })?;
        let file = file.into();
        Ok(Self { system, file })
    }
}
