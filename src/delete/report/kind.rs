//! What was done to something, as far as a sum goes.

use crate::stranger::Stranger;

/// What was done to something, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Deleted,
    Changed,
    Created,
    Other,
}

impl Kind {
    /// In the order of a sum.
    pub const ALL: [Self; 4] = [Self::Created, Self::Changed, Self::Deleted, Self::Other];

    /// The kind that an event's category stands for.
    pub fn of(category: &Stranger) -> Self {
        match category.as_given() {
            "Created" => Self::Created,
            "Modified" => Self::Changed,
            "Deleted" => Self::Deleted,
            _ => Self::Other,
        }
    }

    /// What stands before it, as in a plan of Terraform's.
    pub fn sign(self) -> char {
        match self {
            Self::Created => '+',
            Self::Changed => '~',
            Self::Deleted => '-',
            Self::Other => '*',
        }
    }

    /// As in `3 documents deleted`.
    pub fn participle(self) -> &'static str {
        match self {
            Self::Other => "with other changes",
            kind => kind.word(),
        }
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Other => "other",
        }
    }

    /// The sign as it is set in print.
    pub fn glyph(self) -> char {
        match self {
            Self::Deleted => '−',
            Self::Other => '•',
            _ => self.sign(),
        }
    }
}
