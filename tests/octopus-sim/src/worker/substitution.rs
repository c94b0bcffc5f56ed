//! `#{Name}` in scripts and values.
//!
//! Names, and the filter `JsonEscape`: other filters, conditions and loops of the real syntax are not
//! simulated, and stay as they stand.

use super::variables::Variables;

/// Replaces each `#{Name}` in `text` by the variable's value, in comments too.
///
/// A value is itself searched for `#{…}`. An unknown name stays as it stands, and so does one that
/// leads back to itself. `##{` stands for a plain `#{`. An index may be an expression of its own.
/// Behind the name may stand a filter: `#{Name | JsonEscape}`.
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
            let Some(end) = end_of(token) else {
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
        let (name, filter) = split_filter(inside);
        let name = self.indexed(name.trim())?;
        let value = self.value_of(&name)?;
        match filter {
            None => Some(value),
            Some(filter) if filter.trim() == "JsonEscape" => Some(json_escape(&value)),
            Some(_) => None,
        }
    }

    /// A name with each expression in it, such as one for an index, replaced. An index that begins
    /// with a blank finds nothing.
    fn indexed(&mut self, name: &str) -> Option<String> {
        let mut indexed = String::new();
        let mut rest = name;
        while let Some(start) = rest.find("#{") {
            let (before, token) = rest.split_at(start);
            let end = end_of(token)?;
            let value = self.replacement(&token[2..end])?;
            if value.starts_with(char::is_whitespace) {
                return None;
            }
            indexed.push_str(before);
            indexed.push_str(&value);
            rest = &token[end + 1..];
        }
        indexed.push_str(rest);
        Some(indexed)
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

/// Where the `}` of the `#{` stands that a text begins with; there may be others in between.
fn end_of(token: &str) -> Option<usize> {
    let mut depth = 0;
    for (place, character) in token.char_indices() {
        match character {
            '{' if token[..place].ends_with('#') => depth += 1,
            '}' if depth == 1 => return Some(place),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The name, and the filter behind the first `|` that is in no index.
fn split_filter(inside: &str) -> (&str, Option<&str>) {
    let mut depth = 0;
    for (place, character) in inside.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            '|' if depth <= 0 => return (&inside[..place], Some(&inside[place + 1..])),
            _ => {}
        }
    }
    (inside, None)
}

/// Escapes what Octostache escapes, and no other control character.
fn json_escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\r' => escaped.push_str("\\r"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            other => escaped.push(other),
        }
    }
    escaped
}
