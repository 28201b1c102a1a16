//! What the tests share.

pub mod caller;
pub mod served;
