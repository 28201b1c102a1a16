//! Words of plans and reports, the same in every format.
//!
//! | file | answers |
//! | --- | --- |
//! | `numbers` | how a figure, a moment or a length of time is said |
//! | `figures` | what is said of calls, times and totals |
//! | `verdict` | one line that says it all, and what a guardrail says |

pub(super) mod figures;
mod numbers;
pub(super) mod verdict;

pub use numbers::{counted, number, seconds, time};
pub use verdict::guardrail_sentence;
