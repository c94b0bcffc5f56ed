//! Exports the step templates.
