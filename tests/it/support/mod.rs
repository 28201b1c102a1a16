//! What the tests share.

pub mod caller;
pub mod python;
pub mod served;
