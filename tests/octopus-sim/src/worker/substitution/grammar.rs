//! The grammar of `#{…}` (OctopusDeploy/Octostache, `TemplateParser`).
//!
//! Each function reads from the beginning of a text, and gives what it read and the rest.

use std::fmt;

/// A part of a text.
pub(super) enum Token {
    /// Text that stands for itself.
    Text(String),
    /// `#{Name}`.
    Value(Expression),
    /// `#{if Name}…#{else}…#{/if}`, or `#{unless Name}…#{/unless}`.
    Choice {
        condition: Condition,
        if_true: Vec<Token>,
        if_false: Vec<Token>,
    },
}

/// A name with filters behind it: `Name | JsonEscape`.
pub(super) struct Expression {
    pub(super) symbol: Symbol,
    pub(super) filters: Vec<String>,
}

/// A name: `Octopus.Action[#{Step}].Output.Key`.
pub(super) struct Symbol(pub(super) Vec<Step>);

/// A part of a name.
pub(super) enum Step {
    Identifier(String),
    Index(String),
    /// The index is the value of another name.
    IndexOf(Symbol),
}

/// `Name`, which is true or not, or `Name == …`.
pub(super) struct Condition {
    pub(super) left: Expression,
    /// Whether the two are to be equal, and the other one.
    pub(super) right: Option<(bool, Operand)>,
}

pub(super) enum Operand {
    Text(String),
    Expression(Expression),
}

type Read<'a, T> = Option<(T, &'a str)>;

/// Reads a whole text. One of which any part cannot be read has no tokens at all.
pub(super) fn read(text: &str) -> Option<Vec<Token>> {
    let (tokens, rest) = tokens(text, None);
    rest.is_empty().then_some(tokens)
}

/// Reads as many tokens as there are, up to `end`.
fn tokens<'a>(mut rest: &'a str, end: Option<&str>) -> (Vec<Token>, &'a str) {
    let mut tokens = Vec::new();
    while end.is_none_or(|end| !rest.starts_with(end)) {
        let token = choice(rest).or_else(|| value(rest)).or_else(|| text(rest));
        let Some((token, after)) = token else { break };
        tokens.push(token);
        rest = after;
    }
    (tokens, rest)
}

/// Text to the next `#{`. `##{` stands for a plain one, and `###{` for a `#` before a token.
fn text(mut rest: &str) -> Read<'_, Token> {
    let mut text = String::new();
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '#' if rest.starts_with("###{") => {
                text.push('#');
                2
            }
            '#' if rest.starts_with("##{") => {
                text.push_str("#{");
                3
            }
            '#' if rest.starts_with("#{") => break,
            // The character behind it cannot begin a token.
            '#' => {
                let length = rest.chars().take(2).map(char::len_utf8).sum();
                text.push_str(&rest[..length]);
                length
            }
            other => {
                text.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    (!text.is_empty()).then_some((Token::Text(text), rest))
}

fn value(rest: &str) -> Read<'_, Token> {
    let (expression, rest) = expression(open(rest)?.trim_start())?;
    let rest = rest.trim_start().strip_prefix('}')?;
    Some((Token::Value(expression), rest))
}

fn choice(rest: &str) -> Read<'_, Token> {
    let rest = open(rest)?.trim_start();
    let is_keyword = |word: &&str| {
        let found = rest.get(..word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    };
    let keyword = ["if", "unless"].into_iter().find(is_keyword)?;
    let rest = &rest[keyword.len()..];
    let rest = rest.strip_prefix(char::is_whitespace)?;
    let (condition, rest) = condition(rest.trim_start())?;
    let rest = rest.trim_start().strip_prefix('}')?;
    let (first, rest) = tokens(rest, Some("#{else}"));
    let (second, rest) = match rest.strip_prefix("#{else}") {
        Some(rest) => tokens(rest, None),
        None => (Vec::new(), rest),
    };
    let rest = rest.strip_prefix(&format!("#{{/{keyword}}}"))?;
    let (if_true, if_false) = match keyword {
        "if" => (first, second),
        _ => (second, first),
    };
    let choice = Token::Choice {
        condition,
        if_true,
        if_false,
    };
    Some((choice, rest))
}

fn open(rest: &str) -> Option<&str> {
    let inside = rest.strip_prefix("#{")?;
    (!inside.starts_with('/')).then_some(inside)
}

