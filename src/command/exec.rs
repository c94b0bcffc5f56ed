//! Becoming the command.

use std::io;
use std::process::{Command, ExitCode};

/// Replaces this process by the command: same standard streams, same signals. Returns only if that
/// failed.
///
/// The standard library's own `exec` would pass a file that the system cannot run to a shell, a program
/// for another processor too.
#[cfg(unix)]
pub fn exec(command: &mut Command) -> io::Result<ExitCode> {
    use std::collections::BTreeMap;
    use std::env;

    let arguments: Vec<_> = [command.get_program()]
        .into_iter()
        .chain(command.get_args())
        .map(c_string)
        .collect::<io::Result<_>>()?;
    let mut variables: BTreeMap<_, _> = env::vars_os().collect();
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => variables.insert(name.to_owned(), value.to_owned()),
            None => variables.remove(name),
        };
    }
    let variables: Vec<_> = variables
        .into_iter()
        .map(|(mut name, value)| {
            name.push("=");
            name.push(value);
            c_string(&name)
        })
        .collect::<io::Result<_>>()?;
    // exec resets a handled signal to its default action and keeps an ignored one; Rust ignores SIGPIPE.
    signal_hook::flag::register(signal_hook::consts::SIGPIPE, std::sync::Arc::default())?;
    let mut failed = io::ErrorKind::NotFound.into();
    for file in super::candidates(command.get_program()) {
        let Err(error) = nix::unistd::execve(&c_string(file.as_os_str())?, &arguments, &variables);
        let error = io::Error::from(error);
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {}
            io::ErrorKind::PermissionDenied => failed = error,
            _ => return Err(error),
        }
    }
    Err(failed)
}

#[cfg(unix)]
fn c_string(text: &std::ffi::OsStr) -> io::Result<std::ffi::CString> {
    Ok(std::ffi::CString::new(text.as_encoded_bytes())?)
}

/// Runs the command as a child, since Windows cannot replace a process, and passes its exit code on.
#[cfg(windows)]
pub fn exec(command: &mut Command) -> io::Result<ExitCode> {
    let signals = super::Signals::default();
    // Ctrl-C is the command's; where it cannot be caught, it ends runkey too.
    let _ = signals.install();
    super::child::run(command, &signals, std::time::Duration::MAX).map(super::exit_code_of)
}
