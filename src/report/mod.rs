//! Finished documents turned into files and text for people.

mod document;

pub use document::{HttpFigures, KindSummary, REPORT_FORMAT, REPORT_VERSION, Report, ReportSummary, Timing};
