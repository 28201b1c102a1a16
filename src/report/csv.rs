//! CSV that opens right in a spreadsheet: a byte order mark, so that names keep their accents, lines that end as RFC
//! 4180 has them, and no cell that is run as a formula.

use std::io::Write;

use super::document::{UserLine, change_words};
use super::{Document, ReportError, escape};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const HEADER: [&str; 11] =
    ["kind", "name", "email", "uid", "row", "reason", "result", "attempts", "changes", "note", "error"];

/// A line for each action or outcome, and for each row or user that was left alone.
pub(super) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut table = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    table.write_record(HEADER)?;
    for line in document.lines() {
        table.write_record(record(&line).map(|cell| escape::spreadsheet_cell(&cell)))?;
    }
    table.flush()?;
    Ok(())
}

fn record(line: &UserLine<'_>) -> [String; HEADER.len()] {
    [
        line.kind.as_str().to_owned(),
        line.name.unwrap_or_default().to_owned(),
        line.email.to_owned(),
        line.uid.unwrap_or_default().to_owned(),
        line.row.map(|row| row.to_string()).unwrap_or_default(),
        line.reason.to_string(),
        line.result().map(|result| result.as_str().to_owned()).unwrap_or_default(),
        line.outcome.map(|outcome| outcome.attempts.to_string()).unwrap_or_default(),
        line.changes().map(|change| change_words(&change)).collect::<Vec<_>>().join("; "),
        line.note().unwrap_or_default().to_owned(),
        line.error().unwrap_or_default().to_owned(),
    ]
}
