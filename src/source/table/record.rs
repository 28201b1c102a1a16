//! Splits text into records with `csv-core`, and finds what that does not report: where each cell stands in the text, text
//! behind a closing quote, and quotes that never close.

use std::borrow::Cow;
use std::ops::Range;

use csv_core::{ReadFieldResult, ReadRecordResult, Reader, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter};

/// Unescaped bytes that `csv-core` may write at a time. They are not looked at: cells are read from the text.
const SCRATCH: usize = 1024;
/// Cells of one row that there is room for at first.
const CELLS: usize = 32;

/// Reads one record after the other from the front of a text.
pub(crate) struct RecordReader {
    delimiter: u8,
    /// A newline, or the carriage return of old Macs.
    terminator: u8,
    reader: Reader,
    scratch: [u8; SCRATCH],
    /// Where the cells of a line end, were it without delimiters.
    ends: Vec<usize>,
}

/// One row, as places in the text that it was read from.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) cells: Vec<Cell>,
    /// Behind the last cell, and behind its closing quote.
    pub(crate) end: usize,
    /// Behind the line end: where the next row begins.
    pub(crate) next: usize,
    /// Physical lines that the row takes.
    pub(crate) lines: u64,
    pub(crate) is_terminated: bool,
    /// The first cell with text behind its closing quote.
    pub(crate) broken: Option<usize>,
}

/// The inside of a cell: without its quotes, if it has any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) place: Range<usize>,
    /// A quoted cell has `""` inside, each of which means one quote.
    has_doubled_quote: bool,
}

/// What [`RecordReader::read`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Record,
    /// The text ends inside a record, and more text may follow.
    Incomplete,
    /// The whole text ended before another record.
    End,
    /// The whole text ended inside quotes that opened at this place.
    Unclosed(usize),
}

impl Cell {
    /// The value, unescaped; `text` is what the record was read from.
    pub(crate) fn value<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let inside = &text[self.place.clone()];
        if self.has_doubled_quote { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) }
    }
}

impl RecordReader {
    pub(crate) fn new(delimiter: u8, terminator: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(terminator)).build();
        let mut reader = Self { delimiter, terminator, reader, scratch: [0; SCRATCH], ends: vec![0; CELLS] };
        reader.restart();
        reader
    }

    /// Reads the record at the front of `text`; `is_whole` when nothing follows the text.
    pub(crate) fn read(&mut self, text: &str, is_whole: bool, record: &mut Record) -> Found {
        let found = self.read_cells(text.as_bytes(), is_whole, record);
        if found != Found::Record {
            self.restart();
        }
        found
    }

    /// After a reset, `csv-core` drops a byte order mark, which in the middle of a file is part of a cell. A line end
    /// before the first record is passed over.
    fn restart(&mut self) {
        self.reader.reset();
        self.reader.read_field(&[self.terminator], &mut self.scratch);
    }

    fn read_cells(&mut self, text: &[u8], is_whole: bool, record: &mut Record) -> Found {
        record.clear();
        match text.first() {
            None if is_whole => return Found::End,
            None => return Found::Incomplete,
            // To be counted, where `csv-core` passes over it in silence.
            Some(&byte) if byte == self.terminator => return record.close(&text[..1], 0, self.terminator, 1),
            Some(_) => {}
        }
        let line_end = memchr(self.terminator, text);
        let line = &text[..line_end.map_or(text.len(), |end| end + 1)];
        if memchr(b'"', line).is_some() {
            self.read_quoted(text, is_whole, record)
        } else if line_end.is_some() || is_whole {
            self.read_line(line, record)
        } else {
            Found::Incomplete
        }
    }

    /// Reads a line without quotes, which is a row by itself.
    fn read_line(&mut self, line: &[u8], record: &mut Record) -> Found {
        let (mut length, mut cells) = (0, 0);
        loop {
            let (found, read, _, ended) =
                self.reader.read_record(&line[length..], &mut self.scratch, &mut self.ends[cells..]);
            length += read;
            cells += ended;
            match found {
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * cells, 0),
                // No input any more means to `csv-core` that the file is at its end.
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull => {}
            }
        }
        let mut start = 0;
        for (delimiters, end) in self.ends[..cells].iter().enumerate() {
            record.cells.push(Cell { place: start..end + delimiters, has_doubled_quote: false });
            start = end + delimiters + 1;
        }
        let end = self.end_of_cell(line, true);
        if let Some(last) = record.cells.last_mut() {
            last.place.end = end;
        }
        record.close(line, end, self.terminator, 1)
    }

    /// Reads a row cell by cell, since blanks in front of a quote have to be kept from `csv-core`.
    fn read_quoted(&mut self, text: &[u8], is_whole: bool, record: &mut Record) -> Found {
        loop {
            let start = record.next + blanks_before_quote(&text[record.next..]);
            let Some((length, ends_record)) = self.find_end(&text[start..], is_whole) else {
                return Found::Incomplete;
            };
            record.next = start + length;
            let end = start + self.end_of_cell(&text[start..record.next], ends_record);
            if !record.push(text, start..end) {
                return Found::Unclosed(start);
            }
            if ends_record {
                let row = &text[..record.next];
                let lines = memchr_iter(self.terminator, row).count() as u64;
                return record.close(row, end, self.terminator, lines);
            }
        }
    }

    /// How far the cell at the front goes, with the delimiter or line end behind it, and whether it is the record's last.
    /// `None` when `text` ends inside the cell and more may follow.
    fn find_end(&mut self, text: &[u8], is_whole: bool) -> Option<(usize, bool)> {
        let mut length = 0;
        loop {
            if length == text.len() && !is_whole {
                return None;
            }
            // No text any more means to `csv-core` that the file is at its end.
            let (found, read, _) = self.reader.read_field(&text[length..], &mut self.scratch);
            length += read;
            match found {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => return Some((length, record_end)),
                ReadFieldResult::End => return Some((length, true)),
            }
        }
    }

    /// Where the cell ends that `found` holds together with what ended it, which the end of the file did without a byte.
    fn end_of_cell(&self, found: &[u8], ends_record: bool) -> usize {
        let separator = if ends_record { self.terminator } else { self.delimiter };
        let cell = found.strip_suffix(&[separator]).unwrap_or(found);
        let is_crlf = ends_record && self.terminator == b'\n';
        if is_crlf { cell.strip_suffix(b"\r").unwrap_or(cell).len() } else { cell.len() }
    }
}

