//! Starts and stops the server.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use crate::{Settings, World};

/// A running server; it stops when this is dropped.
///
/// Derefs to the [`World`] in it.
pub struct Octopus {
    world: Arc<World>,
}

impl Octopus {
    /// Starts a current server with plain HTTP.
    #[must_use]
    pub fn start() -> Self {
        Settings::default().start()
    }

    pub(crate) fn with(_settings: Settings) -> Self {
        unimplemented!()
    }

    /// Where it listens, with the virtual directory and without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        unimplemented!()
    }

    /// The authority to trust, as a PEM file.
    ///
    /// # Panics
    /// When the server has no TLS.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        unimplemented!()
    }
}

impl Deref for Octopus {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}
