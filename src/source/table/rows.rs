//! The rows of a file one after the other, with their physical lines.

use std::borrow::Cow;

use super::dialect::Dialect;
use super::record::{Cell, Found, Record, RecordReader};
use crate::source::error::SourceError;
use crate::source::text::{Chunk, Chunks};

/// Most bytes that one row may have; more means a quote that was never closed.
const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// Walks over a file, of which it holds the current row and a chunk of text behind it.
pub(crate) struct Rows<'a> {
    path: &'a str,
    chunks: Chunks,
    /// Whether `text` has the last chunk.
    is_whole: bool,
    records: RecordReader,
    record: Record,
    text: String,
    /// Where the current row begins in `text`.
    at: usize,
    /// Its physical line, from 1.
    line: u64,
    terminator: u8,
}

/// A row as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'t> {
    /// The row without its line end; the places of the cells are in it.
    pub(crate) text: &'t str,
    pub(crate) cells: &'t [Cell],
    /// Physical line on which the row begins, from 1.
    pub(crate) line: u64,
    /// Whether a line end was there.
    pub(crate) is_terminated: bool,
    /// The first cell with text behind its closing quote.
    pub(crate) broken: Option<usize>,
}

impl<'t> Row<'t> {
    /// The value of the cell at a position from 0, unescaped.
    pub(crate) fn value(&self, position: usize) -> Cow<'t, str> {
        self.cells[position].value(self.text)
    }

    /// The values of all cells.
    pub(crate) fn values(self) -> impl Iterator<Item = Cow<'t, str>> {
        self.cells.iter().map(move |cell| cell.value(self.text))
    }

    /// A blank line, or one of nothing but delimiters as spreadsheets write for cleared rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| self.text[cell.place.clone()].trim_start().is_empty())
    }
}

impl<'a> Rows<'a> {
    /// The rows behind the header; `first` is the first chunk of the file at `path`, and `chunks` brings the others.
    pub(crate) fn new(path: &'a str, first: Chunk, chunks: Chunks, dialect: Dialect) -> Self {
        let Dialect { delimiter, terminator, body_at, body_line, .. } = dialect;
        let records = RecordReader::new(delimiter, terminator);
        let Chunk { text, is_last } = first;
        let record = Record::default();
        Self { path, chunks, is_whole: is_last, records, record, text, at: body_at, line: body_line, terminator }
    }

    /// Goes to the next row; false behind the last.
    pub(crate) fn advance(&mut self) -> Result<bool, SourceError> {
        self.at += self.record.next;
        self.line += self.record.lines;
        loop {
            match self.records.read(&self.text[self.at..], self.is_whole, &mut self.record) {
                Found::Record => return Ok(true),
                Found::Incomplete => self.read_more()?,
                Found::End => return Ok(false),
                Found::Unclosed(place) => return Err(self.unclosed(place)),
            }
        }
    }

    /// The row that [`Rows::advance`] went to.
    pub(crate) fn row(&self) -> Row<'_> {
        let Record { cells, end, is_terminated, broken, .. } = &self.record;
        let text = &self.text[self.at..self.at + end];
        Row { text, cells, line: self.line, is_terminated: *is_terminated, broken: *broken }
    }

    fn read_more(&mut self) -> Result<(), SourceError> {
        self.text.drain(..std::mem::take(&mut self.at));
        if self.text.len() > LONGEST_ROW {
            let how = format!("the row that begins on line {} does not end; is a quote never closed?", self.line);
            return Err(SourceError::Truncated { path: self.path.to_owned(), how });
        }
        let Chunk { text, is_last } = self.chunks.next()?;
        self.text.push_str(&text);
        self.is_whole = is_last;
        Ok(())
    }

    fn unclosed(&self, place: usize) -> SourceError {
        let before = &self.text.as_bytes()[self.at..self.at + place];
        let line = self.line + memchr::memchr_iter(self.terminator, before).count() as u64;
        let how =
            format!("it ends inside the quoted field that begins on line {line}, or a quote there is never closed");
        SourceError::Truncated { path: self.path.to_owned(), how }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::bytes::RawSource;
    use crate::source::settings::SourceSettings;
    use crate::source::text::{Assumption, Basis, TextReader, read_ahead};

    /// Each row with its line, and the error that ended them.
    fn read(text: &[u8], chunk_size: usize) -> (Vec<String>, Option<String>) {
        let mut raw = RawSource::from_bytes("users.csv", text.to_vec(), &SourceSettings::default()).unwrap();
        let assumed = Assumption { encoding: encoding_rs::UTF_8, basis: Basis::Presumed, mark: 0 };
        let reader = TextReader::new(&mut raw, assumed).unwrap().with_chunk_size(chunk_size);
        let mut shown = Vec::new();
        let outcome = std::thread::scope(|scope| {
            let (chunks, _) = read_ahead(scope, reader);
            let mut rows = Rows::new("users.csv", chunks.next()?, chunks, DIALECT);
            while rows.advance()? {
                shown.push(format!("{:?}", rows.row()));
            }
            Ok::<(), SourceError>(())
        });
        (shown, outcome.err().map(|error| error.to_string()))
    }

    const DIALECT: Dialect = Dialect {
        delimiter: b',',
        terminator: b'\n',
        header_at: 0,
        header_line: 1,
        body_at: 0,
        body_line: 1,
        has_extra_delimiter: false,
    };
    fn text() -> impl Strategy<Value = String> {
        "([aé,\" \n\r]|\r\n|\"\"){0,40}"
    }

    proptest! {
        #[test]
        fn chunks_of_any_size_give_the_same_rows(text in text(), chunk_size in 1_usize..20) {
            prop_assert_eq!(read(text.as_bytes(), chunk_size), read(text.as_bytes(), 1000));
        }

        #[test]
        fn a_bad_byte_is_reported_with_its_line_whatever_the_chunks(
            text in text(),
            bad in prop::sample::select(vec![b"\0", b"\xff"]),
            place in any::<prop::sample::Index>(),
            chunk_size in 1_usize..20,
        ) {
            let mut places = text.char_indices().map(|(place, _)| place).collect::<Vec<usize>>();
            places.push(text.len());
            let (front, behind) = text.split_at(*place.get(&places));
            let bytes = [front.as_bytes(), bad, behind.as_bytes()].concat();
            let count = |character: char| front.matches(character).count();
            let line = 1 + if count('\n') == 0 { count('\r') } else { count('\n') };
            let place = format!(", line {line}:");
            let (_, error) = read(&bytes, chunk_size);
            prop_assert!(error.unwrap().contains(&place));
        }
    }

    #[test]
    fn a_row_that_does_not_end_is_refused_with_its_line() {
        let mut text = b"a\n\"".to_vec();
        text.resize(LONGEST_ROW + (3 << 20), b'x');
        let (rows, error) = read(&text, 1 << 20);
        assert_eq!(rows.len(), 1);
        assert_eq!(
            error.unwrap(),
            "users.csv is cut short: the row that begins on line 2 does not end; is a quote never closed?; fetch or \
             export it again"
        );
    }
}
