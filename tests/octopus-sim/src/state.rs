//! What the server holds, behind one lock.

use crate::documents::Documents;
use crate::events::Events;
use crate::keys::Keys;
use crate::people::People;
use crate::rate_limit::Buckets;

/// All that requests read and change.
pub(crate) struct State {
    pub(crate) people: People,
    pub(crate) keys: Keys,
    pub(crate) events: Events,
    pub(crate) documents: Documents,
    pub(crate) buckets: Buckets,
}
