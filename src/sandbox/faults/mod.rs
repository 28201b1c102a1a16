//! What goes wrong on demand, and changes made outside the API.

pub(crate) mod corrupt;
mod echo;
pub(crate) mod edit;
pub(crate) mod inject;
pub(crate) mod kind;
pub(crate) mod schedule;
