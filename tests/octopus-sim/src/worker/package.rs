//! The packages of a step, unpacked the way the worker does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A package that a step refers to.
#[derive(Clone, Debug)]
pub(super) struct Package {
    /// The name by which the step refers to it.
    pub name: String,
    /// A folder with what is in it; `None` where the package was not acquired.
    pub content: Option<PathBuf>,
}

impl Package {
    /// The variable that tells a script where the package is.
    pub fn variable(&self) -> String {
        format!("Octopus.Action.Package[{}].ExtractedPath", self.name)
    }

    /// Unpacks it into the step's `folder`, and gives where; nothing for one that was not acquired.
    pub fn unpack(&self, folder: &Path) -> io::Result<Option<PathBuf>> {
        let Some(content) = &self.content else {
            return Ok(None);
        };
        let target = folder.join(&self.name);
        copy(content, &target)?;
        take_run_bits(&target)?;
        Ok(Some(target))
    }
}

/// Has another program copy: a file that this process has open for writing, even in a child that is
/// just being started by another thread, could not be run.
#[cfg(unix)]
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut command = std::process::Command::new("cp");
    let status = command.arg("-R").arg(from).arg(to).status()?;
    let failed = || io::Error::other(format!("cp could not copy '{}'", from.display()));
    status.success().then_some(()).ok_or_else(failed)
}

#[cfg(not(unix))]
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Makes every file one that can be read and not run, as packed files always arrive.
fn take_run_bits(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            take_run_bits(&entry.path())?;
        } else {
            #[cfg(unix)]
            fs::set_permissions(
                entry.path(),
                std::os::unix::fs::PermissionsExt::from_mode(0o644),
            )?;
        }
    }
    Ok(())
}
