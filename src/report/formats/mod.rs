//! The formats. Each draws the sections of a document; `escape` makes every value harmless.
//!
//! | file or folder | is about |
//! | --- | --- |
//! | `format` | the door to `json`, `csv`, `markdown` and `html`, and how a file's name says its format |
//! | `text` | what a terminal shows; the one layout of tables |
//! | `escape` | every format's answer to a hostile value |

mod csv;
pub(super) mod escape;
mod format;
mod html;
mod json;
mod markdown;
mod text;

pub use format::{ReportError, ReportFormat, UnknownEnding, write, write_overview};
pub use text::{Cell, Column, Table, TextStyle, Tone, write_overview_text, write_text};
