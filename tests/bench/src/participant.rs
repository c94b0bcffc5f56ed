//! Who takes part.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use color_eyre::eyre::{ContextCompat, Result, ensure};

/// A program that does what runkey does, or a part of it.
pub struct Participant {
    pub name: &'static str,
    /// The command, without the name of the step.
    pub command: Vec<OsString>,
    /// Whether it does both steps; else it is one curl, which sends the two requests of `create`.
    pub deletes: bool,
}

/// All, runkey first. What cannot be installed on this machine is named, and left out.
///
/// # Errors
/// When runkey or the helper of this crate cannot be built.
pub fn all() -> Result<Vec<Participant>> {
    // Apart: together they would be built with the features that either needs.
    run("cargo", ["build", "--release", "--package", "runkey"])?;
    run("cargo", ["build", "--release", "--package", "bench"])?;
    let both = |name, command: &[&Path]| Participant {
        name,
        command: command.iter().map(|word| (*word).into()).collect(),
        deletes: true,
    };
    let mut all = vec![both("runkey", &[&release("runkey")?])];
    if let Ok(()) = are_there(&["bash", "curl", "jq"]) {
        all.push(both("Bash, curl, jq", &[&here("recipes/recipe.sh")]));
    } else {
        println!("Left out, since bash, curl or jq is not installed: Bash, curl, jq.");
    }
    match python() {
        Ok(python) => {
            let recipe = here("recipes/recipe.py");
            all.push(both("Python, requests", &[&python, &recipe]));
        }
        Err(error) => println!("Left out: Python, requests. {error}"),
    }
    match typescript() {
        Ok(recipe) => all.push(both("TypeScript client", &[Path::new("node"), &recipe])),
        Err(error) => println!("Left out: TypeScript client. {error}"),
    }
    if let Ok(()) = are_there(&["curl"]) {
        all.push(Participant {
            name: "one curl",
            command: vec!["curl".into()],
            deletes: false,
        });
    }
    Ok(all)
}

/// One of the release programs.
pub fn release(name: &str) -> Result<PathBuf> {
    let this = env::current_exe()?;
    Ok(this.parent().wrap_err("a folder")?.join(name))
}

/// A Python with the packages of tests/clients.
fn python() -> Result<PathBuf> {
    let folder = downloads("python")?;
    let python = folder.join("bin/python");
    run(
        "python3",
        ["-m".as_ref(), "venv".as_ref(), folder.as_os_str()],
    )?;
    let list = here("../clients/python/requirements.txt");
    let pip = ["-m", "pip", "install", "--quiet", "--requirement"].map(OsStr::new);
    run(&python, pip.into_iter().chain([list.as_os_str()]))?;
    Ok(python)
}

/// The recipe, next to the library of tests/clients that it needs.
fn typescript() -> Result<PathBuf> {
    let folder = downloads("typescript")?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(here("../clients/typescript").join(file), folder.join(file))?;
    }
    let recipe = folder.join("recipe.cjs");
    fs::copy(here("recipes/recipe.cjs"), &recipe)?;
    let npm = ["ci", "--silent", "--no-audit", "--no-fund", "--prefix"].map(OsStr::new);
    run("npm", npm.into_iter().chain([folder.as_os_str()]))?;
    Ok(recipe)
}

fn downloads(name: &str) -> Result<PathBuf> {
    let folder = release("../bench")?.join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn are_there(programs: &[&str]) -> Result<()> {
    programs
        .iter()
        .try_for_each(|program| run(program, ["--version"]))
}

fn run<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Result<()> {
    let mut command = Command::new(program);
    let status = command.args(arguments).stdout(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?} failed.");
    Ok(())
}
