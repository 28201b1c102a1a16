//! JSON: the document itself, as scripts read it.

use std::io::Write;

use super::ReportError;
use crate::report::{Document, Overview};

/// Indented, with a newline at the end; a run is written without the plan that it applied.
pub(super) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    match document {
        Document::Plan { plan, .. } => serde_json::to_writer_pretty(&mut *out, plan)?,
        Document::Run { report, .. } => serde_json::to_writer_pretty(&mut *out, report)?,
    }
    writeln!(out)?;
    Ok(())
}

/// The table as scripts read it.
pub(super) fn write_overview(overview: &Overview<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    serde_json::to_writer_pretty(&mut *out, overview)?;
    writeln!(out)?;
    Ok(())
}
