//! Gets everything ready that is measured: builds the programs, installs the rivals.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use color_eyre::eyre::{ContextCompat, Result, ensure};

/// Where the programs are.
pub struct Programs {
    /// The folder of the release programs.
    release: PathBuf,
    /// What the rivals need and this repository does not hold.
    downloads: PathBuf,
}

impl Programs {
    /// Builds runkey and the helpers of this crate as they are built for a release.
    ///
    /// # Errors
    /// When one cannot be built.
    pub fn build() -> Result<Self> {
        // Apart: together they would be built with the features that either needs.
        run("cargo", ["build", "--release", "--package", "runkey"])?;
        run(
            "cargo",
            ["build", "--release", "--package", "bench", "--bins"],
        )?;
        let this = env::current_exe()?;
        let target = this.ancestors().nth(2).wrap_err("a target folder")?;
        Ok(Self {
            release: target.join("release"),
            downloads: target.join("bench"),
        })
    }

    /// One of the release programs.
    pub fn release(&self, name: &str) -> PathBuf {
        self.release.join(name)
    }

    /// A Python that has what `recipe.py` needs; nothing when it cannot be had.
    pub fn python(&self) -> Option<PathBuf> {
        let folder = self.downloads.join("venv");
        let python = folder.join("bin/python");
        if !python.exists() {
            run(
                "python3",
                [OsStr::new("-m"), "venv".as_ref(), folder.as_ref()],
            )
            .ok()?;
        }
        let needs = rivals().join("requirements.txt");
        let pip = ["-m", "pip", "install", "--quiet", "--requirement"].map(OsStr::new);
        run(&python, pip.into_iter().chain([needs.as_ref()])).ok()?;
        Some(python)
    }

    /// `recipe.js`, beside the library that it needs; nothing when that cannot be had.
    pub fn client(&self) -> Option<PathBuf> {
        let folder = self.downloads.join("client");
        std::fs::create_dir_all(&folder).ok()?;
        for file in ["package.json", "recipe.js"] {
            std::fs::copy(rivals().join("client").join(file), folder.join(file)).ok()?;
        }
        let npm = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"].map(OsStr::new);
        run("npm", npm.into_iter().chain([folder.as_ref()])).ok()?;
        Some(folder.join("recipe.js"))
    }
}

/// The folder with the rivals' sources.
pub fn rivals() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rivals")
}

/// Whether each of these programs is on this machine.
pub fn are_there(programs: &[&str]) -> bool {
    programs.iter().all(|program| {
        let mut command = Command::new(program);
        let command = command.arg("--version").stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

fn run<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Result<()> {
    let program = program.as_ref();
    let mut command = Command::new(program);
    let status = command.args(arguments).stdout(Stdio::null()).status()?;
    ensure!(status.success(), "{} failed.", program.display());
    Ok(())
}
