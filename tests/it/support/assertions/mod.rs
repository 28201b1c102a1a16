//! Checks that several test modules make.

pub mod generated;
pub mod journal;
pub mod schema;
