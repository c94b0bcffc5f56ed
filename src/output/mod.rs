//! All that is printed, and how it is made harmless.

pub mod console;
pub mod failure;
pub mod sanitize;
pub mod service_message;
mod stream;

pub use console::Console;
pub use failure::Failure;
