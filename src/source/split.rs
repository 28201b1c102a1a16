//! Rows and cells (RFC 4180, and what programs make of it), with the place of each cell in the text.
//!
//! Written here because a refused cell must be shown where it stands, and a file that ends inside quotes must be told
//! from one that ends well; the `csv` crate tells neither. A property test holds that both read the same cells.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};

/// Splits text into rows.
#[derive(Debug, Clone)]
pub(super) struct Splitter {
    pub(super) delimiter: u8,
    /// A newline, or the carriage return of old Macs.
    pub(super) terminator: u8,
    /// The first quote at or behind the current row, as far as it was looked for.
    quote: Option<usize>,
}

/// One row, as places in the text.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) cells: Vec<Cell>,
    /// Where the row begins.
    pub(super) start: usize,
    /// Behind the last cell.
    pub(super) end: usize,
    /// Behind the line end: where the next row begins.
    pub(super) next: usize,
    /// Physical lines that the row takes.
    pub(super) lines: u64,
    /// Whether a line end was there.
    pub(super) is_terminated: bool,
    /// The first cell with text behind its closing quote.
    pub(super) broken: Option<usize>,
}

/// The inside of a cell: without its quotes, if it has any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    /// A quoted cell has `""` inside, each of which means one quote.
    pub(super) is_doubled: bool,
}

/// What [`Splitter::next`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A row.
    Row,
    /// The row may go on behind this text.
    More,
    /// The text ended before another row.
    End,
    /// The text ended inside quotes that opened at this place.
    Unclosed(usize),
}

impl Cell {
    /// The cell's value as it was meant.
    pub(super) fn value(self, text: &str) -> Cow<'_, str> {
        let inside = &text[self.start..self.end];
        if self.is_doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) }
    }
}

impl Splitter {
    pub(super) fn new(delimiter: u8, terminator: u8) -> Self {
        Self { delimiter, terminator, quote: None }
    }

    /// Forgets what was found in a text that has changed since.
    pub(super) fn reset(&mut self) {
        self.quote = None;
    }

    /// Reads the row that begins at `from` into `record`.
    pub(super) fn next(&mut self, text: &str, from: usize, is_whole: bool, record: &mut Record) -> Step {
        let bytes = text.as_bytes();
        record.cells.clear();
        record.start = from;
        record.broken = None;
        if from == bytes.len() {
            return if is_whole { Step::End } else { Step::More };
        }
        let line_end = memchr(self.terminator, &bytes[from..]).map(|offset| from + offset);
        if self.has_quote(bytes, from, line_end.unwrap_or(bytes.len())) {
            return self.split_quoted(bytes, is_whole, record);
        }
        match line_end {
            None if !is_whole => return Step::More,
            Some(end) => self.split_plain(bytes, end, record),
            None => self.split_plain(bytes, bytes.len(), record),
        }
        Step::Row
    }

    fn has_quote(&mut self, bytes: &[u8], from: usize, end: usize) -> bool {
        let known = match self.quote {
            Some(place) if place >= from => place,
            _ => memchr(b'"', &bytes[from..]).map_or(bytes.len(), |offset| from + offset),
        };
        self.quote = Some(known);
        known < end
    }

    /// A row without any quote, which ends at `line_end`.
    fn split_plain(&self, bytes: &[u8], line_end: usize, record: &mut Record) {
        self.close(bytes, line_end, record);
        record.lines = 1;
        let mut start = record.start;
        for offset in memchr_iter(self.delimiter, &bytes[record.start..record.end]) {
            let end = record.start + offset;
            record.cells.push(Cell { start, end, is_doubled: false });
            start = end + 1;
        }
        record.cells.push(Cell { start, end: record.end, is_doubled: false });
    }

    /// A row that may have quotes, and so may take several lines.
    fn split_quoted(&self, bytes: &[u8], is_whole: bool, record: &mut Record) -> Step {
        record.lines = 1;
        let mut at = record.start;
        loop {
            let quoted = match self.opening_quote(bytes, at).map(|open| (open, closing_quote(bytes, open))) {
                None => None,
                Some((_, Some(cell))) => Some(cell),
                Some((open, None)) => return if is_whole { Step::Unclosed(open) } else { Step::More },
            };
            let from = quoted.map_or(at, |cell| cell.end + 1);
            let end = match memchr2(self.delimiter, self.terminator, &bytes[from..]) {
                Some(offset) => from + offset,
                None if is_whole => bytes.len(),
                None => return Step::More,
            };
            match quoted {
                Some(cell) => self.push_quoted(bytes, cell, end, record),
                None => record.cells.push(Cell { start: at, end, is_doubled: false }),
            }
            if bytes.get(end) != Some(&self.delimiter) {
                self.close(bytes, end, record);
                return Step::Row;
            }
            at = end + 1;
        }
    }

