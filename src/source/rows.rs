//! The rows of a file one after the other, with their physical lines.

use super::dialect::Dialect;
use super::error::SourceError;
use super::split::{Record, Splitter, Step};
use super::window::{LONGEST_ROW, Window};

/// Walks over a file from its header row to its end.
pub(super) struct Rows<'scope> {
    path: String,
    window: Window<'scope>,
    splitter: Splitter,
    record: Record,
    line: u64,
}

impl<'scope> Rows<'scope> {
    pub(super) fn new(path: &str, mut window: Window<'scope>, dialect: Dialect) -> Self {
        window.move_to(dialect.header_at);
        Self {
            path: path.to_owned(),
            window,
            splitter: Splitter::new(dialect.delimiter, dialect.terminator),
            record: Record::default(),
            line: dialect.header_line,
        }
    }

    /// Goes to the next row; false behind the last.
    pub(super) fn advance(&mut self) -> Result<bool, SourceError> {
        self.line += self.record.lines;
        loop {
            let (text, at, is_whole) = (self.window.text(), self.window.at(), self.window.is_whole());
            match self.splitter.next(text, at, is_whole, &mut self.record) {
                Step::Row => {
                    self.window.move_to(self.record.next);
                    return Ok(true);
                }
                Step::End => return Ok(false),
                Step::Unclosed(place) => return Err(self.unclosed(place)),
                Step::More => self.extend()?,
            }
        }
    }

    /// Physical line on which the row begins, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The text that the row's places are in.
    pub(super) fn text(&self) -> &str {
        self.window.text()
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    /// Whether the row is the file's last one and has no line end.
    pub(super) fn is_open_end(&self) -> bool {
        !self.record.is_terminated
    }

    /// SHA-256 of the file, behind the last row.
    pub(super) fn into_digest(self) -> String {
        self.window.into_digest()
    }

    fn extend(&mut self) -> Result<(), SourceError> {
        if self.window.text().len() - self.window.at() > LONGEST_ROW {
            let how = format!("the row that begins on line {} does not end; is a quote never closed?", self.line);
            return Err(SourceError::Truncated { path: self.path.clone(), how });
        }
        self.window.extend()?;
        self.splitter.reset();
        Ok(())
    }

    fn unclosed(&self, place: usize) -> SourceError {
        let before = &self.window.text().as_bytes()[self.window.at()..place];
        let line = self.line + memchr::memchr_iter(self.splitter.terminator, before).count() as u64;
        let how =
            format!("it ends inside the quoted field that begins on line {line}, or a quote there is never closed");
        SourceError::Truncated { path: self.path.clone(), how }
    }
}
