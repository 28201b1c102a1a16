//! Tools and servers that are no part of the project. A missing one fails the test and says what to install.

pub mod python;
pub mod ssh;
pub mod stores;
pub mod tools;
