//! The rows of a piece one after the other, with their physical lines.

use super::dialect::Dialect;
use super::error::SourceError;
use super::pieces::Piece;
use super::split::{Record, Splitter, Step};

/// Walks over a piece.
pub(super) struct Rows<'a> {
    path: &'a str,
    text: &'a str,
    at: usize,
    line: u64,
    splitter: Splitter,
    record: Record,
}

impl<'a> Rows<'a> {
    pub(super) fn new(path: &'a str, piece: &'a Piece, dialect: Dialect) -> Self {
        let Piece { text, at, line } = piece;
        let splitter = Splitter::new(dialect.delimiter, dialect.terminator);
        Self { path, text, at: *at, line: *line, splitter, record: Record::default() }
    }

    /// Goes to the next row; false behind the last.
    pub(super) fn advance(&mut self) -> Result<bool, SourceError> {
        self.line += self.record.lines;
        match self.splitter.next(self.text, self.at, &mut self.record) {
            Step::Row => {
                self.at = self.record.next;
                Ok(true)
            }
            Step::End => Ok(false),
            Step::Unclosed(place) => Err(self.unclosed(place)),
        }
    }

    /// Physical line on which the row begins, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The text that the row's places are in.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    fn unclosed(&self, place: usize) -> SourceError {
        let before = &self.text.as_bytes()[self.at..place];
        let line = self.line + memchr::memchr_iter(self.splitter.terminator, before).count() as u64;
        let how =
            format!("it ends inside the quoted field that begins on line {line}, or a quote there is never closed");
        SourceError::Truncated { path: self.path.to_owned(), how }
    }
}
