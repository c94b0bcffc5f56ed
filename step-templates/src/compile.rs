//! Builds the program by a [`Recipe`], so that it is the same, byte for byte, wherever it is built
//! with the same tools.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use color_eyre::eyre::{OptionExt as _, Result, WrapErr as _, ensure};

use crate::folder;
use crate::package::Program;
use crate::recipe::{Compiler, Recipe, StandardLibrary};
use crate::toolbox::{DEBIAN_CARGO, DEBIAN_RUSTC};

/// What stands between Rust's flags in the variable that holds them.
const SEPARATOR: &str = "\u{1f}";

/// Builds the program and puts it into its place below the folder `into`.
///
/// # Errors
/// When cargo fails, having said why, or the program cannot be copied.
pub fn compile(recipe: &Recipe, into: &Path) -> Result<Program> {
    let workspace = folder().parent().ok_or_eyre("There is no workspace.")?;
    let target_folder = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let target_folder = workspace.join(target_folder);
    let status = command(recipe, workspace, &target_folder)?
        .status()
        .wrap_err("cargo cannot be run")?;
    let system = recipe.system;
    ensure!(
        status.success(),
        "The program for {} could not be built; cargo says why above.",
        system.folder
    );
    let built = target_folder.join(&recipe.target).join("release");
    let built = built.join(system.program);
    let file = into.join(system.path());
    fs::create_dir_all(into.join(system.folder))?;
    fs::copy(&built, &file).wrap_err_with(|| format!("{} cannot be copied", built.display()))?;
    Ok(Program { system, file })
}

fn command(recipe: &Recipe, workspace: &Path, target_folder: &Path) -> Result<Command> {
    let is_debian = recipe.library == StandardLibrary::DebianSource;
    let mut command = Command::new(if is_debian { DEBIAN_CARGO } else { "cargo" });
    command
        .current_dir(workspace)
        .arg(match recipe.compiler {
            Compiler::Zig => "zigbuild",
            Compiler::Own | Compiler::Musl(_) | Compiler::MinGw => "build",
        })
        .args(["--release", "--locked", "--package", "runkey", "--target"])
        .arg(&recipe.target)
        .arg("--target-dir")
        .arg(target_folder);
    let mut flags = flags(&recipe.target, workspace, target_folder)?;
    if is_debian {
        // `-Z build-std` is not stable yet; the last variable allows it all the same.
        command
            .args(["-Z", "build-std=std,panic_abort"])
            .env("CARGO", DEBIAN_CARGO)
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1");
        // Debian's Rust has no start-up files for other systems: those of the C compiler are used.
        flags.push("-Clink-self-contained=no".to_owned());
    }
    if let Compiler::Musl(compiler) = &recipe.compiler {
        let target = recipe.target.replace('-', "_");
        let linker = format!("CARGO_TARGET_{}_LINKER", target.to_uppercase());
        command.env(linker, compiler);
        command.env(format!("CC_{target}"), compiler);
    }
    command
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join(SEPARATOR));
    Ok(command)
}

/// Rust's flags without which the names of this machine's folders, or the time, would be in the
/// program, or parts of it in files of their own.
fn flags(target: &str, workspace: &Path, target_folder: &Path) -> Result<Vec<String>> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = cargo_home.ok_or_eyre("This user has no home folder; set CARGO_HOME.")?;
    let sources = sources.join("registry").join("src");
    let folders = [
        (sources.as_path(), "crates"),
        (target_folder, "target"),
        (workspace, "."),
    ];
    let mut flags: Vec<String> = folders
        .iter()
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()))
        .collect();
    if target.ends_with("-windows-gnu") {
        flags.push("-Clink-arg=-Wl,--no-insert-timestamp".to_owned());
    } else if target.ends_with("-windows-msvc") {
        flags.push("-Clink-arg=/Brepro".to_owned());
        // With the C runtime in it, as the other programs have theirs.
        flags.push("-Ctarget-feature=+crt-static".to_owned());
    }
    Ok(flags)
}
