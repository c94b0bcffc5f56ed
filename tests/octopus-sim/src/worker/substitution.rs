//! `#{Name}` in scripts and values.
//!
//! Names, and the filters of [`super::filters`]: the conditions and loops of the real syntax
//! are not simulated, and stay as they stand.

use super::filters;
use super::variables::Variables;

/// Replaces each `#{Name}` in `text` by the variable's value, in comments too.
///
/// A value is itself searched for `#{…}`. An unknown name stays as it stands, and so does one that
/// leads back to itself. `##{` stands for a plain `#{`. Behind the name may stand filters, such as in
/// `#{Name | ToUpper}`; a filter needs no name before it where it makes a value of its own.
#[must_use]
pub fn substitute(text: &str, variables: &Variables) -> String {
    Expansion::new(variables).expand(text)
}

/// The value of the variable `name` with each `#{…}` in it replaced, or `None` when unknown.
pub(super) fn value_of(name: &str, variables: &Variables) -> Option<String> {
    Expansion::new(variables).value_of(name)
}

/// Whether the value of the variable `name` leads back to a variable on its way.
pub(super) fn leads_to_itself(name: &str, variables: &Variables) -> bool {
    let mut expansion = Expansion::new(variables);
    expansion.value_of(name);
    expansion.leads_back
}

struct Expansion<'a> {
    variables: &'a Variables,
    /// The names whose values are being replaced right now, in lower case.
    open: Vec<String>,
    /// Whether one of them was asked for again.
    leads_back: bool,
}

impl<'a> Expansion<'a> {
    fn new(variables: &'a Variables) -> Self {
        Self {
            variables,
            open: Vec::new(),
            leads_back: false,
        }
    }

    fn expand(&mut self, text: &str) -> String {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("#{") {
            let (before, token) = rest.split_at(start);
            if let Some(kept) = before.strip_suffix('#') {
                expanded.push_str(kept);
                expanded.push_str("#{");
                rest = &token[2..];
                continue;
            }
            expanded.push_str(before);
            let Some(end) = token.find('}') else {
                rest = token;
                break;
            };
            let (token, after) = token.split_at(end + 1);
            match self.replacement(&token[2..end]) {
                Some(value) => expanded.push_str(&value),
                None => expanded.push_str(token),
            }
            rest = after;
        }
        expanded.push_str(rest);
        expanded
    }

    /// What stands for the inside of a `#{…}`.
    fn replacement(&mut self, inside: &str) -> Option<String> {
        if let Some(value) = self.value_of(inside.trim()) {
            return Some(value);
        }
        let (name, names) = inside.split_once('|')?;
        let value = match name.trim() {
            "" => None,
            name => Some(self.value_of(name)?),
        };
        filters::apply(names, value)
    }

    fn value_of(&mut self, name: &str) -> Option<String> {
        let variable = self.variables.raw(name)?;
        let name = name.to_lowercase();
        if self.open.contains(&name) {
            self.leads_back = true;
            return None;
        }
        self.open.push(name);
        let value = self.expand(&variable.value);
        self.open.pop();
        Some(value)
    }
}
