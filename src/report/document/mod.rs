//! What is shown of a plan, of a run, and of several of them.
//!
//! | file | answers |
//! | --- | --- |
//! | `report`, `tally` | what `report.json` holds; totals, folded from outcomes |
//! | `document` | what plan and run have in common |
//! | `people` | in which order people are listed, and what is said of each |
//! | `sections` | what every format shows, in order: a new part of a report goes there |
//! | `glance` | the changes at a glance, and what is unusual about them |
//! | `overview` | several documents in one table |

#[expect(clippy::module_inception, reason = "the file of the type that gives the folder its name")]
mod document;
mod glance;
mod overview;
mod people;
mod report;
mod sections;
mod tally;

pub use document::Document;
pub use overview::{Overview, Subject};
pub(super) use people::{Group, LineKind, UserLine, change_words, reason_words};
pub use report::{HttpFigures, KindSummary, REPORT_FORMAT, REPORT_VERSION, Report, ReportSummary, Timing, Unfinished};
pub(super) use sections::{Body, Figures, Item, Section};
