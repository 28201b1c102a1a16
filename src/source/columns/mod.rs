//! Which column holds which field.
//!
//! | file | answers |
//! | --- | --- |
//! | `field` | which fields there are |
//! | `header` | which field each column of this file holds, and which are ignored |
//! | `leaving` | which other columns speak of who has left, by header or by value |
//! | `vocabulary` | what fields are called, in seven languages |

mod field;
mod header;
mod leaving;
mod vocabulary;

pub use field::Field;
pub use header::{Column, Columns};
pub(crate) use leaving::LeavingWatch;
pub(crate) use vocabulary::{field_named, normalize};
