//! The REST API, one file for each resource that is not just a document.

mod api_keys;
mod call;
mod caller;
mod documents;
mod events;
mod key_rules;
mod oidc;
mod packages;
mod paging;
mod process;
pub(crate) mod query;
mod refusal;
mod root;
mod route;
mod runs;
mod tasks;
mod users;

pub(crate) use call::answer;
pub(crate) use packages::read_form;
pub(crate) use refusal::Refusal;
