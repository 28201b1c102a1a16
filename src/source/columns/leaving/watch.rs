//! Which columns of a file speak of leaving, row by row.

use std::fmt::Write;

use super::header::{Reading, may_be_a_last_day, speaks_of_leaving};
use super::value::says_left;
use crate::model::visible;
use crate::source::columns::vocabulary::likely_field;
use crate::source::columns::{Columns, Field};
use crate::source::error::SourceError;
use crate::source::table::Row;

/// Characters of a cell that are quoted.
const QUOTED: usize = 40;

/// The columns that speak of leaving, and those that have not done so yet.
#[derive(Debug, Default)]
pub(crate) struct LeavingWatch {
    silent: Vec<Silent>,
    speaking: Vec<Speaking>,
}

/// A column that no field is read from, and that has not spoken of leaving.
#[derive(Debug)]
struct Silent {
    position: usize,
    /// Whether its first date makes it a column of last days.
    may_be_a_last_day: bool,
}

/// A column that no field is read from, and that speaks of leaving.
#[derive(Debug)]
struct Speaking {
    position: usize,
    reading: Reading,
    /// The cell that says so, and its line; none where the header does.
    cell: Option<(u64, String)>,
}

impl LeavingWatch {
    /// Looks at the headers; `sample` are the first rows.
    pub(crate) fn new(columns: &Columns, sample: &[Vec<String>]) -> Self {
        let mut watch = Self::default();
        for position in columns.unread_positions() {
            let header = columns.column(position).name;
            if let Some(reading) = speaks_of_leaving(&header, has_dates(position, sample)).or_else(|| slip_of(&header))
            {
                watch.speaking.push(Speaking { position, reading, cell: None });
            } else {
                let may_be_a_last_day = may_be_a_last_day(&header);
                watch.silent.push(Silent { position, may_be_a_last_day });
            }
        }
        watch
    }

    /// Looks at the cells of a row that has one for each column. Costs nothing where every column is read or ignored.
    pub(crate) fn look(&mut self, row: &Row<'_>) {
        let speaking = &mut self.speaking;
        self.silent.retain(|&Silent { position, may_be_a_last_day }| {
            let cell = row.value(position);
            let reading = if says_left(&cell) {
                Reading::Status
            } else if (may_be_a_last_day && looks_like_date(&cell)) || is_forever(&cell) {
                Reading::EndDate
            } else {
                return true;
            };
            let cell = Some((row.line, cell.trim().chars().take(QUOTED).collect()));
            speaking.push(Speaking { position, reading, cell });
            false
        });
    }

    /// Refuses a file with such a column that has none of the fields which say who has left.
    pub(crate) fn refuse_unread(&self, path: &str, line: u64, columns: &Columns) -> Result<(), SourceError> {
        if self.speaking.is_empty() || says_who_has_left(columns) {
            return Ok(());
        }
        let mut described = String::new();
        for (index, speaking) in self.speaking.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            // Writing to a string never fails.
            let _ = write!(described, "{separator}{}", speaking.describe(columns));
        }
        Err(SourceError::SpeaksOfLeaving { path: path.to_owned(), line, described })
    }

    /// The columns that are ignored although they speak of leaving, since another one is read for it.
    pub(crate) fn ignored(&self, columns: &Columns) -> Vec<(String, String)> {
        if !says_who_has_left(columns) {
            return Vec::new();
        }
        let name = |speaking: &Speaking| columns.column(speaking.position).name;
        self.speaking.iter().map(|speaking| (name(speaking), speaking.describe(columns))).collect()
    }
}

/// What a header is read as that is a slip of the pen for one of the fields that say who has left.
fn slip_of(header: &str) -> Option<Reading> {
    match likely_field(header)? {
        Field::Status => Some(Reading::Status),
        Field::Disabled => Some(Reading::Disabled),
        Field::EndDate => Some(Reading::EndDate),
        _ => None,
    }
}

fn says_who_has_left(columns: &Columns) -> bool {
    Field::OF_LEAVING.iter().any(|&field| columns.position(field).is_some())
}

/// Whether the filled cells of a column's sample look like dates.
fn has_dates(position: usize, sample: &[Vec<String>]) -> bool {
    let mut filled = sample.iter().filter_map(|row| row.get(position)).filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| looks_like_date(cell))
}

/// `2026-10-31T00:00:00`, `31.10.2026`, `10/31/26`, `31-Oct-2026`, `31 October 2026`, `20261031`.
fn looks_like_date(cell: &str) -> bool {
    let cell = cell.trim();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    if cell.len() == 8 && is_number(&cell) {
        return (19..=99).contains(&cell[..2].parse().unwrap_or(0));
    }
    let parts: Vec<&str> = cell.split(['-', '/', '.', ' ', ',', 'T']).filter(|part| !part.is_empty()).take(3).collect();
    let is_month = |part: &&str| part.len() >= 3 && part.chars().all(char::is_alphabetic);
    let numbers = parts.iter().filter(|part| part.len() <= 4 && is_number(part)).count();
    parts.len() == 3 && (numbers == 3 || (numbers == 2 && parts.iter().filter(|part| is_month(part)).count() == 1))
}

/// `9999-12-31`, `31.12.2999`: what stands in a column of last days where there is none.
fn is_forever(cell: &str) -> bool {
    (cell.contains("9999") || cell.contains("2999")) && cell.contains("31") && looks_like_date(cell)
}

impl Speaking {
    /// The column, why it is taken to speak of leaving, and both ways out.
    fn describe(&self, columns: &Columns) -> String {
        let column = columns.column(self.position);
        let why = match &self.cell {
            Some((line, cell)) => format!(" (line {line}: \"{}\")", visible(cell)),
            None => String::new(),
        };
        let header = visible(&column.name);
        let read = match self.reading.field() {
            Some(field) => format!("read it with --column {field}=\"{header}\""),
            None => format!("read it with --column FIELD=\"{header}\" as the field that it means"),
        };
        format!("{column} speaks of who has left{why}: {read}, or leave it out with --ignore-column \"{header}\"")
    }
}
