//! Holds requests until a test releases them.

use std::sync::Arc;

use tokio::sync::watch;

/// Holds the requests of [`Fault::Hold`](crate::Fault::Hold). Every clone is the same gate.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<State>);

#[derive(Debug, Default)]
struct State {
    held: watch::Sender<usize>,
    is_open: watch::Sender<bool>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Blocks until `count` requests have reached the gate.
    pub fn wait_for(&self, count: usize) {
        let mut held = self.0.held.subscribe();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("a runtime without a network or a clock");
        let reached = runtime.block_on(held.wait_for(|held| *held >= count));
        reached.expect("the gate has its sender");
    }

    /// Lets the requests that are held, and all that come, be processed.
    pub fn release(&self) {
        self.0.is_open.send_replace(true);
    }

    /// Waits for the release.
    pub(crate) async fn pass(&self) {
        let mut is_open = self.0.is_open.subscribe();
        self.0.held.send_modify(|held| *held += 1);
        let opened = is_open.wait_for(|is_open| *is_open).await;
        opened.expect("the gate has its sender");
    }
}
