//! What is wrong with one cell.

use crate::source::columns::{Column, Columns, Field};
use crate::source::problems::{Problem, ProblemKind};

/// Most characters of a value that a problem quotes.
const LONGEST_QUOTE: usize = 200;
/// Shown in place of a password.
pub(crate) const MASK: &str = "•••";

/// Why a cell makes its row invalid.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) field: Field,
    kind: ProblemKind,
    value: String,
    reason: String,
    help: Option<String>,
}

impl Fault {
    pub(crate) fn new(field: Field, kind: ProblemKind, value: &str, reason: impl Into<String>) -> Self {
        Self { field, kind, value: quote(value), reason: reason.into(), help: None }
    }

    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The fault at its place in the file.
    pub(crate) fn at(self, line: u64, columns: &Columns) -> Problem {
        let Self { field, kind, value, reason, help } = self;
        Problem { line, column: columns.of(field), value, kind, reason, help }
    }
}

/// A value as problems quote it, cut when it is long.
fn quote(value: &str) -> String {
    match value.char_indices().nth(LONGEST_QUOTE) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

/// A problem of the row and not of one cell's value.
pub(crate) fn row_problem(line: u64, kind: ProblemKind, column: Option<Column>, texts: [&str; 3]) -> Problem {
    let [value, reason, help] = texts;
    Problem { line, column, value: quote(value), kind, reason: reason.to_owned(), help: Some(help.to_owned()) }
}
