//! The one layout of tables in text: columns as wide as their cells, fitted into the terminal's width.

use std::borrow::Cow;
use std::io::{self, Write};

use console::measure_text_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::{TextStyle, Tone};
use crate::report::formats::escape::terminal;

/// Spaces between two columns.
const GAP: usize = 2;
/// Where lines may be of any length, one long value does not push the column of all the others to the right.
const WIDEST_COLUMN: usize = 48;
/// A wrapped column keeps this much, whatever its neighbours need.
const NARROWEST: usize = 12;

/// What a column does with a value that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// One character, close to what it marks.
    Mark,
    /// As wide as its widest cell.
    Label,
    /// The same, aligned to the right.
    Number,
    /// Never cut or broken: the row goes on below a cell that is too wide.
    Whole,
    /// Broken between words.
    Wrapped,
}

impl Column {
    fn gap(self) -> usize {
        if self == Self::Mark { 1 } else { GAP }
    }
}

/// Paragraphs that stand one below the other, all of one tone.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    paragraphs: Vec<String>,
    tone: Option<Tone>,
}

/// Rows of cells. Every text is made harmless for a terminal.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    indent: usize,
}

impl Cell {
    /// A cell of several paragraphs.
    pub fn of(paragraphs: impl IntoIterator<Item = String>) -> Self {
        Self { paragraphs: paragraphs.into_iter().map(|text| terminal(&text).into_owned()).collect(), tone: None }
    }

    /// The cell in this tone.
    #[must_use]
    pub fn toned(self, tone: Tone) -> Self {
        Self { tone: Some(tone), ..self }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.paragraphs.is_empty()
    }

    fn painted(&self, text: &str, style: TextStyle) -> String {
        self.tone.map_or_else(|| text.to_owned(), |tone| style.paint(tone, text))
    }

    fn width(&self) -> usize {
        self.paragraphs.iter().map(|paragraph| measure_text_width(paragraph)).max().unwrap_or(0)
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::of([text.into()])
    }
}

impl Table {
    /// An empty table whose lines begin with so many spaces.
    pub fn new(indent: usize, columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new(), indent }
    }

    /// Adds a row with a cell for each column.
    pub fn push(&mut self, row: impl Into<Vec<Cell>>) {
        self.rows.push(row.into());
    }

    /// Writes all rows.
    pub fn write(&self, style: TextStyle, out: &mut dyn Write) -> io::Result<()> {
        let widths = self.widths(style.width);
        self.rows.iter().try_for_each(|row| self.write_row(row, &widths, style, out))
    }

    fn widths(&self, width: usize) -> Vec<usize> {
        let widest = |column: usize| self.rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..self.columns.len()).map(widest).collect();
        let of = |kind| self.columns.iter().position(|column| *column == kind);
        self.fit(&mut widths, of(Column::Whole), of(Column::Wrapped), width);
        widths
    }

    /// Every column as wide as its cells where the line holds them; else the wrapped one gives way. Where even two thirds
    /// of the room are not enough for the whole one, both get half of it.
    fn fit(&self, widths: &mut [usize], whole: Option<usize>, wrapped: Option<usize>, width: usize) {
        let natural = [whole, wrapped].map(|column| column.map_or(0, |column| widths[column]));
        let used = widths.iter().zip(&self.columns).filter(|(width, _)| **width > 0);
        let taken: usize = used.map(|(width, column)| width + column.gap()).sum();
        let fixed = (self.indent + taken).saturating_sub(natural.iter().sum::<usize>() + GAP);
        let room = width.saturating_sub(fixed);
        let [whole_width, wrapped_width] = if width == TextStyle::UNLIMITED {
            natural.map(|natural| natural.min(WIDEST_COLUMN))
        } else {
            let allowed = room.saturating_sub(natural[1]).max(room - room / 3);
            let whole = if natural[0] <= allowed { natural[0] } else { room / 2 };
            [whole, natural[1].min(room.saturating_sub(whole).max(NARROWEST))]
        };
        for (column, fitted) in [(whole, whole_width), (wrapped, wrapped_width)] {
            if let Some(column) = column {
                widths[column] = fitted;
            }
        }
    }

    fn write_row(&self, row: &[Cell], widths: &[usize], style: TextStyle, out: &mut dyn Write) -> io::Result<()> {
        let cells: Vec<_> =
            (0..row.len()).map(|index| lines(&row[index], self.columns[index], widths[index], style)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for number in 0..height {
            let mut line = LineBuilder::new(self.indent);
            for (index, cell) in cells.iter().enumerate() {
                let text = cell.get(number).map_or("", |text| &**text);
                line.push(text, self.columns[index], widths[index], |text| row[index].painted(text, style));
                let is_too_wide = self.columns[index] == Column::Whole && measure_text_width(text) > widths[index];
                if is_too_wide && style.width != TextStyle::UNLIMITED {
                    writeln!(out, "{}", line.text)?;
                    line = LineBuilder::new(line.start);
                }
            }
            if !line.text.is_empty() {
                writeln!(out, "{}", line.text)?;
            }
        }
        Ok(())
    }
}

