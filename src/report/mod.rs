//! Finished documents turned into files and text for people. Nothing here decides; nothing opens a file.
//!
//! | folder or file | is about |
//! | --- | --- |
//! | `document` | what plan, report and overview hold, and the order of what is shown of them |
//! | `words` | sentences and figures |
//! | `formats` | JSON, CSV, Markdown, HTML and text, each drawing the same sections; the one place where values are escaped |
//! | `metrics`, `notify` | a run as Prometheus metrics and as a chat message |

mod document;
mod formats;
mod metrics;
mod notify;
pub mod words;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use document::{
    Document, HttpFigures, KindSummary, Overview, REPORT_FORMAT, REPORT_VERSION, Report, ReportSummary, Subject,
    Timing, Unfinished,
};
pub use formats::{
    Cell, Column, ReportError, ReportFormat, Table, TextStyle, Tone, UnknownEnding, write, write_overview,
    write_overview_text, write_text,
};
pub use metrics::{is_about_another_tenant, write_metrics};
pub use notify::Notification;
pub use words::guardrail_sentence;
