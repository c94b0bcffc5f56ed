//! What the server holds, behind one lock.

pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod kinds;
pub(crate) mod packages;
pub(crate) mod people;
pub(crate) mod rate_limit;
pub(crate) mod secrets;
pub(crate) mod start;
pub(crate) mod tasks;
pub(crate) mod tokens;

/// All that requests read and change.
pub(crate) struct State {
    pub(crate) people: people::People,
    pub(crate) keys: keys::Keys,
    pub(crate) events: events::Events,
    pub(crate) documents: documents::Documents,
    pub(crate) packages: packages::Packages,
    pub(crate) tasks: tasks::TaskList,
    pub(crate) tokens: tokens::Tokens,
    pub(crate) buckets: rate_limit::Buckets,
}
