//! Variables from a `.env` file: kept beside the environment, never put into it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use crate::output::Failure;
use crate::secret::{ACCESS_TOKEN, API_KEY};
use crate::step_context::{STEP_CONTEXT, StepContext};
use crate::stranger::{self, Stranger};

const DEFAULT: &str = ".env";
/// Only variables with these beginnings count: no proxy, no certificates, nothing of others.
const OURS: [&str; 2] = ["OCTOPUS_", "RUNKEY_"];
/// A file of variables is a page or two, in bytes.
const LONGEST: usize = 1024 * 1024;

/// What runkey may know of its surroundings: the environment, and behind it a file.
#[derive(Default)]
pub struct Environment {
    file: BTreeMap<String, Zeroizing<String>>,
    /// What the step says, in whose place neither the environment nor a file speaks.
    step: Option<StepContext>,
    /// Which file was read and how much was in it; nothing if there was none, or nothing in it.
    pub read: Option<String>,
    /// Whether there is a `.env` that was not opened, because a credential is in the environment.
    pub passed_over: bool,
}

impl Environment {
    /// Reads the file that was named, or else `.env` in the current folder if the environment holds
    /// no credential: a stranger's file can then never steer somebody's key. Parent folders are not
    /// searched.
    ///
    /// # Errors
    /// When a named file is missing, or a file cannot be used. What is in the file is not quoted.
    pub fn load(named: Option<&Path>) -> Result<Self, Failure> {
        if let Some(context) = from_environment(STEP_CONTEXT) {
            return Self::of_step(&context);
        }
        let has_credential = [API_KEY, ACCESS_TOKEN]
            .iter()
            .any(|name| from_environment(name).is_some());
        let file = named.unwrap_or(Path::new(DEFAULT));
        let content = match named {
            None if has_credential || !Path::new(DEFAULT).is_file() => {
                return Ok(Self {
                    passed_over: has_credential && Path::new(DEFAULT).is_file(),
                    ..Self::default()
                });
            }
            _ => content_of(file).map_err(|error| unreadable(file, &error))?,
        };
        if content.is_empty() {
            return Ok(Self::default());
        }
        let text = std::str::from_utf8(&content)
            .ok()
            .filter(|text| !text.contains('\0'))
            .ok_or_else(|| unusable(file, "is no text of that kind"))?;
        let mut variables = read(file, text)?;
        if has_credential {
            variables.retain(|name, _| name != API_KEY && name != ACCESS_TOKEN);
        }
        let shown = stranger::path(file);
        let read = match variables.len() {
            0 => format!("Read '{shown}': none of its variables is for runkey."),
            1 => format!("Read 1 variable from '{shown}'."),
            many => format!("Read {many} variables from '{shown}'."),
        };
        Ok(Self {
            file: variables,
            read: Some(read),
            ..Self::default()
        })
    }

    /// In a step no file is read: the step alone decides.
    fn of_step(context: &OsString) -> Result<Self, Failure> {
        let step = StepContext::parse(&context.to_string_lossy());
        let step = step.map_err(|error| {
            Failure::usage(
                error.to_string(),
                "Write each member as \"Name\": \"#{Name | JsonEscape}\".",
            )
        })?;
        Ok(Self {
            step: Some(step),
            ..Self::default()
        })
    }

    /// What the step says, if runkey runs in one.
    pub fn step(&self) -> Option<&StepContext> {
        self.step.as_ref()
    }

    /// What the environment says, as far as it counts.
    fn in_environment(&self, name: &str) -> Option<OsString> {
        let counts = self.step.is_none() || StepContext::admits(name);
        counts.then(|| from_environment(name)).flatten()
    }

    /// What the environment says, or else the file. An empty variable counts as not set: a step
    /// template passes an empty parameter as an empty variable.
    pub fn get(&self, name: &str) -> Option<OsString> {
        self.in_environment(name)
            .or_else(|| self.in_file(name).map(Into::into))
    }

    /// Whether the variable is there, but empty.
    pub fn is_empty(&self, name: &str) -> bool {
        let is_there = is_in_environment(name) || self.file.contains_key(name);
        is_there && self.get(name).is_none()
    }

    /// What the step or the file says, where the environment says nothing.
    pub fn in_file(&self, name: &str) -> Option<&str> {
        if let Some(step) = &self.step {
            return step.get(name);
        }
        if from_environment(name).is_some() {
            return None;
        }
        let value = self.file.get(name)?;
        (!value.is_empty()).then_some(value)
    }
}

/// The whole file, unless it is too long to be one.
fn content_of(file: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::new());
    let longest = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    let read = fs::File::open(file)?
        .take(longest)
        .read_to_end(&mut content)?;
    if read == LONGEST {
        return Err(io::Error::other("it is far too long"));
    }
    Ok(content)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
fn is_in_environment(name: &str) -> bool {
    env::var_os(name).is_some()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
fn from_environment(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The variables that count, each line read by itself. Lines that are about other variables, or
/// part of them, are none of our business.
fn read(file: &Path, text: &str) -> Result<BTreeMap<String, Zeroizing<String>>, Failure> {
    let mut variables = BTreeMap::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let Some((name, value)) = ours(line) else {
            continue;
        };
        let at = |what: &str| unusable(file, &format!("{what} in line {}, {name}", number + 1));
        if value.contains("#{") {
            return Err(at(
                "still holds '#{', a variable that Octopus did not fill in,",
            ));
        }
        if is_filled_in(value) {
            return Err(at(
                "has a '$' or a '\\', which would be replaced, outside single quotes",
            ));
        }
        let mut parsed = dotenvy::from_read_iter(line.as_bytes());
        match (parsed.next(), parsed.next()) {
            (Some(Ok((_, value))), None) => {
                variables.insert(name.to_owned(), Zeroizing::new(value));
            }
            _ => return Err(at("has something that is not NAME=value")),
        }
    }
    Ok(variables)
}

/// The name and the raw value of a line that sets a variable of ours.
fn ours(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let end = line
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    OURS.iter()
        .any(|ours| name.starts_with(ours))
        .then_some((name, rest))
}

/// Whether dotenvy would replace something in this value: a `$` or a `\` outside single quotes.
fn is_filled_in(value: &str) -> bool {
    let mut quote = None;
    for c in value.chars() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            ('$' | '\\', None | Some('"')) => return true,
            _ => {}
        }
    }
    false
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    unusable(file, &format!("cannot be read: {error}"))
}

fn unusable(file: &Path, what: &str) -> Failure {
    Failure::usage(
        format!("The file of variables '{}' {what}.", stranger::path(file)),
        "Correct --env-file (RUNKEY_ENV_FILE) or the file: one NAME=value a line, a value with blanks, '$' or '\\' in single quotes.",
    )
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment")
    }
}

/// A value as text, for messages and purposes; what is no Unicode becomes a sign for that.
pub fn text(value: &OsString) -> Stranger {
    value.to_string_lossy().into_owned().into()
}
