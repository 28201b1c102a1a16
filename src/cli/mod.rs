//! Commands and options as clap types with their help texts; no logic.

mod report;

pub use report::ReportArguments;
