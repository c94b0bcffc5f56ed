//! What the server holds, behind one lock.

pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod library;
pub(crate) mod people;
pub(crate) mod rate_limit;

/// All that requests read and change.
pub(crate) struct State {
    pub(crate) people: people::People,
    pub(crate) keys: keys::Keys,
    pub(crate) events: events::Events,
    pub(crate) documents: documents::Documents,
    pub(crate) library: library::Library,
    pub(crate) buckets: rate_limit::Buckets,
}
