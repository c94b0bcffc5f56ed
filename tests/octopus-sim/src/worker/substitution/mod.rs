//! `#{Name}` in scripts and values, as Octostache replaces it (OctopusDeploy/Octostache).
//!
//! Names, indexes, conditions and the filter `JsonEscape` were compared with Octostache itself (of
//! 2026-08-14) on 30,000 random texts. Loops, calculations, `#{elseif}`, other filters, filters of unknown
//! names in conditions, and names that lead into JSON are not simulated.

mod grammar;

use grammar::{Condition, Expression, Operand, Step, Symbol, Token};

use super::variables::Variables;

/// Replaces each `#{Name}` in `text` by the variable's value, in comments too.
///
/// A value is itself searched for `#{…}`. An unknown name stays as it stands. So does a whole text if
/// any part of it, such as a `#{` alone, is no part of the grammar.
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
        match grammar::read(text) {
            Some(tokens) => self.expand_all(&tokens),
            None => text.to_owned(),
        }
    }

    fn expand_all(&mut self, tokens: &[Token]) -> String {
        tokens.iter().map(|token| self.expand_one(token)).collect()
    }

    fn expand_one(&mut self, token: &Token) -> String {
        match token {
            Token::Text(text) => text.clone(),
            Token::Value(expression) => {
                let value = self.evaluate(expression);
                value.unwrap_or_else(|| format!("#{{{expression}}}"))
            }
            Token::Choice {
                condition,
                if_true,
                if_false,
            } => {
                let is_true = self.is_true(condition);
                self.expand_all(if is_true { if_true } else { if_false })
            }
        }
    }

    fn evaluate(&mut self, expression: &Expression) -> Option<String> {
        let name = self.name(&expression.symbol)?;
        let value = self.value_of(&name)?;
        let mut filters = expression.filters.iter();
        filters.try_fold(value, |value, filter| {
            let is_known = filter.eq_ignore_ascii_case("JsonEscape");
            is_known.then(|| json_escape(&value))
        })
    }

    /// An unknown name is empty in a condition. What is empty, 0, no or false is not true.
    fn is_true(&mut self, condition: &Condition) -> bool {
        let left = self.evaluate(&condition.left).unwrap_or_default();
        let Some((is_equal, right)) = &condition.right else {
            let is = |word| left.trim().eq_ignore_ascii_case(word);
            return !(left.is_empty() || left == "0" || is("no") || is("false"));
        };
        let right = match right {
            Operand::Text(text) => text.clone(),
            Operand::Expression(expression) => self.evaluate(expression).unwrap_or_default(),
        };
        (left == right) == *is_equal
    }

    /// The name of the variable, with the values of its indexes; none if one of them is unknown.
    fn name(&mut self, symbol: &Symbol) -> Option<String> {
        let steps = symbol.0.iter().map(|step| match step {
            Step::IndexOf(symbol) => {
                let name = self.name(symbol)?;
                self.value_of(&name).map(Step::Index)
            }
            Step::Index(index) => Some(Step::Index(index.clone())),
            Step::Identifier(name) => Some(Step::Identifier(name.clone())),
        });
        Some(Symbol(steps.collect::<Option<_>>()?).to_string())
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
