//! How much of the opening of a message has been read.

use super::OPENING;
use super::culture::Culture;

/// How far the characters read so far are a beginning of [`OPENING`].
///
/// They are compared one by one, as they come, with the outcome of comparing all of them anew.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// How many characters of the opening were matched.
    matched: usize,
    /// Whether characters were read that only count as nothing, or as another one.
    inexact: bool,
    /// Whether a character was read by which it can be no opening any more.
    hopeless: bool,
}

impl Progress {
    pub fn push(&mut self, character: char, culture: Culture) {
        if culture.ignores(character) {
            self.inexact = true;
            return;
        }
        match OPENING[self.matched..].chars().next() {
            Some(expected) if culture.equates(character, expected) => {
                self.matched += 1;
                self.inexact |= character != expected;
            }
            _ => self.hopeless = true,
        }
    }

    /// Whether it is the opening, to the letter: the last comparison ignores nothing.
    pub fn is_complete(self) -> bool {
        self.may_go_on() && !self.inexact && self.matched == OPENING.len()
    }

    /// Whether it may still become the opening, as the culture sees it.
    pub fn may_go_on(self) -> bool {
        !self.hopeless
    }
}
