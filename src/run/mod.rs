//! Whose run it is.

pub mod name;
