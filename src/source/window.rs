//! A window of text that slides over the file while a second thread reads, digests and decodes ahead.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::error::SourceError;
use super::text::TextReader;

/// Pieces that may wait between the two threads.
const AHEAD: usize = 2;
/// Most bytes that one row may have; more means a quote that was never closed.
pub(super) const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// The text that is being looked at, from the start of the current row on.
pub(super) struct Window<'scope> {
    text: String,
    /// Start of the current row in `text`.
    at: usize,
    /// The reading thread; gone when it has delivered everything.
    supply: Option<Supply<'scope>>,
    digest: String,
}

struct Supply<'scope> {
    pieces: Receiver<String>,
    thread: ScopedJoinHandle<'scope, Result<String, SourceError>>,
}

impl<'scope> Window<'scope> {
    /// A window over `first` and all that `reader` has behind it.
    pub(super) fn open<'env>(
        first: String,
        reader: TextReader<'env>,
        scope: &'scope Scope<'scope, 'env>,
    ) -> Result<Self, SourceError> {
        if reader.is_done() {
            return Ok(Self { text: first, at: 0, supply: None, digest: reader.digest()? });
        }
        let (sender, pieces) = sync_channel(AHEAD);
        let thread = scope.spawn(move || read_ahead(reader, &sender));
        Ok(Self { text: first, at: 0, supply: Some(Supply { pieces, thread }), digest: String::new() })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether no more text will come.
    pub(super) fn is_whole(&self) -> bool {
        self.supply.is_none()
    }

    /// Moves on to the row that begins at `at`.
    pub(super) fn move_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Drops the rows that were dealt with and fetches more text behind the current one.
    pub(super) fn extend(&mut self) -> Result<(), SourceError> {
        if let Some(Ok(piece)) = self.supply.as_ref().map(|supply| supply.pieces.recv()) {
            self.text.drain(..self.at);
            self.at = 0;
            self.text.push_str(&piece);
        } else if let Some(supply) = self.supply.take() {
            self.digest = supply.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(())
    }

    /// SHA-256 of the file; empty before the window [is whole](Self::is_whole).
    pub(super) fn into_digest(self) -> String {
        self.digest
    }
}

fn read_ahead(mut reader: TextReader<'_>, sender: &SyncSender<String>) -> Result<String, SourceError> {
    while let Some(piece) = reader.next()? {
        if sender.send(piece).is_err() {
            break;
        }
    }
    reader.digest()
}
