//! The REST API, one file for each resource.

mod action_templates;
mod api_keys;
mod audit;
mod caller;
mod error_body;
mod key_rules;
mod named;
mod packages;
mod paging;
mod place;
mod query;
mod root;
mod routes;
mod space_content;
mod spaces;
mod tasks;
mod users;

pub(crate) use caller::Caller;
pub(crate) use error_body::Refusal;
pub(crate) use root::is_open_to_all;
pub(crate) use routes::routes;
