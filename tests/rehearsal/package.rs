//! The package in which the steps find runkey: made from this build, and unpacked as a worker does.

use std::fs::File;
use std::path::{Path, PathBuf};

use step_templates::package;
use step_templates::program::{Program, System};
use zip::ZipArchive;

/// Packs the program of this build, unpacks it, and returns the folder; `None` on a system that the
/// package has no program for.
pub fn unpacked() -> Option<PathBuf> {
    let program = Program {
        system: System::here()?,
        file: env!("CARGO_BIN_EXE_runkey").into(),
    };
    let zip = folder().join(package::file_name());
    package::write(&zip, &[program], "").expect("the program can be packed");
    let folder = folder().join("package");
    let zip = File::open(&zip).expect("the package was just written");
    ZipArchive::new(zip)
        .and_then(|mut archive| archive.extract(&folder))
        .expect("the package can be unpacked");
    Some(folder)
}

/// Where the package and the audit report are kept: `target/rehearsal`.
pub fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("rehearsal");
    std::fs::create_dir_all(&folder).expect("the build's folder can be written");
    folder
}
