//! Text for a terminal or a mail: a plan to be reviewed, a run to be understood, the verdict on the last line.
//!
//! | file | is about |
//! | --- | --- |
//! | `paint` | colours |
//! | `list` | aligned lists cut to the width and to a length |
//! | `plan`, `run` | the two documents |
//! | `sections` | what both share: head, limits, warnings, those left alone |

mod list;
mod paint;
mod plan;
mod run;
mod sections;
mod wrap;

use std::io::Write;

use super::{Document, ReportError};
use paint::Paint;

/// How the text is to look; who asks knows the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// Whether escape codes for colour may be written.
    pub colour: bool,
    /// Columns to fit values into; [`TextStyle::UNLIMITED`] where lines may be as long as they like.
    pub width: usize,
    /// Whether long lists are shown whole.
    pub full: bool,
}

impl TextStyle {
    /// No value is cut: for a file or a pipe.
    pub const UNLIMITED: usize = usize::MAX;
}

/// Writes the document as text that ends with its verdict.
pub fn write_text(document: Document<'_>, style: TextStyle, out: &mut dyn Write) -> Result<(), ReportError> {
    let writer = TextWriter { style, paint: Paint::new(style.colour) };
    match document {
        Document::Plan(plan) => plan::write(&writer, plan, out)?,
        Document::Run { report, .. } => run::write(&writer, document, report, out)?,
    }
    Ok(())
}

/// What every part of the text needs to know.
struct TextWriter {
    style: TextStyle,
    paint: Paint,
}