    /// Blanks in front of a quote are no part of the cell: people write `a, "b"`.
    fn opening_quote(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let blanks = bytes[at..].iter().take_while(|&&byte| byte == b' ' && byte != self.delimiter).count();
        (bytes.get(at + blanks) == Some(&b'"')).then_some(at + blanks)
    }

    fn push_quoted(&self, bytes: &[u8], cell: Cell, end: usize, record: &mut Record) {
        record.lines += memchr_iter(self.terminator, &bytes[cell.start..cell.end]).count() as u64;
        if bytes[cell.end + 1..end].iter().all(|&byte| byte == b' ' || byte == b'\r') {
            record.cells.push(cell);
        } else {
            record.broken.get_or_insert(record.cells.len());
            record.cells.push(Cell { start: cell.start - 1, end, is_doubled: false });
        }
    }

    /// Notes where the row ends; the carriage return of a line end is no part of the last cell.
    fn close(&self, bytes: &[u8], line_end: usize, record: &mut Record) {
        record.is_terminated = line_end < bytes.len();
        record.next = if record.is_terminated { line_end + 1 } else { line_end };
        let has_return = self.terminator == b'\n' && bytes[record.start..line_end].last() == Some(&b'\r');
        record.end = if has_return { line_end - 1 } else { line_end };
        if let Some(last) = record.cells.last_mut() {
            last.end = last.end.min(record.end);
        }
    }
}

/// The inside of the quotes that open at `open`.
fn closing_quote(bytes: &[u8], open: usize) -> Option<Cell> {
    let (mut at, mut is_doubled) = (open + 1, false);
    while let Some(offset) = memchr(b'"', &bytes[at..]) {
        let quote = at + offset;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(Cell { start: open + 1, end: quote, is_doubled });
        }
        is_doubled = true;
        at = quote + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> (Vec<Vec<String>>, Vec<u64>, Step) {
        let mut splitter = Splitter::new(b',', b'\n');
        let (mut record, mut at, mut rows, mut lines) = (Record::default(), 0, Vec::new(), Vec::new());
        loop {
            match splitter.next(text, at, true, &mut record) {
                Step::Row => {
                    rows.push(record.cells.iter().map(|cell| cell.value(text).into_owned()).collect());
                    lines.push(record.lines);
                    at = record.next;
                }
                end => return (rows, lines, end),
            }
        }
    }

    #[test]
    fn quotes_newlines_and_line_ends_are_read_as_they_were_meant() {
        let (read, lines, end) = rows("a,\"b \"\"x\"\"\",c\r\n\"two\nlines\", \"d\" ,e\n5\" disk,,\"\"");
        assert_eq!(read, [vec!["a", "b \"x\"", "c"], vec!["two\nlines", "d", "e"], vec!["5\" disk", "", ""]]);
        assert_eq!(lines, [1, 2, 1]);
        assert_eq!(end, Step::End);
    }

    #[test]
    fn a_quote_that_never_closes_is_told_with_its_place() {
        assert_eq!(rows("a,b\nc,\"d\ne,f\n").2, Step::Unclosed(6));
    }

    #[test]
    fn text_behind_a_closing_quote_breaks_the_cell_and_not_the_row() {
        let text = "a,\"b\"c,d\n";
        let mut record = Record::default();
        assert_eq!(Splitter::new(b',', b'\n').next(text, 0, true, &mut record), Step::Row);
        assert_eq!(record.broken, Some(1));
        let cells: Vec<_> = record.cells.iter().map(|cell| cell.value(text)).collect();
        assert_eq!(cells, ["a", "\"b\"c", "d"]);
    }

    fn cell() -> impl Strategy<Value = String> {
        "[a-zé\",\n\r;|\t' ]{0,6}"
    }

    proptest! {
        /// What a program writes with every care reads back, however the text comes in pieces.
        #[test]
        fn rows_read_back_as_the_csv_crate_wrote_them(
            table in prop::collection::vec(prop::collection::vec(cell(), 3), 1..6),
            quote_all in any::<bool>(),
            piece in 1_usize..20,
        ) {
            let style = if quote_all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
            // A cell that begins with blanks and a quote is quoted by the writer; one of blanks alone is kept.
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(&rows(&text).0, &table);

            let (mut splitter, mut record) = (Splitter::new(b',', b'\n'), Record::default());
            let (mut at, mut known, mut read) = (0, 0, Vec::new());
            loop {
                let seen = &text[..known];
                match splitter.next(seen, at, known == text.len(), &mut record) {
                    Step::Row => {
                        read.push(record.cells.iter().map(|cell| cell.value(seen).into_owned()).collect::<Vec<_>>());
                        at = record.next;
                    }
                    Step::More => {
                        known = (known + piece).min(text.len());
                        while !text.is_char_boundary(known) {
                            known += 1;
                        }
                        splitter.reset();
                    }
                    end => {
                        prop_assert_eq!(end, Step::End);
                        break;
                    }
                }
            }
            prop_assert_eq!(&read, &table);
        }
    }
}
