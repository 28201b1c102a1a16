//! What the tenant does with a call: login, list, get, save, and the notations of the API.

mod cursor;
pub(crate) mod field_mask;
mod filter;
pub(crate) mod list;
mod login;
pub(crate) mod query;
pub(crate) mod rate_limit;
pub(crate) mod save;
pub(crate) mod tenant;
