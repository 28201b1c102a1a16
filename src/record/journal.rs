//! `journal.jsonl`: what was about to be sent, and how it ended; on disk before the request leaves.

use std::fs::File;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::execute::{ActionResult, Attempt, Event, Outcome};

/// Appends lines; one flush writes all lines since the last one to disk.
#[derive(Debug)]
pub struct Journal {
    file: File,
    buffer: Vec<u8>,
}

/// A line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "event")]
pub enum JournalLine<A = Attempt, O = Outcome> {
    /// A save that was about to be sent.
    Attempt {
        /// When.
        at: Timestamp,
        /// Which.
        #[serde(flatten)]
        attempt: A,
    },
    /// How an action ended.
    Outcome {
        /// When.
        at: Timestamp,
        /// How.
        #[serde(flatten)]
        outcome: O,
    },
}

impl JournalLine {
    /// When it was written.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Attempt { at, .. } | Self::Outcome { at, .. } => *at,
        }
    }
}

/// The lines of a journal. A last line without its line end was cut off by a kill, and its request was never sent.
pub(super) fn read_lines(text: &[u8]) -> impl Iterator<Item = serde_json::Result<JournalLine>> {
    text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")).map(serde_json::from_slice)
}

impl Journal {
    pub(super) fn new(file: File) -> Self {
        Self { file, buffer: Vec::new() }
    }

    /// Buffers the events that the journal records: attempts, and outcomes of actions that were begun.
    pub fn note(&mut self, event: &Event, at: Timestamp) -> io::Result<()> {
        match event {
            Event::AboutToSend(attempts, _) => {
                let mut attempts = attempts.iter();
                attempts.try_for_each(|attempt| self.add(&JournalLine::<_, &Outcome>::Attempt { at, attempt }))
            }
            Event::Ended { outcome, .. } if outcome.attempts > 0 || outcome.result != ActionResult::NotAttempted => {
                self.add(&JournalLine::<&Attempt, _>::Outcome { at, outcome })
            }
            Event::Ended { .. } | Event::PhaseStarted { .. } | Event::Stopping { .. } => Ok(()),
        }
    }

    /// Writes all buffered lines to disk.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        self.file.sync_data()
    }

    fn add(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.buffer, line)?;
        self.buffer.push(b'\n');
        Ok(())
    }
}
