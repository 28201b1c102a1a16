//! Words of plans and reports, the same in every format.
//!
//! | file | answers |
//! | --- | --- |
//! | `time` | how a moment or a length of time is said |
//! | `figures` | what is said of calls, times and totals |
//! | `verdict` | one line that says it all, and what a guardrail says |

pub(super) mod figures;
mod time;
pub(super) mod verdict;

pub use crate::model::{counted, number};
pub use time::{seconds, time};
pub use verdict::guardrail_sentence;
