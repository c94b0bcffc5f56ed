//! What was done with the run key, and how much of it.

use jiff::Timestamp;
use octopus::{Event, Untrusted};
use serde::Serialize;

/// What a change did, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Deleted,
    Modified,
    Created,
    Other,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Deleted, Self::Modified, Self::Created, Self::Other];

    /// The kind, in small letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Modified => "modified",
            Self::Created => "created",
            Self::Other => "other",
        }
    }

    /// What stands before it, for those who do not see colors.
    pub fn sign(self) -> char {
        match self {
            Self::Deleted => '−',
            Self::Modified => '~',
            Self::Created => '+',
            Self::Other => '•',
        }
    }
}

/// A change that was made with the run key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    pub event_id: Option<Untrusted>,
    pub occurred: Option<Timestamp>,
    pub space_id: Option<Untrusted>,
    pub category: Untrusted,
    pub message: Untrusted,
    pub document_ids: Vec<Untrusted>,
    pub api_key_id: Option<Untrusted>,
    pub user_agent: Option<Untrusted>,
    pub ip_address: Option<Untrusted>,
}

impl From<Event> for Change {
    fn from(event: Event) -> Self {
        Self {
            event_id: event.id,
            occurred: event.occurred,
            space_id: event.space_id,
            category: event.category.unwrap_or_default(),
            message: event.message.unwrap_or_default(),
            document_ids: event.related_document_ids,
            api_key_id: event.api_key_id,
            user_agent: event.user_agent,
            ip_address: event.ip_address,
        }
    }
}

impl Change {
    pub fn kind(&self) -> Kind {
        match self.category.raw() {
            "Created" => Kind::Created,
            "Modified" => Kind::Modified,
            "Deleted" => Kind::Deleted,
            _ => Kind::Other,
        }
    }

    /// How much room its texts take, in bytes.
    pub fn size(&self) -> usize {
        let texts = [
            &self.event_id,
            &self.space_id,
            &self.user_agent,
            &self.ip_address,
        ];
        let texts = texts.into_iter().flatten().chain(&self.document_ids);
        let texts = texts.chain([&self.category, &self.message]);
        texts.map(|text| text.raw().len()).sum()
    }
}

/// How many changes of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sum {
    pub created: usize,
    pub modified: usize,
    pub deleted: usize,
    pub other: usize,
}

impl Sum {
    pub fn of(changes: &[Change]) -> Self {
        let count = |kind| {
            changes
                .iter()
                .filter(|change| change.kind() == kind)
                .count()
        };
        Self {
            created: count(Kind::Created),
            modified: count(Kind::Modified),
            deleted: count(Kind::Deleted),
            other: count(Kind::Other),
        }
    }

    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Created => self.created,
            Kind::Modified => self.modified,
            Kind::Deleted => self.deleted,
            Kind::Other => self.other,
        }
    }

    /// The kinds that there are.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(|kind| self.count(*kind) > 0)
    }

    pub fn total(&self) -> usize {
        self.created + self.modified + self.deleted + self.other
    }

    /// As in `3 (1 deleted, 2 created)`.
    pub fn in_words(&self) -> String {
        let kinds = self
            .kinds()
            .map(|kind| format!("{} {}", self.count(kind), kind.word()));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        match self.total() {
            0 => "none".to_owned(),
            total => format!("{total} ({kinds})"),
        }
    }
}