/// A line under construction; spaces are written when something follows them.
struct LineBuilder {
    text: String,
    spaces: usize,
    /// Where the next column starts.
    start: usize,
}

impl LineBuilder {
    fn new(indent: usize) -> Self {
        Self { text: String::new(), spaces: indent, start: indent }
    }

    fn push(&mut self, text: &str, column: Column, width: usize, paint: impl Fn(&str) -> String) {
        if width == 0 {
            return;
        }
        let padding = width.saturating_sub(measure_text_width(text));
        let (before, after) = if column == Column::Number { (padding, 0) } else { (0, padding) };
        self.spaces += before;
        if !text.is_empty() {
            self.text.push_str(&" ".repeat(self.spaces));
            self.text.push_str(&paint(text));
            self.spaces = 0;
        }
        self.spaces += after + column.gap();
        self.start += width + column.gap();
    }
}

fn lines(cell: &Cell, column: Column, width: usize, style: TextStyle) -> Vec<Cow<'_, str>> {
    match column {
        Column::Wrapped if style.width != TextStyle::UNLIMITED => {
            cell.paragraphs.iter().flat_map(|paragraph| wrap(paragraph, width)).collect()
        }
        _ => cell.paragraphs.iter().map(|paragraph| Cow::Borrowed(paragraph.as_str())).collect(),
    }
}

/// Lines of at most `width` columns. A word that is longer is broken, but an address is not.
fn wrap(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    let is_wide_address = |word: &str| word.contains('@') && measure_text_width(word) > width;
    // Named one by one, since the defaults depend on what other crates ask of this one.
    let options = Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(!text.split(' ').any(is_wide_address));
    textwrap::wrap(text, options)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(width: usize, rows: &[(&str, &str)]) -> String {
        let mut table = Table::new(2, [Column::Mark, Column::Whole, Column::Wrapped, Column::Number]);
        for (address, words) in rows {
            table.push(["-".into(), (*address).into(), (*words).into(), "7".into()]);
        }
        let mut out = Vec::new();
        table.write(TextStyle { colour: false, width, full: false }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_wrap_and_an_address_that_is_too_wide_has_a_line_of_its_own() {
        let long = "maria.del.carmen.de.la.fuente@contractors.example.org";
        insta::assert_snapshot!(written(60, &[("ann@example.com", "Ann Lee"), (long, "María del Carmen de la Fuente y Ortega")]), @r"
        - ann@example.com            Ann Lee                     7
        - maria.del.carmen.de.la.fuente@contractors.example.org
                                     María del Carmen de la      7
                                     Fuente y Ortega
        ");
        assert_eq!(written(20, &[(long, "Ann Lee")]).lines().next(), Some(&*format!("  - {long}")));
    }

    #[test]
    fn where_lines_may_be_of_any_length_every_row_is_one_line() {
        let long = "n".repeat(100);
        let table = written(TextStyle::UNLIMITED, &[("ann@example.com", &long), (&long, "Ann Lee")]);
        assert_eq!(table.lines().count(), 2, "{table}");
    }

    #[test]
    fn words_and_addresses_stay_whole() {
        assert_eq!(wrap("the address belongs to another", 14), ["the address", "belongs to", "another"]);
        assert_eq!(wrap("has ann-marie@example.com", 14), ["has", "ann-marie@example.com"]);
        assert_eq!(wrap("山田太郎山田", 5), ["山田", "太郎", "山田"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_and_no_character_is_lost(text in "[a-zé山 👩]{0,60}", width in 2_usize..20) {
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(measure_text_width(line) <= width, "{line}");
            }
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
