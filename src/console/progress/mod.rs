//! Progress: bars on a terminal, otherwise a log line from time to time; and the reason of a pause.
//!
//! | file | is about |
//! | --- | --- |
//! | `tracker` | what every stage reports to |
//! | `figures` | the numbers of the stage that runs, and their words |
//! | `view` | how progress is shown: what `bars` and `lines` have in common |
//! | `bars` | on a terminal |
//! | `lines` | in a log |

mod bars;
mod figures;
mod lines;
mod tracker;
mod view;

pub use figures::Stage;
pub use tracker::Progress;

#[cfg(test)]
mod tests;
