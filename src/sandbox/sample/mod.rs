//! Believable tenants of any size.

pub(crate) mod generate;
mod names;
