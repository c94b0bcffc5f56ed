//! What this machine has to build programs with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use color_eyre::eyre::{Result, WrapErr as _, ensure};

use crate::systems::{SYSTEMS, System};

/// Where Debian's package `rust-web-src` puts the source of the standard library.
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library";
/// Debian's own Rust, which builds the standard library from that source.
pub const DEBIAN_CARGO: &str = "/usr/bin/cargo";
/// Its compiler.
pub const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The programs that are looked for on the `PATH`.
pub const ZIGBUILD: &str = "cargo-zigbuild";
/// See [`ZIGBUILD`].
pub const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// The tools of one machine.
#[derive(Debug, Default)]
pub struct Toolbox {
    /// Rust's name for this machine, such as `x86_64-unknown-linux-gnu`.
    pub host: String,
    /// The system of the package that this machine is, if it is one.
    pub own: Option<&'static System>,
    /// The targets that the compiler has a standard library for.
    pub targets: BTreeSet<&'static str>,
    /// Whether Debian's Rust and the source of its standard library are there.
    pub debian: bool,
    /// The programs that were found on the `PATH`.
    pub programs: BTreeSet<String>,
}

impl Toolbox {
    /// Looks around.
    ///
    /// # Errors
    /// When the Rust compiler does not answer.
    pub fn look() -> Result<Self> {
        let version = rustc(&["-vV"])?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let libraries = Path::new(rustc(&["--print", "sysroot"])?.trim()).join("lib/rustlib");
        let has_library = |target: &str| libraries.join(target).join("lib").is_dir();
        let targets = SYSTEMS.iter().map(|system| system.target);
        let compilers = SYSTEMS.iter().flat_map(musl_compilers);
        let wanted = [ZIGBUILD, MINGW].map(str::to_owned).into_iter();
        Ok(Self {
            host: host.unwrap_or_default().to_owned(),
            own: System::here(),
            targets: targets.filter(|target| has_library(target)).collect(),
            debian: Path::new(DEBIAN_SOURCE).is_dir() && Path::new(DEBIAN_CARGO).is_file(),
            programs: wanted
                .chain(compilers)
                .filter(|program| is_on_path(program))
                .collect(),
        })
    }

    /// Whether this program is on the `PATH`.
    #[must_use]
    pub fn has(&self, program: &str) -> bool {
        self.programs.contains(program)
    }
}

/// The C compilers for a static program on this system, by the names that they usually have. The
/// plain one is for the machine's own processor.
#[must_use]
pub fn musl_compilers(system: &System) -> Vec<String> {
    let mut compilers = vec![format!("{}-linux-musl-gcc", system.host.1)];
    if system.is_here() {
        compilers.push("musl-gcc".to_owned());
    }
    compilers
}

fn rustc(arguments: &[&str]) -> Result<String> {
    let output = Command::new("rustc")
        .args(arguments)
        .output()
        .wrap_err("rustc cannot be run. Install Rust first: https://rustup.rs")?;
    ensure!(output.status.success(), "rustc {arguments:?} failed.");
    String::from_utf8(output.stdout).wrap_err("rustc says something that is no text")
}

fn is_on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&folders).any(|folder: PathBuf| folder.join(&file).is_file())
}
