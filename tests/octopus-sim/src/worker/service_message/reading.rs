//! What a parser finds in a log.

use super::ServiceMessage;

/// Which of Octopus's parsers reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Calamari.Common's: a message may begin anywhere in a line, and the rest of the line behind it
    /// is not shown. A message that cannot be read is passed over in silence.
    Common,
    /// Calamari.Testing's copy of the server's filter: a message begins its line, or follows another
    /// one. A message that cannot be read is shown with a complaint.
    Filter,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 2] = [Self::Common, Self::Filter];
}

/// What a parser found, in the order in which it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A line of the log.
    Line(String),
    /// An order.
    Message(ServiceMessage),
}

/// What a parser understood of a whole log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The orders.
    pub messages: Vec<ServiceMessage>,
    /// The lines that are left for people.
    pub lines: Vec<String>,
    /// Whether a message may be beginning, or has begun and not ended: what comes next is not read
    /// as it stands.
    pub is_waiting: bool,
}

impl Reading {
    pub(super) fn new(pieces: Vec<Piece>, is_waiting: bool) -> Self {
        let mut reading = Self {
            is_waiting,
            ..Self::default()
        };
        for piece in pieces {
            match piece {
                Piece::Line(line) => reading.lines.push(line),
                Piece::Message(message) => reading.messages.push(message),
            }
        }
        reading
    }
}