impl Record {
    fn clear(&mut self) {
        self.cells.clear();
        self.next = 0;
        self.broken = None;
    }

    /// Adds the cell at `place`; false when it begins with a quote that never closes.
    fn push(&mut self, text: &[u8], place: Range<usize>) -> bool {
        if !text[place.clone()].starts_with(b"\"") {
            self.cells.push(Cell { place, has_doubled_quote: false });
            return true;
        }
        let Some(cell) = inside_of_quotes(&text[..place.end], place.start) else { return false };
        let behind = &text[cell.place.end + 1..place.end];
        if behind.iter().all(|&byte| byte == b' ' || byte == b'\r') {
            self.cells.push(cell);
        } else {
            self.broken.get_or_insert(self.cells.len());
            self.cells.push(Cell { place, has_doubled_quote: false });
        }
        true
    }

    /// Completes the record, which `row` holds with its line end.
    fn close(&mut self, row: &[u8], end: usize, terminator: u8, lines: u64) -> Found {
        if self.cells.is_empty() {
            self.cells.push(Cell { place: 0..0, has_doubled_quote: false });
        }
        self.end = end;
        self.next = row.len();
        self.lines = lines;
        self.is_terminated = row.last() == Some(&terminator);
        Found::Record
    }
}

/// Blanks in front of an opening quote are no part of the cell: people write `a, "b"`.
fn blanks_before_quote(cell: &[u8]) -> usize {
    let blanks = cell.iter().take_while(|&&byte| byte == b' ').count();
    if cell.get(blanks) == Some(&b'"') { blanks } else { 0 }
}

