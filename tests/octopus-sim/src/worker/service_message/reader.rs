//! The parsers: a machine of three states that takes a log character by character, and keeps its
//! state from line to line.

use std::mem;

use super::culture::Culture;
use super::element;
use super::progress::Progress;
use super::reading::{Dialect, Piece, Reading};

/// One parser at work.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Which of the parsers it is.
    pub dialect: Dialect,
    /// The culture that it reads in.
    pub culture: Culture,
    state: State,
    progress: Progress,
    /// What was read and is not yet known to be a line or a message.
    buffer: String,
    /// [`Dialect::Common`]: what is to be shown of this line; `None` behind the begin of a message.
    shown: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    /// A message may be beginning, at this place of `shown`.
    Beginning(usize),
    Message,
}

impl Reader {
    /// A parser at the beginning of a log, in the usual culture.
    pub fn new(dialect: Dialect) -> Self {
        Self::in_culture(dialect, Culture::default())
    }

    /// A parser at the beginning of a log.
    pub fn in_culture(dialect: Dialect, culture: Culture) -> Self {
        Self {
            dialect,
            culture,
            state: State::Text,
            progress: Progress::default(),
            buffer: String::new(),
            shown: (dialect == Dialect::Common).then(String::new),
        }
    }

    /// A parser of each dialect in each culture.
    pub fn every() -> impl Iterator<Item = Self> {
        let each = |dialect| Culture::ALL.map(|culture| Self::in_culture(dialect, culture));
        Dialect::ALL.into_iter().flat_map(each)
    }

    /// Whether a message may be beginning, or has begun and not ended.
    pub fn is_waiting(&self) -> bool {
        self.state != State::Text
    }

    /// Reads a whole log. What stands behind its last line end is read as a line that may go on.
    pub fn read(mut self, log: &str) -> Reading {
        let mut pieces = Vec::new();
        let mut lines = log.split('\n').peekable();
        while let Some(line) = lines.next() {
            if lines.peek().is_some() {
                pieces.extend(self.read_line(line));
            } else {
                self.read_part(line, &mut pieces);
            }
        }
        let is_waiting = self.is_waiting();
        self.show_rest(&mut pieces);
        Reading::new(pieces, is_waiting)
    }

    /// Reads a line, which is given without its end.
    pub fn read_line(&mut self, line: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.read_part(line, &mut pieces);
        match self.dialect {
            Dialect::Common => self.end_line(&mut pieces),
            Dialect::Filter => self.read_part("\n", &mut pieces),
        }
        pieces
    }

    fn read_part(&mut self, text: &str, pieces: &mut Vec<Piece>) {
        for character in text.chars() {
            match self.state {
                State::Text => self.in_text(character, pieces),
                State::Beginning(start) => self.in_beginning(character, start, pieces),
                State::Message => self.in_message(character, pieces),
            }
        }
    }

    fn in_text(&mut self, character: char, pieces: &mut Vec<Piece>) {
        if self.dialect == Dialect::Filter {
            match character {
                '\n' => return self.show_buffer(pieces),
                '\r' => return,
                _ => self.push(character),
            }
        }
        if character == '#' {
            let start = self.shown.as_ref().map_or(0, String::len);
            self.state = State::Beginning(start);
            if self.dialect == Dialect::Common {
                self.push(character);
            }
        }
        if let Some(shown) = &mut self.shown {
            shown.push(character);
        }
    }

    fn in_beginning(&mut self, character: char, start: usize, pieces: &mut Vec<Piece>) {
        self.push(character);
        if let Some(shown) = &mut self.shown {
            shown.push(character);
        }
        if self.progress.is_complete() {
            self.state = State::Message;
            self.clear();
            if let Some(mut shown) = self.shown.take() {
                shown.truncate(start);
                show(shown, pieces);
            }
        } else if !self.progress.may_go_on() {
            self.state = State::Text;
            if self.dialect == Dialect::Common {
                self.clear();
            }
        }
    }

    fn in_message(&mut self, character: char, pieces: &mut Vec<Piece>) {
        if character != ']' {
            self.buffer.push(character);
            return;
        }
        let inside = self.clear();
        self.state = State::Text;
        match element::read(&inside) {
            Some(message) => pieces.push(Piece::Message(message)),
            None if self.dialect == Dialect::Filter && !inside.is_empty() => {
                let inside = inside.trim().trim_start_matches('[');
                pieces.push(Piece::Line(format!(
                    "Could not parse '##octopus[{inside}]'"
                )));
            }
            None => {}
        }
    }

    fn end_line(&mut self, pieces: &mut Vec<Piece>) {
        pieces.extend(self.shown.take().map(Piece::Line));
        match &mut self.state {
            State::Text => {}
            State::Beginning(start) => *start = 0,
            State::Message => return,
        }
        self.shown = Some(String::new());
    }

    /// Shows what was read of a line that has no end.
    fn show_rest(&mut self, pieces: &mut Vec<Piece>) {
        match self.dialect {
            Dialect::Common => show(self.shown.take().unwrap_or_default(), pieces),
            Dialect::Filter => self.show_buffer(pieces),
        }
    }

    fn show_buffer(&mut self, pieces: &mut Vec<Piece>) {
        let text = self.clear();
        for line in text.lines() {
            show(line.to_owned(), pieces);
        }
    }

    fn push(&mut self, character: char) {
        self.buffer.push(character);
        self.progress.push(character, self.culture);
    }

    fn clear(&mut self) -> String {
        self.progress = Progress::default();
        mem::take(&mut self.buffer)
    }
}

fn show(line: String, pieces: &mut Vec<Piece>) {
    if !line.is_empty() {
        pieces.push(Piece::Line(line));
    }
}
