//! What is wrong with rows, as data, and how it is shown.
//!
//! | file | answers |
//! | --- | --- |
//! | `problem` | what is wrong with a row |
//! | `excerpt` | the lines of the first problems, safe to print |
//! | `diagnose` | how problems are shown on a terminal |
//! | `write` | how all problems are written to a table |

mod diagnose;
mod excerpt;
mod problem;
mod write;

pub use diagnose::{DiagnosticStyle, diagnose};
pub use excerpt::DIAGNOSED_IN_FULL;
pub(crate) use excerpt::{Excerpt, Excerpts};
pub(crate) use problem::Problems;
pub use problem::{Problem, ProblemKind};
pub use write::write_problems_csv;
