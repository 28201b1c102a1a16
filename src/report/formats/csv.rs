//! CSV that opens right in a spreadsheet: a byte order mark, so that names keep their accents, lines that end as RFC
//! 4180 has them, and no cell that is run as a formula.

use std::io::Write;

use super::{ReportError, escape};
use crate::report::document::{UserLine, change_words};
use crate::report::{Document, Overview};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const HEADER: [&str; 12] =
    ["kind", "name", "email", "uid", "row", "reason", "result", "attempts", "changes", "note", "error", "group"];

const OVERVIEW_HEADER: [&str; 17] = [
    "needsPerson", "tenant", "organization", "kind", "time", "exitCode", "disable", "create", "enable", "update",
    "open", "conflicts", "verdict", "error", "document", "join", "leave",
];

/// A line for each action or outcome, and for each row or user that was left alone.
pub(super) fn write(document: Document<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    write_table(HEADER, document.lines().map(|line| record(&line)), out)
}

/// A line for each document.
pub(super) fn write_overview(overview: &Overview<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let rows = overview.rows.iter().map(|row| {
        let [disable, create, enable, update, join, leave, open, conflicts] =
            row.figures().map(|count| count.to_string());
        let needs = if row.needs_person { "yes" } else { "no" };
        [
            needs.to_owned(),
            row.tenant.base_url.clone(),
            row.tenant.organization_id.clone(),
            row.kind.to_owned(),
            row.time.to_string(),
            row.exit_code.map(|code| code.to_string()).unwrap_or_default(),
            disable,
            create,
            enable,
            update,
            open,
            conflicts,
            row.verdict.clone(),
            row.error.unwrap_or_default().to_owned(),
            row.document.to_owned(),
            join,
            leave,
        ]
    });
    write_table(OVERVIEW_HEADER, rows, out)
}

fn write_table<const COLUMNS: usize>(
    header: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut table = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    table.write_record(header)?;
    for row in rows {
        table.write_record(row.map(|cell| escape::spreadsheet_cell(&cell)))?;
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
        line.in_group.map(|group| group.name.to_string()).unwrap_or_default(),
    ]
}
