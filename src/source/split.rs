//! Rows and cells (RFC 4180, and what programs make of it), with the place of each cell in the text.
//!
//! Written here because a refused cell must be shown where it stands, and a file that ends inside quotes must be told
//! from one that ends well; the `csv` crate tells neither. A property test holds that both read the same cells.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2, memrchr};

use super::marks::Marks;

/// Splits text, which begins and ends with whole rows, into rows. One splitter stays with one text.
#[derive(Debug, Clone)]
pub(super) struct Splitter {
    pub(super) delimiter: u8,
    /// A newline, or the carriage return of old Macs.
    pub(super) terminator: u8,
    marks: Marks,
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
        Self { delimiter, terminator, marks: Marks::new([delimiter, terminator, b'"']) }
    }

    /// Reads the row that begins at `from` into `record`.
    pub(super) fn next(&mut self, text: &str, from: usize, record: &mut Record) -> Step {
        let bytes = text.as_bytes();
        record.cells.clear();
        record.start = from;
        record.broken = None;
        if from == bytes.len() {
            return Step::End;
        }
        if let Some(step) = self.split_usual(bytes, record) {
            return step;
        }
        record.cells.clear();
        self.split_unusual(bytes, record)
    }

    /// A row whose quotes, if it has any, stand at the very edges of cells; `None` for any other.
    fn split_usual(&mut self, bytes: &[u8], record: &mut Record) -> Option<Step> {
        record.lines = 1;
        self.marks.go_to(bytes, record.start);
        let mut start = record.start;
        loop {
            let mut end = self.marks.next(bytes).unwrap_or(bytes.len());
            if bytes.get(end) == Some(&b'"') {
                let cell = if end == start { self.close_quote(bytes, end, &mut record.lines)? } else { return None };
                end = self.marks.next(bytes).unwrap_or(bytes.len());
                let is_edge = match &bytes[cell.end + 1..end] {
                    [] => bytes.get(end) != Some(&b'"'),
                    [b'\r'] => self.terminator == b'\n' && bytes.get(end).is_none_or(|&byte| byte == b'\n'),
                    _ => false,
                };
                record.cells.push(is_edge.then_some(cell)?);
            } else {
                record.cells.push(Cell { start, end, is_doubled: false });
            }
            if bytes.get(end) != Some(&self.delimiter) {
                self.close(bytes, end, record);
                return Some(Step::Row);
            }
            start = end + 1;
        }
    }

    /// The inside of the quotes that open at `open`, where the last mark stands; counts the lines that end in it.
    #[inline]
    fn close_quote(&mut self, bytes: &[u8], open: usize, lines: &mut u64) -> Option<Cell> {
        let mut is_doubled = false;
        loop {
            let end = self.marks.next(bytes)?;
            if bytes[end] == self.terminator {
                *lines += 1;
            } else if bytes[end] == b'"' {
                if bytes.get(end + 1) != Some(&b'"') {
                    return Some(Cell { start: open + 1, end, is_doubled });
                }
                self.marks.next(bytes);
                is_doubled = true;
            }
        }
    }

    /// Any row, with blanks around quotes, text behind them, and quotes that never close.
    fn split_unusual(&self, bytes: &[u8], record: &mut Record) -> Step {
        record.lines = 1;
        let mut at = record.start;
        loop {
            let quoted = match opening_quote(bytes, at).map(|open| (open, closing_quote(bytes, open))) {
                None => None,
                Some((_, Some(cell))) => Some(cell),
                Some((open, None)) => return Step::Unclosed(open),
            };
            let from = quoted.map_or(at, |cell| cell.end + 1);
            let rest = memchr2(self.delimiter, self.terminator, &bytes[from..]);
            let end = rest.map_or(bytes.len(), |offset| from + offset);
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

/// The quote that opens the cell at `at`. Blanks in front of it are no part of the cell: people write `a, "b"`.
fn opening_quote(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
    (bytes.get(at + blanks) == Some(&b'"')).then_some(at + blanks)
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

/// Where the last row ends whose line end is in `text`, which begins with a row; 0 when there is none.
pub(super) fn rows_end(text: &str, delimiter: u8, terminator: u8) -> usize {
    let bytes = text.as_bytes();
    if memchr(b'"', bytes).is_none() {
        return memrchr(terminator, bytes).map_or(0, |place| place + 1);
    }
    let mut splitter = Splitter::new(delimiter, terminator);
    splitter.marks.go_to(bytes, 0);
    // Where the cell begins that a quote may open, as `opening_quote` would find: none behind quotes that have closed.
    let (mut rows_end, mut cell) = (0, Some(0));
    while let Some(place) = splitter.marks.next(bytes) {
        if bytes[place] == terminator {
            rows_end = place + 1;
            cell = Some(rows_end);
        } else if bytes[place] == delimiter {
            cell = Some(place + 1);
        } else if cell.is_some_and(|start| bytes[start..place].iter().all(|&byte| byte == b' ')) {
            if splitter.close_quote(bytes, place, &mut 0).is_none() {
                return rows_end;
            }
            cell = None;
        }
    }
    rows_end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> (Vec<Vec<String>>, Vec<u64>, Step) {
        let mut splitter = Splitter::new(b',', b'\n');
        let (mut record, mut at, mut rows, mut lines) = (Record::default(), 0, Vec::new(), Vec::new());
        loop {
            match splitter.next(text, at, &mut record) {
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
        assert_eq!(Splitter::new(b',', b'\n').next(text, 0, &mut record), Step::Row);
        assert_eq!(record.broken, Some(1));
        let cells: Vec<_> = record.cells.iter().map(|cell| cell.value(text)).collect();
        assert_eq!(cells, ["a", "\"b\"c", "d"]);
    }

    fn cell() -> impl Strategy<Value = String> {
        "[a-zé\",\n\r;|\t' ]{0,6}"
    }

    proptest! {
        /// What a program writes with every care reads back.
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
            prop_assert_eq!(rows(&text).0, table);
        }

        /// The quick way is only quicker.
        #[test]
        fn usual_rows_are_split_as_any_rows_are(text in "([ab, \r\n]|\"[ab,\n]{0,3}\"|\"\"){0,14}") {
            let (mut quick, mut slow, mut at) = (Record::default(), Record::default(), 0);
            let mut splitter = Splitter::new(b',', b'\n');
            while at < text.len() {
                for record in [&mut quick, &mut slow] {
                    record.cells.clear();
                    (record.start, record.broken) = (at, None);
                }
                let usual = splitter.split_usual(text.as_bytes(), &mut quick);
                let any = splitter.split_unusual(text.as_bytes(), &mut slow);
                prop_assert!(usual.is_none() || usual == Some(any));
                if usual.is_some() {
                    prop_assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
                }
                if any != Step::Row {
                    break;
                }
                at = slow.next;
            }
        }

        /// Wherever a text is cut behind whole rows, it gives the same rows.
        #[test]
        fn text_that_is_cut_at_row_ends_gives_the_same_rows(text in "[ab,\" \n\r]{0,40}", length in 1_usize..40) {
            let (whole, _, end) = rows(&text);
            let cut = rows_end(&text[..length.min(text.len())], b',', b'\n');
            let (head, _, _) = rows(&text[..cut]);
            let (tail, _, tail_end) = rows(&text[cut..]);
            prop_assert_eq!(head.into_iter().chain(tail).collect::<Vec<_>>(), whole);
            prop_assert_eq!(matches!(tail_end, Step::Unclosed(_)), matches!(end, Step::Unclosed(_)));
        }

        #[test]
        fn what_is_left_behind_the_last_row_end_is_one_row_at_most(text in "[ab,\" \n]{0,40}") {
            let rest = &text[rows_end(&text, b',', b'\n')..];
            let (read, _, end) = rows(rest);
            prop_assert!(read.len() <= 1 || matches!(end, Step::Unclosed(_)), "{:?}", read);
        }
    }
}
