//! How the program for a system is built on this machine, or what is missing for that.

use crate::systems::System;
use crate::toolbox::{MINGW, Toolbox, ZIGBUILD, musl_compilers};

/// How to build the program for one system.
#[derive(Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The system that the program is for.
    pub system: &'static System,
    /// Rust's name for it.
    pub target: String,
    /// Where the standard library comes from.
    pub library: StandardLibrary,
    /// What compiles the C in it (the library `ring` holds some) and links it.
    pub compiler: Compiler,
}

/// Where Rust's standard library for a target comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardLibrary {
    /// It is there, as rustup installs it.
    Installed,
    /// Debian's Rust builds it from its source, so that nothing but Debian's packages is needed.
    DebianSource,
}

/// A C compiler and linker for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The one that Rust uses on this machine anyway.
    Own,
    /// Zig's, by cargo-zigbuild: for Linux on any processor, from any machine.
    Zig,
    /// This musl compiler.
    Musl(String),
    /// MinGW's, for Windows.
    MinGw,
}

/// What is missing for a system's program, as half a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing(pub String);

impl Recipe {
    /// The best way to build for `system` with these tools. The machine's own system can always be
    /// built for, if need be with a program that leans on the machine's own C library.
    ///
    /// # Errors
    /// When a tool is missing; all that are missing are named.
    pub fn find(system: &'static System, tools: &Toolbox) -> Result<Self, Missing> {
        let is_own = tools.own == Some(system);
        if is_own && !system.target.ends_with("-musl") {
            return Ok(Self::own(system, tools));
        }
        match Self::portable(system, tools) {
            Err(_) if is_own => Ok(Self::own(system, tools)),
            found => found,
        }
    }

    /// What the program needs of the machine that it runs on; `None` for nothing.
    #[must_use]
    pub fn caveat(&self, tools: &Toolbox) -> Option<String> {
        let is_portable = self.target == self.system.target || self.system.host.0 == "windows";
        if is_portable {
            return None;
        }
        let Missing(tools) = Self::portable(self.system, tools).err()?;
        Some(format!(
            "not static: it runs where the C library is this machine's or newer. A static one needs {tools}"
        ))
    }

    fn own(system: &'static System, tools: &Toolbox) -> Self {
        Self {
            system,
            target: tools.host.clone(),
            library: StandardLibrary::Installed,
            compiler: Compiler::Own,
        }
    }

    /// For a program that needs nothing of the machine that it runs on.
    fn portable(system: &'static System, tools: &Toolbox) -> Result<Self, Missing> {
        let library = library(system, tools);
        let compiler = if system.host.0 == "windows" {
            mingw(tools)
        } else {
            musl(system, tools, library.as_ref().ok().copied())
        };
        match (library, compiler) {
            (Ok(library), Ok(compiler)) => Ok(Self {
                system,
                target: system.target.to_owned(),
                library,
                compiler,
            }),
            (Err(library), Err(compiler)) => Err(Missing(format!("{library}, and {compiler}"))),
            (Err(missing), _) | (_, Err(missing)) => Err(Missing(missing)),
        }
    }
}

fn library(system: &System, tools: &Toolbox) -> Result<StandardLibrary, String> {
    if tools.targets.contains(system.target) {
        Ok(StandardLibrary::Installed)
    } else if tools.debian {
        Ok(StandardLibrary::DebianSource)
    } else {
        Err(format!(
            "Rust's standard library for it (rustup target add {}; without rustup, on Debian: apt-get install cargo-web rustc-web rust-web-src)",
            system.target
        ))
    }
}

fn mingw(tools: &Toolbox) -> Result<Compiler, String> {
    if tools.has(MINGW) {
        return Ok(Compiler::MinGw);
    }
    Err("MinGW (apt-get install gcc-mingw-w64-x86-64, brew install mingw-w64)".to_owned())
}

