//! All that is printed, and how it is made harmless.

#[cfg(windows)]
mod code_page;
pub mod console;
pub mod failure;
pub mod sanitize;
pub mod service_message;
mod stream;

pub use console::Console;
pub use failure::Failure;
