//! Reads, unpacks and decodes on a thread of its own, a few chunks ahead of the rows.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::decode::{Chunk, TextReader};
use crate::source::error::SourceError;

/// Chunks that may wait for the rows: enough to keep both threads busy, and little memory.
const AHEAD: usize = 4;

/// The chunks of a source, in order.
pub(crate) struct Chunks(Receiver<Result<Chunk, SourceError>>);

impl Chunks {
    /// The next chunk; an empty last one behind the last, or behind an error.
    pub(crate) fn next(&self) -> Result<Chunk, SourceError> {
        self.0.recv().unwrap_or_else(|_| Ok(Chunk { text: String::new(), is_last: true }))
    }
}

/// Starts the thread. Its result is the SHA-256 of the source's bytes as stored; it ends early when the chunks are dropped.
pub(crate) fn read_ahead<'scope>(
    scope: &'scope Scope<'scope, '_>,
    reader: TextReader<'scope>,
) -> (Chunks, ScopedJoinHandle<'scope, Result<String, SourceError>>) {
    let (sender, chunks) = sync_channel(AHEAD);
    (Chunks(chunks), scope.spawn(move || send_chunks(reader, &sender)))
}

fn send_chunks(
    mut reader: TextReader<'_>,
    sender: &SyncSender<Result<Chunk, SourceError>>,
) -> Result<String, SourceError> {
    loop {
        let chunk = reader.next();
        let is_over = chunk.as_ref().map_or(true, |chunk| chunk.is_last);
        let is_wanted = sender.send(chunk).is_ok();
        if is_over || !is_wanted {
            return if is_wanted { reader.digest() } else { Ok(String::new()) };
        }
    }
}
