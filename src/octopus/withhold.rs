//! Finds secrets in a text: those of this process in any common writing, and what is shaped like one.
//!
//! A server may quote the secret it was sent, or one it created; a person may choose a name in
//! which Octopus puts the value of a variable, changed by a filter. Such a text is shown without
//! the secret, and refused as a name or a purpose.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use secrecy::zeroize::Zeroizing;

use crate::secret;

/// Stands for a secret.
const WITHHELD: &str = "********";
/// Minimum length of a part of a secret that counts as leaking it, in letters and digits.
const PART: usize = 12;
/// The characters of base64 that depend on [`PART`] bytes alone, wherever they begin.
const PART_IN_BASE64: usize = 15;
/// Fewer letters and digits after `API-` may be a hint or a name.
const MIN_KEY: usize = 16;
/// The length of the parts of writings with two or more characters a letter. One begins at every step, so
/// that any 2 × [`PART`] characters contain one.
const LONG: usize = 16;
const LONG_STEP: usize = 2 * PART - LONG + 1;
/// How often a text may be percent-encoded; more would take time without end in a hostile text.
const MAX_NESTING: usize = 8;
/// Tokens have hundreds of characters.
const MIN_TOKEN: usize = 16;
/// A part of a secret with fewer letters and digits is in too many texts.
const MIN_PART: usize = 8;

/// Returns the text with `********` for every secret in it.
#[must_use]
pub fn withhold_secrets(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    // What stands before and behind a secret may be parts of another one. Each round leaves fewer
    // letters and digits.
    loop {
        let found = find(&shown);
        if found.is_empty() {
            return shown;
        }
        let mut rest = String::with_capacity(shown.len());
        let mut end = 0;
        for range in found {
            rest.push_str(&shown[end..range.start]);
            rest.push_str(WITHHELD);
            end = range.end;
        }
        rest.push_str(&shown[end..]);
        shown = Cow::Owned(rest);
    }
}

/// Returns whether a text contains a secret of this process in any common writing, or anything
/// that is shaped like an API key (`API-` and at least 16 letters and digits) or a JSON web token
/// (`eyJ…`).
#[must_use]
pub fn contains_secret(text: &str) -> bool {
    !find(text).is_empty()
}

/// Finds every secret in a text, in order, without overlaps.
fn find(text: &str) -> Vec<Range<usize>> {
    let decoded = decode(text);
    let folded = fold(&decoded);
    let mut found = shapes(&decoded);
    for known in secret::known() {
        let whole = text.match_indices(known.expose());
        found.extend(whole.map(|(start, part)| start..start + part.len()));
        found.extend(known.writings.find(&folded));
    }
    merge(found)
}

fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The bytes of a text once they are decoded, and where each is written in it.
#[derive(Default)]
struct Decoded {
    bytes: Zeroizing<Vec<u8>>,
    places: Vec<Range<usize>>,
}

impl Decoded {
    fn push(&mut self, byte: u8, place: Range<usize>) {
        self.bytes.push(byte);
        self.places.push(place);
    }

    /// Returns where the bytes from `start` on are written.
    fn place(&self, start: usize, length: usize) -> Range<usize> {
        self.places[start].start..self.places[start + length - 1].end
    }
}

/// Decodes what is percent-encoded, once or several times, or escaped as in JSON or HTML.
fn decode(text: &str) -> Decoded {
    let bytes = text.as_bytes();
    let mut decoded = Decoded::default();
    let mut start = 0;
    while let Some(&byte) = bytes.get(start) {
        let (byte, end) = match byte {
            b'%' => percent_encoded(bytes, start).unwrap_or((byte, start + 1)),
            b'\\' | b'&' => escaped(bytes, start).unwrap_or((byte, start + 1)),
            _ => (byte, start + 1),
        };
        decoded.push(byte, start..end);
        start = end;
    }
    decoded
}

/// Returns the ASCII character that is percent-encoded here, and where its writing ends.
fn percent_encoded(bytes: &[u8], percent: usize) -> Option<(u8, usize)> {
    let mut at = percent + 1;
    // `%2541` is `%41`, encoded twice.
    for _ in 0..MAX_NESTING {
        if hexadecimal(bytes, at) != Some(b'%') || hexadecimal(bytes, at + 2).is_none() {
            break;
        }
        at += 2;
    }
    let byte = hexadecimal(bytes, at).filter(u8::is_ascii)?;
    Some((byte, at + 2))
}

