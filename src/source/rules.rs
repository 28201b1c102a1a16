//! How the rows of a file are read: the dialect and the columns, detected from the first chunk of text.

use std::collections::BTreeMap;

use super::columns::{Columns, LeavingWatch};
use super::error::SourceError;
use super::row::{CellRules, fold};
use super::settings::SourceSettings;
use super::table::{Dialect, Row, later_header, sample_rows};
use super::text::Chunk;
use crate::model::{Status, check_address};

pub(crate) struct Rules {
    pub(crate) path: String,
    pub(crate) dialect: Dialect,
    pub(crate) columns: Columns,
    pub(crate) cells: CellRules,
    /// Ignored columns that hold addresses too, such as a manager's.
    pub(crate) other_addresses: usize,
    /// Words that stand for an empty cell.
    null_words: Vec<String>,
}

/// The words of a status; an error where two settings give one of them two meanings.
fn status_words_of(
    given: Vec<(String, Status)>,
    null_words: &[String],
) -> Result<BTreeMap<String, Status>, SourceError> {
    let mut meanings = BTreeMap::new();
    for (word, meaning) in given {
        let is_null = null_words.iter().any(|null| fold(null) == word);
        if is_null || meanings.insert(word.clone(), meaning).is_some_and(|before| before != meaning) {
            return Err(SourceError::WordTwice { word });
        }
    }
    Ok(meanings)
}

impl Rules {
    /// `first` is the first chunk of the file at `path`.
    pub(crate) fn detect(
        path: &str,
        first: &Chunk,
        settings: &SourceSettings,
    ) -> Result<(Self, LeavingWatch), SourceError> {
        let Chunk { text: first, is_last: is_whole } = first;
        let is_whole = *is_whole;
        let dialect =
            Dialect::detect(first, is_whole, settings).ok_or_else(|| no_header(path, first, is_whole, settings))?;
        let mut sample = sample_rows(first, is_whole, dialect).into_iter();
        let line = dialect.header_line;
        let header = sample.next().unwrap_or_default();
        if header.iter().any(|cell| cell.contains('\u{fffd}')) {
            return Err(SourceError::ReplacementCharacter { path: path.to_owned(), line });
        }
        let columns = Columns::new(path, line, header, settings);
        // A title of one word may be a field's name by chance.
        if columns.as_ref().map_or_else(SourceError::is_about_header, |columns| columns.width() == 1)
            && let Some(header_line) = later_header(first, is_whole, dialect, settings)
        {
            return Err(SourceError::TitleLines { path: path.to_owned(), line, header_line, skipped: header_line - 1 });
        }
        let columns = columns?;
        let rows: Vec<Vec<String>> = sample.collect();
        let leaving = LeavingWatch::new(&columns, &rows);
        leaving.refuse_unread(path, line, &columns)?;
        let holds_address = |&position: &usize| {
            rows.iter().any(|row| row.get(position).is_some_and(|cell| check_address(cell).is_ok()))
        };
        let other_addresses = columns.other_positions().into_iter().filter(holds_address).count();
        let SourceSettings { status_words, date_format, today, null_words, .. } = settings.clone();
        let status_words = status_words_of(status_words, &null_words)?;
        let cells = CellRules { status_words, date_format, today };
        Ok((Self { path: path.to_owned(), dialect, columns, cells, other_addresses, null_words }, leaving))
    }

    /// Whether the operator has said that this cell is an empty one.
    pub(crate) fn is_null(&self, cell: &str) -> bool {
        !self.null_words.is_empty() && self.null_words.iter().any(|word| word == cell.trim())
    }

    /// Whether the row has a cell for each column; a delimiter at the end of every row is no cell.
    pub(crate) fn is_even(&self, row: &Row<'_>) -> bool {
        let (found, wanted) = (row.cells.len(), self.columns.width());
        let ends_empty = row.cells.last().is_some_and(|cell| cell.place.is_empty());
        found == wanted || (self.dialect.has_extra_delimiter && found == wanted + 1 && ends_empty)
    }

    /// A last row that has too few cells and no line end was cut, and rows behind it may be missing.
    pub(crate) fn refuse_if_cut(&self, row: &Row<'_>) -> Result<(), SourceError> {
        let (found, wanted) = (row.cells.len(), self.columns.width());
        if row.is_terminated || found >= wanted {
            return Ok(());
        }
        let how = format!("its last row, on line {}, has {found} of {wanted} fields and no line end", row.line);
        Err(SourceError::Truncated { path: self.path.clone(), how })
    }
}

fn no_header(path: &str, first: &str, is_whole: bool, settings: &SourceSettings) -> SourceError {
    let path = path.to_owned();
    if is_whole && settings.skip_lines > 0 && !first.trim().is_empty() {
        SourceError::AllSkipped { path, lines: settings.skip_lines }
    } else if is_whole && first.trim().is_empty() {
        SourceError::Empty { path }
    } else {
        SourceError::Truncated { path, how: "its header row does not end; is a quote never closed?".to_owned() }
    }
}
