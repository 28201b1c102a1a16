//! Commands and options as clap types with their help texts; no logic.

mod check;
mod csv_options;

pub use check::{CheckArgs, CheckOutput};
pub use csv_options::CsvOptions;
