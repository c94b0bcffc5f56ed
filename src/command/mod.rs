//! The command. (Placeholder until the real one is merged.)

pub mod signals;

pub use signals::Signals;
