//! `journal.jsonl`: what was about to be sent, and how it ended; on disk before the request leaves.

use std::fs::File;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::execute::{ActionResult, Attempt, Event, MembersAttempt, Outcome};

/// Appends lines; one flush to disk serves all lines written since the last one.
#[derive(Debug)]
pub struct Journal {
    file: File,
    buffer: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase", tag = "event")]
enum Line<'a> {
    Attempt {
        at: Timestamp,
        #[serde(flatten)]
        attempt: &'a Attempt,
    },
    #[serde(rename = "attempt")]
    MembersAttempt {
        at: Timestamp,
        #[serde(flatten)]
        attempt: &'a MembersAttempt,
    },
    Outcome {
        at: Timestamp,
        #[serde(flatten)]
        outcome: &'a Outcome,
    },
}

impl Journal {
    pub(super) fn new(file: File) -> Self {
        Self { file, buffer: Vec::new() }
    }

    /// Takes up the events that the journal keeps: attempts, and outcomes of actions that were begun.
    pub fn note(&mut self, event: &Event, at: Timestamp) -> io::Result<()> {
        match event {
            Event::AboutToSave(attempt, _) => self.add(&Line::Attempt { at, attempt }),
            Event::AboutToChangeMembers(attempt, _) => self.add(&Line::MembersAttempt { at, attempt }),
            Event::Ended { outcome, .. } if outcome.attempts > 0 || outcome.result != ActionResult::NotAttempted => {
                self.add(&Line::Outcome { at, outcome })
            }
            Event::Ended { .. } | Event::PhaseStarted { .. } | Event::Stopping { .. } => Ok(()),
        }
    }

    /// Brings everything noted to disk.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        self.file.sync_data()
    }

    fn add(&mut self, line: &Line<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.buffer, line)?;
        self.buffer.push(b'\n');
        Ok(())
    }
}
