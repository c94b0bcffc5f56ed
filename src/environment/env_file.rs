//! The env file. Its variables are kept apart from the environment, never put into it.
//!
//! Only variables of runkey's and Octopus's count, so a file cannot set a proxy or anything of other
//! programs. Nothing is expanded.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use octopus::Untrusted;
use secrecy::zeroize::Zeroizing;

use super::{CREDENTIALS, STEP_CONTEXT};
use crate::output::Failure;

/// Beginnings of the names that count.
const PREFIXES: [&str; 2] = ["OCTOPUS_", "RUNKEY_"];
/// An env file has a page or two, in bytes.
const MAX_LENGTH: u64 = 1024 * 1024;

/// The variables of an env file.
pub struct EnvFile {
    path: PathBuf,
    variables: BTreeMap<String, Zeroizing<String>>,
}

impl EnvFile {
    /// Reads a file; nothing if it is empty, as the null device is. Its credentials do not count where
    /// the environment has one.
    ///
    /// # Errors
    /// When it cannot be read, or is invalid. No value in it is quoted.
    pub fn read(path: &Path, has_credential: bool) -> Result<Option<Self>, Failure> {
        let fail = |what: &dyn fmt::Display| {
            let path = Untrusted::from(path.to_string_lossy());
            Failure::usage(format!("Env file '{path}' {what}."), HELP)
        };
        let content =
            content(path).map_err(|error| fail(&format_args!("cannot be read: {error}")))?;
        if content.is_empty() {
            return Ok(None);
        }
        let text = decode(&content).map_err(|what| fail(&what))?;
        let mut variables = parse(text).map_err(|error| fail(&error))?;
        if has_credential {
            variables.retain(|name, _| !CREDENTIALS.contains(&name.as_str()));
        }
        Ok(Some(Self {
            path: path.to_owned(),
            variables,
        }))
    }

    /// Returns the value of a variable that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?;
        (!value.is_empty()).then_some(value.as_str())
    }

    /// Which file was read, and how much of it counts.
    pub fn summary(&self) -> String {
        let path = Untrusted::from(self.path.to_string_lossy());
        match self.variables.len() {
            0 => format!("Read '{path}': no OCTOPUS_* or RUNKEY_* variables."),
            1 => format!("Read 1 variable from '{path}'."),
            many => format!("Read {many} variables from '{path}'."),
        }
    }
}

impl fmt::Debug for EnvFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnvFile")
    }
}

const HELP: &str = "Correct the file or --env-file (RUNKEY_ENV_FILE): one NAME=value per line; put a value that contains blanks, '$' or '\\' into single quotes.";

fn content(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::new());
    let read = File::open(path)?
        .take(MAX_LENGTH)
        .read_to_end(&mut content)?;
    if read as u64 == MAX_LENGTH {
        return Err(io::Error::other("it is too long"));
    }
    Ok(content)
}

/// Decodes UTF-8, with or without a byte order mark.
fn decode(content: &[u8]) -> Result<&str, &'static str> {
    if content.starts_with(&[0xFF, 0xFE])
        || content.starts_with(&[0xFE, 0xFF])
        || content.contains(&0)
    {
        return Err("is encoded in UTF-16; save it as UTF-8");
    }
    let text = std::str::from_utf8(content).map_err(|_| "is not encoded in UTF-8")?;
    Ok(text.trim_start_matches('\u{feff}'))
}

/// What is wrong with a line. `Display` follows the file's name.
#[derive(Debug, PartialEq, Eq)]
struct LineError {
    line: usize,
    problem: Problem,
    name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    OpenQuote,
    Expansion,
    Unresolved,
    Duplicate,
    Unreadable,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(name) = &self.name {
            write!(f, "{name} ")?;
        }
        f.write_str(match self.problem {
            Problem::OpenQuote => "has a quote that is not closed",
            Problem::Expansion => "contains '$' or '\\' outside single quotes",
            Problem::Unresolved => "contains an unresolved Octopus variable ('#{...}')",
            Problem::Duplicate => "is set twice",
            Problem::Unreadable => "is not NAME=value",
        })
    }
}

/// Parses each line separately, so that no line becomes a part of another one's value. Lines of others
/// are ignored, but not a quote that is left open: other programs would read on behind it.
fn parse(text: &str) -> Result<BTreeMap<String, Zeroizing<String>>, LineError> {
    let mut variables = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let assignment = assignment(line);
        let is_ours = assignment.is_some_and(|(name, _)| is_ours(name));
        let name = assignment
            .map(|(name, _)| name.to_owned())
            .filter(|_| is_ours);
        let error = |problem| LineError {
            line: index + 1,
            problem,
            name: name.clone(),
        };
        let Some((_, value)) = assignment else {
            continue;
        };
        let scan = scan(value);
        if scan.is_open {
            return Err(error(Problem::OpenQuote));
        }
        let Some(name) = &name else { continue };
        if value.contains("#{") {
            return Err(error(Problem::Unresolved));
        }
        if scan.is_expanded {
            return Err(error(Problem::Expansion));
        }
        let mut parsed = dotenvy::from_read_iter(line.as_bytes());
        let value = match (parsed.next(), parsed.next()) {
            (Some(Ok((read, value))), None) if read == *name && !value.contains('\r') => value,
            _ => return Err(error(Problem::Unreadable)),
        };
        if variables
            .insert(name.clone(), Zeroizing::new(value))
            .is_some()
        {
            return Err(error(Problem::Duplicate));
        }
    }
    Ok(variables)
}

/// Splits a line into the name that it sets and the rest; nothing if it is blank or a comment.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    Some(line.split_at(end.unwrap_or(line.len())))
}

fn is_ours(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && name != STEP_CONTEXT
}

/// What the characters of a value would do.
#[derive(Debug, Default)]
struct Scan {
    /// A quote is left open.
    is_open: bool,
    /// A `$` or `\` outside single quotes would be replaced.
    is_expanded: bool,
}

fn scan(value: &str) -> Scan {
    let mut scan = Scan::default();
    let mut quote = None;
    let mut last = ' ';
    for c in value.chars() {
        match (c, quote) {
            ('#', None) if last.is_whitespace() => break,
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            ('$' | '\\', None | Some('"')) => scan.is_expanded = true,
            _ => {}
        }
        last = c;
    }
    scan.is_open = quote.is_some();
    scan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_variables_that_count() {
        let text = "# O'Brien's\n\nexport OCTOPUS_URL=https://a.example # it's ours\nRUNKEY_RUN_BY='Al $ice'\r\nPATH=$HOME\nRUNKEY_STEP_CONTEXT={}\nOCTOPUS_API_KEY=\"x y\"";
        let variables = parse(text).unwrap();
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            variables,
            [
                ("OCTOPUS_API_KEY", "x y"),
                ("OCTOPUS_URL", "https://a.example"),
                ("RUNKEY_RUN_BY", "Al $ice"),
            ]
        );
    }
}
