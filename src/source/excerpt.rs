//! The lines of the first problems as they stand in the file, safe to print.

use super::clean::visible_character;
use super::diagnose::DIAGNOSED_IN_FULL;
use super::dialect::Dialect;
use super::encoding::Assumption;
use super::error::SourceError;
use super::header::Columns;
use super::open::RawSource;
use super::problem::Problem;
use super::row::MASK;
use super::rows::Rows;
use super::settings::Field;
use super::split::Record;
use super::text::TextReader;
use super::window::Window;
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
}

/// Where to take excerpts from.
pub(super) struct Excerpts<'a> {
    pub(super) path: &'a str,
    pub(super) assumed: Assumption,
    pub(super) dialect: Dialect,
    pub(super) columns: &'a Columns,
}

impl Excerpts<'_> {
    /// Reads the file again as far as the first problems go; costs nothing where there is none.
    pub(super) fn take(&self, raw: &mut RawSource, problems: &[Problem]) -> Result<Vec<Excerpt>, SourceError> {
        let wanted = &problems[..problems.len().min(DIAGNOSED_IN_FULL)];
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        std::thread::scope(|scope| {
            let mut reader = TextReader::new(raw, self.assumed)?;
            let first = reader.next()?.unwrap_or_default();
            let mut rows = Rows::new(self.path, Window::open(first, reader, scope)?, self.dialect);
            let mut excerpts = Vec::new();
            for problem in wanted {
                while rows.line() < problem.line || excerpts.is_empty() && rows.record().cells.is_empty() {
                    if !rows.advance()? {
                        return Ok(excerpts);
                    }
                }
                excerpts.push(self.excerpt(rows.text(), rows.record(), problem));
            }
            Ok(excerpts)
        })
    }

    fn excerpt(&self, text: &str, record: &Record, problem: &Problem) -> Excerpt {
        let at_fault = problem.column.as_ref().map(|column| column.number - 1);
        let mut parts = [String::new(), String::new(), String::new()];
        let mut at = record.start;
        for (position, cell) in record.cells.iter().enumerate() {
            let part = match at_fault {
                None => 1,
                Some(fault) => position.cmp(&fault) as usize + 1,
            };
            let between = if at_fault == Some(position) { 0 } else { part };
            parts[between].push_str(&text[at..cell.start]);
            let inside = &text[cell.start..cell.end];
            parts[part].push_str(if self.is_secret(position, inside, record) { MASK } else { inside });
            at = cell.end;
        }
        parts[if at_fault.is_some() { 2 } else { 1 }].push_str(&text[at..record.end]);
        shorten(&parts)
    }

    /// In a row whose cells may stand in the wrong places, any of them may be the password.
    fn is_secret(&self, position: usize, inside: &str, record: &Record) -> bool {
        let Some(password) = self.columns.position(Field::Password) else { return false };
        let is_uneven = record.broken.is_some() || record.cells.len() != self.columns.width();
        position == password || (is_uneven && check_address(inside.trim()).is_err())
    }
}

fn shorten([before, cell, behind]: &[String; 3]) -> Excerpt {
    let before: Vec<char> = before.chars().map(visible_character).collect();
    let mut text = String::new();
    if before.len() > AROUND {
        text.push('…');
    }
    text.extend(&before[before.len().saturating_sub(AROUND)..]);
    let start = text.len();
    push_start(&mut text, cell, CELL);
    let end = text.len();
    push_start(&mut text, behind, AROUND);
    Excerpt { text, mark: start..end }
}

fn push_start(text: &mut String, part: &str, longest: usize) {
    text.extend(part.chars().take(longest).map(visible_character));
    if part.chars().nth(longest).is_some() {
        text.push('…');
    }
}
