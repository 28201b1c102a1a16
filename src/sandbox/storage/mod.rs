//! The users, in memory and on disk.

pub(crate) mod autosave;
pub(crate) mod file;
pub(crate) mod object;
pub(crate) mod raw_object;
pub(crate) mod store;
