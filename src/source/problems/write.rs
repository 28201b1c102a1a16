//! All problems as a table.

use std::io::Write;

use super::problem::Problem;
use crate::model::{guard, visible};

/// Writes one row for each problem: file, line, column, value, kind, reason, help.
///
/// Opens right in a spreadsheet: UTF-8 with a byte order mark, no cell that is a formula, no control characters.
pub fn write_problems_csv(path: &str, problems: &[Problem], mut out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
    table.write_record(["file", "line", "column", "value", "kind", "reason", "help"])?;
    for problem in problems {
        let Problem { line, column, value, kind, reason, help } = problem;
        let column = column.as_ref().map(|column| column.name.as_str()).unwrap_or_default();
        let (line, help) = (line.to_string(), help.as_deref().unwrap_or_default());
        let cells = [path, &line, column, value, kind.summary(), reason, help];
        table.write_record(cells.map(|cell| guard(&visible(cell)).into_owned()))?;
    }
    table.flush()
}
