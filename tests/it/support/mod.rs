//! What several tests need.

pub mod stores;