/// The cell whose quotes open at `open`; `None` when they never close.
fn inside_of_quotes(text: &[u8], open: usize) -> Option<Cell> {
    let mut has_doubled_quote = false;
    let mut quotes = memchr_iter(b'"', text.get(open + 1..)?).map(|offset| open + 1 + offset).peekable();
    while let Some(quote) = quotes.next() {
        if quotes.next_if_eq(&(quote + 1)).is_none() {
            return Some(Cell { place: open + 1..quote, has_doubled_quote });
        }
        has_doubled_quote = true;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rows up to the end or to quotes that never close; of a row with text behind a quote, only the number of cells.
    fn read(text: &str) -> (Vec<Vec<String>>, Vec<u64>, Found) {
        let mut reader = RecordReader::new(b',', b'\n');
        let (mut record, mut rest, mut rows, mut lines) = (Record::default(), text, Vec::new(), Vec::new());
        loop {
            match reader.read(rest, true, &mut record) {
                Found::Record => {
                    rows.push(record.cells.iter().map(|cell| cell.value(rest).into_owned()).collect());
                    lines.push(record.lines);
                    rest = &rest[record.next..];
                }
                end => return (rows, lines, end),
            }
        }
    }

    fn read_one(text: &str) -> Record {
        let mut record = Record::default();
        assert_eq!(RecordReader::new(b',', b'\n').read(text, true, &mut record), Found::Record);
        record
    }

    #[test]
    fn quotes_newlines_and_line_ends_are_read_as_they_were_meant() {
        let (rows, lines, end) = read("a,\"b \"\"x\"\"\",c\r\n\"two\nlines\", \"d\" ,e\n\n5\" disk,,\"\"");
        assert_eq!(rows, [vec!["a", "b \"x\"", "c"], vec!["two\nlines", "d", "e"], vec![""], vec!["5\" disk", "", ""]]);
        assert_eq!(lines, [1, 2, 1, 0]);
        assert_eq!(end, Found::End);
    }

    #[test]
    fn the_place_of_a_cell_is_inside_its_quotes_and_before_the_line_end() {
        let text = "é, \"b\"\"\",\"two\nlines\"\r\nnext";
        let record = read_one(text);
        let places: Vec<&str> = record.cells.iter().map(|cell| &text[cell.place.clone()]).collect();
        assert_eq!(places, ["é", "b\"\"", "two\nlines"]);
        assert_eq!(&text[..record.end], "é, \"b\"\"\",\"two\nlines\"");
        assert_eq!(&text[record.next..], "next");
        assert!(record.is_terminated);
        assert!(!read_one("a,b").is_terminated);
    }

    #[test]
    fn a_quote_that_never_closes_is_found_with_its_place() {
        assert_eq!(read("a,b\nc,\"d\ne,f\n").2, Found::Unclosed(2));
        assert_eq!(read("a,  \"b\"\"").2, Found::Unclosed(4));
    }

    #[test]
    fn text_behind_a_closing_quote_breaks_the_cell_and_not_the_row() {
        let (rows, ..) = read("a,\"b\"c,d\n");
        assert_eq!(rows, [["a", "\"b\"c", "d"]]);
        assert_eq!(read_one("a,\"b\"c,d\n").broken, Some(1));
        assert_eq!(read_one("\"a\" \r\n").broken, None);
    }

    #[test]
    fn a_byte_order_mark_between_rows_is_part_of_a_cell() {
        let mut reader = RecordReader::new(b',', b'\n');
        let mut record = Record::default();
        assert_eq!(reader.read("\u{feff}a", false, &mut record), Found::Incomplete);
        assert_eq!(reader.read("\u{feff}a,b\n", false, &mut record), Found::Record);
        assert_eq!(record.cells[0].place, 0..4);
        assert_eq!(record.cells[1].place, 5..6);
    }

    #[test]
    fn cells_longer_than_the_scratch_are_read_whole() {
        let long = "x".repeat(3 * SCRATCH);
        assert_eq!(read(&format!("{long},\"{long}\"\n")).0, [[long.clone(), long]]);
    }

    fn cell() -> impl Strategy<Value = String> {
        "[a-zé\",\n\r;|\t' ]{0,6}"
    }

    proptest! {
        #[test]
        fn rows_read_back_as_the_csv_crate_wrote_them(
            table in prop::collection::vec(prop::collection::vec(cell(), 3), 1..6),
            quote_all in any::<bool>(),
        ) {
            let style = if quote_all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(read(&text).0, table);
        }

        /// But for blank lines, which are kept, text behind quotes, which stays as it is, and quotes that never close.
        #[test]
        fn any_text_is_read_as_the_csv_crate_reads_it(text in "(a|é|,|\"|\"\"|\n|\r\n| a|a ){0,30}") {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .terminator(csv::Terminator::Any(b'\n'))
                .from_reader(text.as_bytes());
            let mut expected: Vec<Vec<String>> = Vec::new();
            for record in reader.records() {
                let mut row: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
                if let Some(last) = row.last_mut() {
                    last.truncate(last.trim_end_matches('\r').len());
                }
                expected.push(row);
            }
            let (mut rows, _, end) = read(&text);
            if matches!(end, Found::Unclosed(_)) {
                prop_assert!(expected.pop().is_some());
            }
            let is_blank = |row: &Vec<String>| *row == [""];
            rows.retain(|row| !is_blank(row));
            expected.retain(|row| !is_blank(row));
            prop_assert_eq!(expected.len(), rows.len());
            for (row, expected) in rows.iter().zip(&expected) {
                prop_assert_eq!(row.len(), expected.len());
                for (cell, expected) in row.iter().zip(expected) {
                    // A cell with text behind its quote is kept as it stands.
                    prop_assert_eq!(if cell.starts_with('"') { expected } else { cell }, expected);
                }
            }
        }

        #[test]
        fn the_front_of_a_text_has_no_record_that_the_whole_has_not(text in "[ab,\" \n\r]{0,40}", length in 0_usize..40) {
            let mut reader = RecordReader::new(b',', b'\n');
            let (mut front, mut whole) = (Record::default(), Record::default());
            let cut = &text[..length.min(text.len())];
            if reader.read(cut, false, &mut front) == Found::Record {
                prop_assert_eq!(reader.read(&text, true, &mut whole), Found::Record);
                prop_assert_eq!(format!("{front:?}"), format!("{whole:?}"));
            }
        }
    }
}