/// Returns the ASCII character that is escaped here (`\u0041`, `\x41`, `&#x41;`, `&#65;`), and where its
/// writing ends.
fn escaped(bytes: &[u8], start: usize) -> Option<(u8, usize)> {
    let is_html = bytes[start] == b'&';
    let begins = |prefix: &&&str| {
        let beginning = bytes[start..].get(..prefix.len());
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    let (byte, end) = if let Some(prefix) = ["\\u00", "\\x", "&#x"].iter().find(begins) {
        let mut at = start + prefix.len();
        if is_html {
            at += zeros(&bytes[at..]);
        }
        (hexadecimal(bytes, at)?, at + 2)
    } else {
        let digits = bytes[start..].strip_prefix(b"&#")?;
        let at = zeros(digits);
        let length = digits[at..]
            .iter()
            .take(4)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let number = std::str::from_utf8(&digits[at..at + length]).ok()?;
        (number.parse().ok()?, start + 2 + at + length)
    };
    let is_closed = is_html && bytes.get(end) == Some(&b';');
    byte.is_ascii()
        .then_some((byte, end + usize::from(is_closed)))
}

/// Returns how many zeros come first: HTML allows any number.
fn zeros(digits: &[u8]) -> usize {
    digits.iter().take_while(|digit| **digit == b'0').count()
}

/// Returns the value of two hexadecimal digits.
fn hexadecimal(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()
}

/// Keeps the letters and digits, in capitals: what stays when dashes, blanks and padding are left
/// out or put between, when capitals change, and when base64 is base64url.
fn fold(decoded: &Decoded) -> Decoded {
    let mut folded = Decoded::default();
    for (byte, place) in decoded.bytes.iter().zip(&decoded.places) {
        if byte.is_ascii_alphanumeric() {
            folded.push(byte.to_ascii_uppercase(), place.clone());
        }
    }
    folded
}

/// Finds what is shaped like a key or a token.
fn shapes(decoded: &Decoded) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < decoded.bytes.len() {
        let rest = &decoded.bytes[start..];
        match key_length(rest).or_else(|| token_length(rest)) {
            Some(length) => {
                found.push(decoded.place(start, length));
                start += length;
            }
            None => start += 1,
        }
    }
    found
}

/// Returns the length of the API key that a text begins with. A filter may change its capitals.
fn key_length(text: &[u8]) -> Option<usize> {
    let (prefix, rest) = text.split_at_checked(4)?;
    // First what is cheap: this is asked at every byte of a text.
    if !prefix.eq_ignore_ascii_case(b"API-") {
        return None;
    }
    let is_key = |byte: &&u8| byte.is_ascii_alphanumeric();
    let length = rest.iter().take_while(is_key).count();
    (length >= MIN_KEY).then_some(4 + length)
}

/// Returns the length of the token that a text begins with: JSON in base64url, with dots.
fn token_length(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b"eyJ")?;
    let is_token = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let length = rest.iter().take_while(is_token).count();
    (length >= MIN_TOKEN).then_some(3 + length)
}

/// Every part of a secret in every writing, as hashes: nothing of the secret itself.
pub(crate) struct Writings {
    hasher: RandomState,
    /// The parts of one length each, in order.
    parts: Vec<(usize, Vec<u64>)>,
}

impl Writings {
    /// Prepares the search for a secret.
    pub(crate) fn of(secret: &str) -> Self {
        let forwards = fold(&decode(secret)).bytes;
        let backwards = Zeroizing::new(forwards.iter().rev().copied().collect());
        // A short secret counts without the prefix, too.
        let prefix = if forwards.starts_with(b"API") { 3 } else { 0 };
        let part = PART.min(forwards.len() - prefix);
        let mut writings = Self {
            hasher: RandomState::new(),
            parts: Vec::new(),
        };
        writings.add(part, 1, &[forwards, backwards]);
        writings.add_up_to(PART_IN_BASE64, 1, &base64(secret.as_bytes()));
        // Windows and Octopus's own filter `ToBase64` know base64 of UTF-16 too.
        let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let [first, second, third] = base64(&Zeroizing::new(utf16));
        let digits = secret.bytes().map(|byte| format!("{byte:02X}"));
        let hexadecimal = Zeroizing::new(digits.collect::<String>().into_bytes());
        writings.add_up_to(LONG, LONG_STEP, &[first, second, third, hexadecimal]);
        writings
    }

    /// Adds the parts of this length, or of the shortest of the texts.
    fn add_up_to(&mut self, length: usize, step: usize, texts: &[Zeroizing<Vec<u8>>]) {
        let shortest = texts.iter().map(|text| text.len()).min();
        self.add(length.min(shortest.unwrap_or_default()), step, texts);
    }

    fn add(&mut self, length: usize, step: usize, texts: &[Zeroizing<Vec<u8>>]) {
        // Fewer characters stand in many texts.
        if length >= MIN_PART {
            let windows = texts
                .iter()
                .flat_map(|text| text.windows(length).step_by(step));
            let mut hashes: Vec<_> = windows.map(|part| self.hasher.hash_one(part)).collect();
            hashes.sort_unstable();
            self.parts.push((length, hashes));
        }
    }

    /// Returns whether a text contains a part of the secret.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        !self.find(&fold(&decode(text))).is_empty()
    }

    /// Finds the parts of the secret in a folded text.
    fn find(&self, folded: &Decoded) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for (length, hashes) in &self.parts {
            let windows = folded.bytes.windows(*length).enumerate();
            let same = windows
                .filter(|(_, part)| hashes.binary_search(&self.hasher.hash_one(part)).is_ok());
            found.extend(same.map(|(start, _)| folded.place(start, *length)));
        }
        found
    }
}

/// Returns a secret as it is written in base64 after 0, 1 and 2 other bytes: the characters that depend
/// on nothing else, without `+` and `/`, in capitals.
fn base64(secret: &[u8]) -> [Zeroizing<Vec<u8>>; 3] {
    [0, 1, 2].map(|alignment| {
        let bytes = Zeroizing::new([&[0; 2][..alignment], secret].concat());
        let encoded = Zeroizing::new(BASE64_STANDARD_NO_PAD.encode(&*bytes));
        let start = (alignment * 8).div_ceil(6);
        let end = bytes.len() * 8 / 6;
        fold(&decode(encoded.get(start..end).unwrap_or_default())).bytes
    })
}

#[cfg(test)]
mod tests;
