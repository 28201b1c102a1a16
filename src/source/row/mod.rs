//! What a row means, and what is wrong with it.
//!
//! | file | answers |
//! | --- | --- |
//! | `values` | which values a row has, or which of its cells are at fault |
//! | `cells` | what a valid cell of each field is |
//! | `status_words` | which words mean enabled, disabled, yes and no, in seven languages |
//! | `fault` | what is wrong with one cell |
//! | `misplaced` | what is wrong with a row whose cells can't be assigned to columns |
//! | `duplicates` | which rows have the same address or `uid` |
//! | `held` | whose an invalid row may be |

mod cells;
mod date;
mod duplicates;
mod fault;
mod held;
mod misplaced;
mod status_words;
mod values;

pub use date::{DateFormat, parse_date_format};
pub(crate) use duplicates::{duplicate_problem, repeated_keys};
pub(crate) use fault::{Fault, MASK};
pub(crate) use held::{hold_faulty, hold_misplaced};
pub(crate) use misplaced::{misplaced_problem, repeated_header};
pub(crate) use status_words::{fold, status as status_of};
pub(crate) use values::{CellRules, Values};
