//! One self-contained HTML page.

use std::io::Write;

use super::{Document, ReportError};

pub(super) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let _ = document;
    out.flush()?;
    Ok(())
}