fn condition(rest: &str) -> Read<'_, Condition> {
    if let Some((text, rest)) = quoted(rest) {
        let (is_equal, rest) = operator(rest)?;
        let (left, rest) = expression(rest)?;
        let right = Some((is_equal, Operand::Text(text.to_owned())));
        return Some((Condition { left, right }, rest));
    }
    let (left, after) = expression(rest)?;
    let Some((is_equal, rest)) = operator(after) else {
        return Some((Condition { left, right: None }, after));
    };
    let (right, rest) = operand(rest)?;
    let right = Some((is_equal, right));
    Some((Condition { left, right }, rest))
}

fn operand(rest: &str) -> Read<'_, Operand> {
    if let Some((text, rest)) = quoted(rest) {
        return Some((Operand::Text(text.to_owned()), rest));
    }
    let (operand, rest) = expression(rest)?;
    Some((Operand::Expression(operand), rest))
}

/// Whether equality is asked for.
fn operator(rest: &str) -> Read<'_, bool> {
    let rest = rest.trim_start();
    let equal = rest.strip_prefix("==").map(|rest| (true, rest));
    let (is_equal, rest) = equal.or_else(|| Some((false, rest.strip_prefix("!=")?)))?;
    Some((is_equal, rest.trim_start()))
}

fn quoted(rest: &str) -> Read<'_, &str> {
    let (text, rest) = rest.strip_prefix('"')?.split_once('"')?;
    (!text.contains('#')).then_some((text, rest))
}

fn expression(rest: &str) -> Read<'_, Expression> {
    let (symbol, mut rest) = match symbol(rest) {
        Some(read) => read,
        // The name may be missing before a filter.
        None if rest.starts_with('|') => (Symbol(Vec::new()), rest),
        None => return None,
    };
    let mut filters = Vec::new();
    while let Some(after) = rest.trim_start().strip_prefix('|') {
        let after = after.trim_start();
        let end = after.find(|c: char| !is_identifier(c));
        let (filter, after) = after.split_at(end.unwrap_or(after.len()));
        if filter.is_empty() {
            return None;
        }
        filters.push(filter.to_owned());
        rest = after;
    }
    Some((Expression { symbol, filters }, rest))
}

fn symbol(rest: &str) -> Read<'_, Symbol> {
    let (first, mut rest) = identifier(rest)?;
    let mut steps = vec![Step::Identifier(first.to_owned())];
    loop {
        if let Some((name, after)) = rest.strip_prefix('.').and_then(identifier) {
            steps.push(Step::Identifier(name.to_owned()));
            rest = after;
        } else if let Some((step, after)) = rest.strip_prefix('[').and_then(index) {
            steps.push(step);
            rest = after;
        } else {
            return Some((Symbol(steps), rest));
        }
    }
}

/// There may be blanks in it, but none before its end or an operator.
fn identifier(rest: &str) -> Read<'_, &str> {
    let is_end = |(at, c): &(usize, char)| {
        let after = &rest[at + c.len_utf8()..];
        let is_blank = c.is_whitespace() && !after.starts_with(['|', '}']) && !is_operator(after);
        !is_identifier(*c) && !is_blank
    };
    let end = rest.char_indices().find(is_end);
    let (name, rest) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
    (!name.is_empty()).then_some((name.trim(), rest))
}

fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || "_-:/~()@".contains(c)
}

fn is_operator(rest: &str) -> bool {
    let mut words = ["in", "==", "!="].into_iter();
    words.any(|word| {
        let after = rest.strip_prefix(word);
        after.is_some_and(|after| after.starts_with(char::is_whitespace))
    })
}

/// What stands between brackets; they may be nested.
fn index(rest: &str) -> Read<'_, Step> {
    let inner = rest.trim_start();
    if let Some((Token::Value(value), after)) = value(inner)
        && let Some(after) = after.trim_start().strip_prefix(']')
        && value.filters.is_empty()
    {
        return Some((Step::IndexOf(value.symbol), after));
    }
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((Step::Index(inner[..at].to_owned()), &inner[at + 1..]));
        }
    }
    None
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.symbol.fmt(f)?;
        self.filters
            .iter()
            .try_for_each(|filter| write!(f, " | {filter}"))
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Identifier(name) if at == 0 => f.write_str(name)?,
                Step::Identifier(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::IndexOf(symbol) => write!(f, "[#{{{symbol}}}]")?,
            }
        }
        Ok(())
    }
}
