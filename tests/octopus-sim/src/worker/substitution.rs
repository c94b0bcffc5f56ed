//! `#{Name}` in scripts and values.
//!
//! Names only: the filters, conditions and loops of the real syntax are not simulated.

use super::variables::Variables;

/// Replaces each `#{Name}` in `text` by the variable's value, in comments too.
///
/// A value is itself searched for `#{…}`. An unknown name stays as it stands, and so does one that
/// leads back to itself. `##{` stands for a plain `#{`.
#[must_use]
pub fn substitute(text: &str, variables: &Variables) -> String {
    expand(text, variables, &mut Vec::new())
}

/// The value of the variable `name` with each `#{…}` in it replaced, or `None` when unknown.
pub(super) fn value_of(name: &str, variables: &Variables) -> Option<String> {
    let variable = variables.raw(name)?;
    Some(expand(
        &variable.value,
        variables,
        &mut vec![name.to_owned()],
    ))
}

/// `open` holds the names whose values are being replaced right now.
fn expand(text: &str, variables: &Variables, open: &mut Vec<String>) -> String {
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
            expanded.push_str(token);
            return expanded;
        };
        let (token, after) = token.split_at(end + 1);
        let name = token[2..end].trim();
        match variables.raw(name) {
            Some(variable) if !open.iter().any(|known| known == name) => {
                open.push(name.to_owned());
                expanded.push_str(&expand(&variable.value, variables, open));
                open.pop();
            }
            _ => expanded.push_str(token),
        }
        rest = after;
    }
    expanded.push_str(rest);
    expanded
}
