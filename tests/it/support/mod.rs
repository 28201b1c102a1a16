//! Helpers of the tests.

pub mod samples;
pub mod schema;
pub mod tools;
