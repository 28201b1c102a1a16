//! Finished documents turned into files and text for people. Nothing here decides; nothing opens a file.
//!
//! | file | is about |
//! | --- | --- |
//! | `report` | what `report.json` holds |
//! | `tally` | totals, folded from outcomes |
//! | `document` | what plan and report have in common, and the order of their lists |
//! | `verdict`, `figures`, `words` | sentences |
//! | `escape` | every format's answer to a hostile value |
//! | `format` | the door to `json`, `csv`, `markdown` and `html` |
//! | `text` | what a terminal shows; the one layout of tables |
//! | `metrics`, `notify` | a run as Prometheus metrics and as a chat message |

mod csv;
mod document;
mod escape;
mod figures;
mod format;
mod html;
mod json;
mod markdown;
mod metrics;
mod notify;
#[expect(clippy::module_inception, reason = "the file of the type that gives the folder its name")]
mod report;
mod tally;
mod text;
mod verdict;
pub mod words;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use document::Document;
pub use format::{ReportError, ReportFormat, UnknownEnding, write};
pub use metrics::write_metrics;
pub use notify::Notification;
pub use report::{HttpFigures, KindSummary, REPORT_FORMAT, REPORT_VERSION, Report, ReportSummary, Timing};
pub use text::{Cell, Column, Table, TextStyle, Tone, write_text};
pub use verdict::guardrail_sentence;
