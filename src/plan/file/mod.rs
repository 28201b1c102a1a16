//! What a plan file holds.
//!
//! | file | answers |
//! | --- | --- |
//! | `action` | what is done to one user |
//! | `document` | the whole plan, and how it is read and sealed |
//! | `membership` | who joins and leaves them |

pub(super) mod action;
pub(super) mod document;
pub(super) mod membership;
