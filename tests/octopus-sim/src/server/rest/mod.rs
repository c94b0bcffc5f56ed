//! The REST API, one file for each resource.

mod action_templates;
mod api_keys;
mod audit;
mod caller;
mod error_body;
mod key_rules;
mod packages;
mod paging;
mod routes;
mod space_content;
mod users;

pub(crate) use caller::Caller;
pub(crate) use error_body::Refusal;
pub(crate) use routes::routes;
