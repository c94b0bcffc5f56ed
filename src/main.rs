//! runkey.
fn main() {}
