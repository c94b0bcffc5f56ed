//! Whose run it is, and how it ends.

mod context;
mod end_run;
pub mod owner;
pub mod purpose;
mod run_id;
mod run_list;
mod selector;

pub use context::{API_KEY, Context};
pub use end_run::{EndRun, Ended, KnownKey, Outcome, Problem, RevokedKey, is_own};
pub use owner::Owner;
pub use purpose::Purpose;
pub use run_id::RunId;
pub use run_list::RunList;
pub use selector::{OF_RUNKEY, PURPOSE_OPTION, Selector, existing_purpose, quoted, refuse_both};
