//! What the tenant does with a call: login, list, get, save, members of groups, and the notations of the API.

mod cursor;
pub(crate) mod field_mask;
mod filter;
mod get;
pub(crate) mod list;
mod login;
pub(crate) mod query;
pub(crate) mod rate_limit;
pub(crate) mod save;
pub(crate) mod subscribers;
pub(crate) mod tenant;
