//! Users, CSVs and documents to test with.

pub mod documents;
pub mod groups;
pub mod job;
pub mod users;
