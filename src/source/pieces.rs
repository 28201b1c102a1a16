//! The file in pieces of whole rows, so that each can be checked by itself.

use super::dialect::Dialect;
use super::error::SourceError;
use super::split::rows_end;
use super::text::TextReader;

/// Most bytes that one row may have; more means a quote that was never closed.
const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// Some whole rows, one behind the other.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Where the first row begins in `text`.
    pub(super) at: usize,
    /// Physical line of the first row, from 1.
    pub(super) line: u64,
}

/// Cuts a file into pieces.
pub(super) struct Pieces<'a> {
    reader: TextReader<'a>,
    dialect: Dialect,
    /// Where the rows begin in the next piece: behind the header in the first one.
    at: usize,
    line: u64,
    is_done: bool,
}

impl<'a> Pieces<'a> {
    /// The rows behind the header; `first` is the text that the reader has given already.
    pub(super) fn new(mut reader: TextReader<'a>, first: &str, dialect: Dialect) -> Self {
        reader.give_back(first, 1);
        Self { reader, dialect, at: dialect.body_at, line: dialect.body_line, is_done: false }
    }

    /// The next piece; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, SourceError> {
        while !self.is_done {
            let mut text = self.reader.next()?;
            self.is_done = self.reader.is_done();
            let Dialect { delimiter, terminator, .. } = self.dialect;
            if !self.is_done {
                let end = self.at + rows_end(&text[self.at..], delimiter, terminator);
                let lines = memchr::memchr_iter(terminator, &text.as_bytes()[self.at..end]).count() as u64;
                self.reader.give_back(&text[end..], self.line + lines);
                self.refuse_endless_row(text.len() - end)?;
                text.truncate(end);
                let piece = Piece { text, at: std::mem::take(&mut self.at), line: self.line };
                self.line += lines;
                if piece.at < piece.text.len() {
                    return Ok(Some(piece));
                }
                continue;
            }
            return Ok(Some(Piece { text, at: std::mem::take(&mut self.at), line: self.line }));
        }
        Ok(None)
    }

    /// Whether the last piece was given.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// SHA-256 of the file, behind the last piece.
    pub(super) fn digest(self) -> Result<String, SourceError> {
        self.reader.digest()
    }

    fn refuse_endless_row(&self, length: usize) -> Result<(), SourceError> {
        if length <= LONGEST_ROW {
            return Ok(());
        }
        let how = format!("the row that begins on line {} does not end; is a quote never closed?", self.line);
        Err(SourceError::Truncated { path: self.reader.name().to_owned(), how })
    }
}
