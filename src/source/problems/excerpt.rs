//! The lines of the first problems as they stand in the file, safe to print.

use std::cmp::Ordering;

use super::problem::Problem;
use crate::model::{check_address, visible};
use crate::source::bytes::RawSource;
use crate::source::columns::{Columns, Field};
use crate::source::error::SourceError;
use crate::source::row::MASK;
use crate::source::table::{Dialect, Row, Rows};
use crate::source::text::{Assumption, TextReader, read_ahead};

/// How many problems are shown in full before they are only counted.
pub const DIAGNOSED_IN_FULL: usize = 20;

/// Characters that are kept in front of the cell at fault, and behind it.
const AROUND: usize = 48;
/// Most characters that are kept of the cell itself.
const CELL: usize = 72;

/// A row with one cell marked. A row of several lines is shown as one, with `␊` for its line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) text: String,
    /// Bytes of `text` that are marked.
    pub(crate) mark: std::ops::Range<usize>,
    /// Lines of the row in front of the marked cell.
    pub(crate) line: u64,
    /// Characters of the cell's own line in front of it, in the file.
    pub(crate) column: usize,
}

/// Where to take excerpts from.
pub(crate) struct Excerpts<'a> {
    pub(crate) assumed: Assumption,
    pub(crate) dialect: Dialect,
    pub(crate) columns: &'a Columns,
}

impl Excerpts<'_> {
    /// Reads the file again as far as the first problems go; costs nothing where there is none.
    pub(crate) fn read(&self, raw: &mut RawSource, problems: &[Problem]) -> Result<Vec<Excerpt>, SourceError> {
        let mut wanted = problems.iter().take(DIAGNOSED_IN_FULL).peekable();
        let mut excerpts = Vec::new();
        if wanted.peek().is_none() {
            return Ok(excerpts);
        }
        let path = raw.name().to_owned();
        let reader = TextReader::new(raw, self.assumed)?;
        std::thread::scope(|scope| {
            let (chunks, _) = read_ahead(scope, reader);
            let mut rows = Rows::new(&path, chunks.next()?, chunks, self.dialect);
            while wanted.peek().is_some() && rows.advance()? {
                let row = rows.row();
                while let Some(problem) = wanted.next_if(|problem| problem.line == row.line) {
                    excerpts.push(self.excerpt(row, problem));
                }
            }
            Ok(excerpts)
        })
    }

    fn excerpt(&self, row: Row<'_>, problem: &Problem) -> Excerpt {
        let at_fault = problem.column.as_ref().map(|column| column.number - 1);
        let (mut before, mut marked, mut behind) = (String::new(), String::new(), String::new());
        let mut at = 0;
        for (position, cell) in row.cells.iter().enumerate() {
            let (between, inside) = (&row.text[at..cell.place.start], &row.text[cell.place.clone()]);
            let inside = if self.is_secret(position, inside, row) { MASK } else { inside };
            match at_fault.map(|fault| position.cmp(&fault)) {
                Some(Ordering::Less) => before.extend([between, inside]),
                Some(Ordering::Equal) => {
                    before.push_str(between);
                    marked.push_str(inside);
                }
                Some(Ordering::Greater) => behind.extend([between, inside]),
                None => marked.extend([between, inside]),
            }
            at = cell.place.end;
        }
        behind.push_str(&row.text[at..]);
        shorten(&before, &marked, &behind)
    }

    /// In a row whose cells may stand in the wrong places, any of them may be the password.
    fn is_secret(&self, position: usize, inside: &str, row: Row<'_>) -> bool {
        let Some(password) = self.columns.position(Field::Password) else { return false };
        let is_misplaced = row.broken.is_some() || row.cells.len() != self.columns.width();
        position == password || (is_misplaced && check_address(inside.trim()).is_err())
    }
}

/// Cuts the row to what is near the marked cell.
fn shorten(before: &str, cell: &str, behind: &str) -> Excerpt {
    let own_line = before.rsplit('\n').next().unwrap_or_default();
    let (line, column) = (before.matches('\n').count() as u64, own_line.chars().count());
    let mut text = String::new();
    push_end(&mut text, before, AROUND);
    let start = text.len();
    push_start(&mut text, cell, CELL);
    let mark = start..text.len();
    push_start(&mut text, behind, AROUND);
    Excerpt { text, mark, line, column }
}

fn push_end(text: &mut String, part: &str, longest: usize) {
    let surplus = part.chars().count().saturating_sub(longest);
    let start = part.char_indices().nth(surplus).map_or(part.len(), |(place, _)| place);
    if surplus > 0 {
        text.push('…');
    }
    text.push_str(&visible(&part[start..]));
}

fn push_start(text: &mut String, part: &str, longest: usize) {
    let end = part.char_indices().nth(longest).map_or(part.len(), |(place, _)| place);
    text.push_str(&visible(&part[..end]));
    if end < part.len() {
        text.push('…');
    }
}
