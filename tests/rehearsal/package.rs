//! The package that the steps find runkey in: made from this build, and unpacked as a worker does.

use std::fs::File;
use std::path::{Path, PathBuf};

use step_templates::package;
use step_templates::program::{Program, System};
use zip::ZipArchive;

/// Packs the program of this build, unpacks it, and gives the folder; nothing on a system that the
/// package has no program for, where the steps find runkey on the `PATH`.
pub fn unpacked() -> Option<PathBuf> {
    let program = Program {
        system: System::here()?,
        file: env!("CARGO_BIN_EXE_runkey").into(),
    };
    let stage = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("rehearsal");
    std::fs::create_dir_all(&stage).expect("the build's folder can be written");
    let zip = stage.join(package::file_name());
    package::write(&zip, &[program], "").expect("the program can be packed");
    let folder = stage.join("package");
    let zip = File::open(&zip).expect("the package was just written");
    ZipArchive::new(zip)
        .and_then(|mut archive| archive.extract(&folder))
        .expect("the package can be unpacked");
    Some(folder)
}
