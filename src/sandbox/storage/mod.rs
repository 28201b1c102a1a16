//! The users and groups, in memory and on disk.

pub(crate) mod autosave;
pub(crate) mod feed;
pub(crate) mod file;
pub(crate) mod object;
pub(crate) mod raw_object;
pub(crate) mod store;
