//! The lines of the first problems as they stand in the file, safe to print.

use std::cmp::Ordering;

use super::clean::visible_character;
use super::diagnose::DIAGNOSED_IN_FULL;
use super::dialect::Dialect;
use super::encoding::Assumption;
use super::error::SourceError;
use super::header::Columns;
use super::open::RawSource;
use super::pieces::Pieces;
use super::problem::Problem;
use super::row::MASK;
use super::rows::Rows;
use super::settings::Field;
use super::split::Record;
use super::text::TextReader;
use crate::model::check_address;

/// Characters that are kept in front of the cell at fault, and behind it.
const AROUND: usize = 48;
/// Most characters that are kept of the cell itself.
const CELL: usize = 72;

/// A row with one cell marked. A row of several lines is shown as one, with `␊` for its line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    /// Bytes of `text` that are marked.
    pub(super) mark: std::ops::Range<usize>,
    /// Lines of the row in front of the marked cell.
    pub(super) line: usize,
    /// Characters of the cell's own line in front of it, in the file.
    pub(super) column: usize,
}

/// Where to take excerpts from.
pub(super) struct Excerpts<'a> {
    pub(super) assumed: Assumption,
    pub(super) dialect: Dialect,
    pub(super) columns: &'a Columns,
}

impl Excerpts<'_> {
    /// Reads the file again as far as the first problems go; costs nothing where there is none.
    pub(super) fn take(&self, raw: &mut RawSource, problems: &[Problem]) -> Result<Vec<Excerpt>, SourceError> {
        let mut wanted = problems.iter().take(DIAGNOSED_IN_FULL).peekable();
        let mut excerpts = Vec::new();
        if wanted.peek().is_none() {
            return Ok(excerpts);
        }
        let path = raw.name().to_owned();
        let mut reader = TextReader::new(raw, self.assumed)?;
        let first = reader.next()?;
        let mut pieces = Pieces::new(reader, &first, self.dialect);
        while let Some(piece) = pieces.next()? {
            let mut rows = Rows::new(&path, &piece, self.dialect);
            while wanted.peek().is_some() && rows.advance()? {
                while let Some(problem) = wanted.next_if(|problem| problem.line == rows.line()) {
                    excerpts.push(self.excerpt(rows.text(), rows.record(), problem));
                }
            }
            if wanted.peek().is_none() {
                break;
            }
        }
        Ok(excerpts)
    }

    fn excerpt(&self, text: &str, record: &Record, problem: &Problem) -> Excerpt {
        let at_fault = problem.column.as_ref().map(|column| column.number - 1);
        let (mut before, mut marked, mut behind) = (String::new(), String::new(), String::new());
        let mut at = record.start;
        for (position, cell) in record.cells.iter().enumerate() {
            let (between, inside) = (&text[at..cell.start], &text[cell.start..cell.end]);
            let inside = if self.is_secret(position, inside, record) { MASK } else { inside };
            match at_fault.map(|fault| position.cmp(&fault)) {
                Some(Ordering::Less) => before.extend([between, inside]),
                Some(Ordering::Equal) => {
                    before.push_str(between);
                    marked.push_str(inside);
                }
                Some(Ordering::Greater) => behind.extend([between, inside]),
                None => marked.extend([between, inside]),
            }
            at = cell.end;
        }
        behind.push_str(&text[at..record.end]);
        shorten(&before, &marked, &behind)
    }

    /// In a row whose cells may stand in the wrong places, any of them may be the password.
    fn is_secret(&self, position: usize, inside: &str, record: &Record) -> bool {
        let Some(password) = self.columns.position(Field::Password) else { return false };
        let is_uneven = record.broken.is_some() || record.cells.len() != self.columns.width();
        position == password || (is_uneven && check_address(inside.trim()).is_err())
    }
}

fn shorten(before: &str, cell: &str, behind: &str) -> Excerpt {
    let own_line = before.rsplit('\n').next().unwrap_or_default();
    let (line, column) = (before.matches('\n').count(), own_line.chars().count());
    let characters: Vec<char> = before.chars().map(visible_character).collect();
    let mut text = String::new();
    if characters.len() > AROUND {
        text.push('…');
    }
    text.extend(&characters[characters.len().saturating_sub(AROUND)..]);
    let start = text.len();
    push_start(&mut text, cell, CELL);
    let mark = start..text.len();
    push_start(&mut text, behind, AROUND);
    Excerpt { text, mark, line, column }
}

fn push_start(text: &mut String, part: &str, longest: usize) {
    text.extend(part.chars().take(longest).map(visible_character));
    if part.chars().nth(longest).is_some() {
        text.push('…');
    }
}
