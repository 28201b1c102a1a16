//! What is wrong with a row whose cells can't be assigned to columns: too many, too few, torn by a quote, or the header.

use std::borrow::Cow;

use super::fault::row_problem;
use crate::model::counted;
use crate::source::columns::Columns;
use crate::source::problems::{Problem, ProblemKind};
use crate::source::table::Row;

/// The problem of a row with broken quotes or another number of cells than the header.
pub(crate) fn misplaced_problem(columns: &Columns, row: Row<'_>) -> Problem {
    let (found, wanted) = (row.cells.len(), columns.width());
    if let Some(position) = row.broken {
        let reason = "there is text behind the closing quote of a cell";
        let help = "a quote inside a quoted cell is written twice: \"Ann \"\"Annie\"\" Smith\"";
        let column = Some(columns.column(position)).filter(|_| found == wanted);
        return row_problem(row.line, ProblemKind::BrokenQuotes, column, ["", reason, help]);
    }
    let fields = counted(found as u64, "field", "fields");
    let reason = format!("the row has {fields}, where the header has {wanted}");
    let help = if found > wanted {
        "a cell that holds the delimiter is written in quotes"
    } else {
        "write every field, an empty one too, and leave no line break outside quotes"
    };
    row_problem(row.line, ProblemKind::FieldCount, None, [&found.to_string(), &reason, help])
}

/// The problem of a row that is the header once more, as in joined exports. It refers to no user.
pub(crate) fn repeated_header(columns: &Columns, row: Row<'_>) -> Option<Problem> {
    let cells: Vec<Cow<'_, str>> = row.values().collect();
    if !columns.is_header(&cells) {
        return None;
    }
    let position = columns.email_position();
    let reason = "the header stands here once more";
    let help = "were several files joined? remove this line";
    let texts = [cells[position].trim(), reason, help];
    Some(row_problem(row.line, ProblemKind::RepeatedHeader, Some(columns.column(position)), texts))
}
