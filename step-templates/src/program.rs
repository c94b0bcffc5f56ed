//! A program for the package: the system that it is for, and what it needs there.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

use color_eyre::eyre::{Result, WrapErr as _};

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
    host: (&'static str, &'static str),
}

/// Every system that the package can contain a program for.
pub static SYSTEMS: [System; 3] = [
    System {
        folder: "linux-arm64",
        program: "runkey",
        target: "aarch64-unknown-linux-gnu",
        name: "Linux on 64-bit ARM",
        host: ("linux", "aarch64"),
    },
    System {
        folder: "linux-x64",
        program: "runkey",
        target: "x86_64-unknown-linux-gnu",
        name: "Linux on x86-64",
        host: ("linux", "x86_64"),
    },
    System {
        folder: "win-x64",
        program: "runkey.exe",
        target: "x86_64-pc-windows-msvc",
        name: "Windows on x86-64",
        host: ("windows", "x86_64"),
    },
];

impl System {
    /// Returns the system that this process runs on, if the package can contain a program for it.
    #[must_use]
    pub fn here() -> Option<&'static Self> {
        SYSTEMS.iter().find(|system| system.host == (OS, ARCH))
    }

    /// Returns the program's name in the package, such as `linux-x64/runkey`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.folder, self.program)
    }
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

impl Program {
    /// Reads the program.
    pub(crate) fn read(&self) -> Result<Vec<u8>> {
        fs::read(&self.file).wrap_err_with(|| format!("Cannot read {}", self.file.display()))
    }

    /// Returns the row of the package's README for this program, given its bytes: they tell which
    /// glibc it needs, so that the README is true for every build.
    pub(crate) fn describe(&self, bytes: &[u8]) -> String {
        let System { name, host, .. } = self.system;
        let needs = match newest_glibc(bytes) {
            Some((major, minor)) => format!(" with glibc {major}.{minor} or newer (not Alpine)"),
            None if host.0 == "linux" => ", any distribution".to_owned(),
            None => String::new(),
        };
        format!("| `{}` | {name}{needs} |", self.system.path())
    }
}

/// Returns the newest version of glibc among a program's symbol versions (`GLIBC_2.17`); nothing for a
/// static program.
fn newest_glibc(bytes: &[u8]) -> Option<(u32, u32)> {
    let is_end = |byte: &u8| !byte.is_ascii_digit() && *byte != b'.';
    let versions = bytes.windows(6).enumerate().filter_map(|(place, name)| {
        let rest = bytes.get(place + 6..).filter(|_| name == b"GLIBC_")?;
        let version = std::str::from_utf8(rest.split(is_end).next()?).ok()?;
        let mut numbers = version.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    versions.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_templates_look_for_every_program() {
        let powershell = include_str!("../parts/program.ps1");
        let bash = include_str!("../parts/program.sh");
        for system in &SYSTEMS {
            let path = system.path();
            // PowerShell names a Linux program by the processor, `X64` or `Arm64`, in small letters.
            let is_linux = system.folder.starts_with("linux");
            let in_powershell = if is_linux {
                powershell.contains("\"linux-$($runKeyInfo::ProcessArchitecture)/runkey\"")
            } else {
                powershell.contains(&format!("'{path}'"))
            };
            assert!(in_powershell, "no {path}");
            let in_bash = bash.contains(&format!("system={}", system.folder));
            assert_eq!(in_bash, is_linux, "{path}");
        }
    }

    #[test]
    fn reads_newest_glibc_of_a_program() {
        let program = b"\x7fELF GLIBC_2.9\0GLIBC_2.17\0GLIBC_2.2.5\0GLIBC_PRIVATE\0";
        assert_eq!(newest_glibc(program), Some((2, 17)));
        assert_eq!(newest_glibc(b"\x7fELF static"), None);
    }
}
