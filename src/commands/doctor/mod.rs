//! `lumsync doctor`: tries what a run needs, step by step, and says what to do about each step that fails.
//!
//! | file | answers |
//! | --- | --- |
//! | `steps` | what is tried, and in which order |
//! | `check` | what a step found, and what that means for the exit code (pure) |
//! | `judge` | when a clock, a list or a pace is fine (pure) |
//! | `show` | how the result is printed |

mod check;
mod judge;
mod show;
mod steps;

pub(in crate::commands) use show::text;
pub(in crate::commands) use steps::check_up;
pub use steps::{run, without_settings};
