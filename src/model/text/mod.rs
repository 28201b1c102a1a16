//! Texts of users, and how they are compared and shown.
//!
//! | file | answers |
//! | --- | --- |
//! | `cause` | why something failed in the end |
//! | `count` | how a count is said |
//! | `doubt/` | values that are hardly what was meant |
//! | `email` | addresses, and the key by which they are compared |
//! | `name` | names, and when two are the same |
//! | `redact` | how secrets are taken out of messages |
//! | `spreadsheet` | how a cell is kept from being a formula |
//! | `visible` | how invisible characters are shown |

pub(super) mod cause;
pub(super) mod count;
pub(super) mod doubt;
pub(super) mod email;
pub(super) mod name;
pub(super) mod redact;
pub(super) mod spreadsheet;
pub(super) mod visible;