fn musl(
    system: &System,
    tools: &Toolbox,
    library: Option<StandardLibrary>,
) -> Result<Compiler, String> {
    if tools.has(ZIGBUILD) {
        return Ok(Compiler::Zig);
    }
    // Debian's Rust lacks the start-up files and the unwinder, which Zig has.
    let needs_zig = library == Some(StandardLibrary::DebianSource);
    let mut compilers = musl_compilers(system).into_iter();
    match compilers.find(|compiler| !needs_zig && tools.has(compiler)) {
        Some(compiler) => Ok(Compiler::Musl(compiler)),
        None if tools.own == Some(system) && !needs_zig => {
            Err("a C compiler (apt-get install musl-tools, or pip install cargo-zigbuild)".into())
        }
        None => Err("a C compiler (pip install cargo-zigbuild, which brings Zig)".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(folder: &str) -> &'static System {
        folder.parse().unwrap()
    }

    fn linux_with(targets: &[&'static str], programs: &[&str]) -> Toolbox {
        Toolbox {
            host: "x86_64-unknown-linux-gnu".to_owned(),
            own: Some(system("linux-x64")),
            targets: targets.iter().copied().collect(),
            debian: false,
            programs: programs.iter().map(|&program| program.to_owned()).collect(),
        }
    }

    #[test]
    fn a_machine_with_nothing_but_cargo_builds_for_its_own_system_and_says_what_that_takes() {
        let tools = linux_with(&[], &[]);
        let own = Recipe::find(system("linux-x64"), &tools).unwrap();
        assert_eq!(
            (own.target.as_str(), &own.compiler),
            ("x86_64-unknown-linux-gnu", &Compiler::Own)
        );
        let caveat = own.caveat(&tools).unwrap();
        assert!(caveat.starts_with("not static"), "{caveat}");
        assert!(caveat.contains("rustup target add x86_64-unknown-linux-musl"));
        assert!(caveat.contains("musl-tools"));
    }

    #[test]
    fn all_that_is_missing_is_said_at_once() {
        let Missing(what) = Recipe::find(system("win-x64"), &linux_with(&[], &[])).unwrap_err();
        assert!(what.contains("rustup target add x86_64-pc-windows-gnu"));
        assert!(what.contains("MinGW"));
    }

    #[test]
    fn the_own_program_is_static_where_the_target_and_a_compiler_for_it_are_there() {
        let tools = linux_with(&["x86_64-unknown-linux-musl"], &["x86_64-linux-musl-gcc"]);
        let own = Recipe::find(system("linux-x64"), &tools).unwrap();
        assert_eq!(own.target, "x86_64-unknown-linux-musl");
        assert_eq!(own.compiler, Compiler::Musl("x86_64-linux-musl-gcc".into()));
        assert_eq!(own.caveat(&tools), None);
    }

    #[test]
    fn debians_rust_builds_its_own_standard_library_and_links_with_zig() {
        let mut tools = linux_with(&[], &["x86_64-linux-musl-gcc", ZIGBUILD, MINGW]);
        tools.debian = true;
        for (folder, compiler) in [
            ("linux-arm64", Compiler::Zig),
            ("linux-x64", Compiler::Zig),
            ("win-x64", Compiler::MinGw),
        ] {
            let recipe = Recipe::find(system(folder), &tools).unwrap();
            assert_eq!(recipe.library, StandardLibrary::DebianSource);
            assert_eq!(recipe.compiler, compiler);
        }
    }

    #[test]
    fn windows_needs_no_more_than_cargo_for_its_own_program() {
        let tools = Toolbox {
            host: "x86_64-pc-windows-msvc".to_owned(),
            own: Some(system("win-x64")),
            ..Toolbox::default()
        };
        let own = Recipe::find(system("win-x64"), &tools).unwrap();
        assert_eq!(own.target, "x86_64-pc-windows-msvc");
        assert_eq!(own.caveat(&tools), None);
    }

    #[test]
    fn another_kind_of_machine_has_no_program_of_its_own() {
        let macos = Toolbox {
            host: "aarch64-apple-darwin".to_owned(),
            ..Toolbox::default()
        };
        assert!(Recipe::find(system("linux-arm64"), &macos).is_err());
    }
}
