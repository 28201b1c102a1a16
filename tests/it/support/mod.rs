//! What the tests share.

pub mod caller;
pub mod desk;
pub mod operator;
pub mod python;
pub mod reader;
pub mod samples;
pub mod schema;
pub mod served;
pub mod soak;
pub mod state;
#[cfg(feature = "remote")]
pub mod stores;
pub mod together;
pub mod tools;
