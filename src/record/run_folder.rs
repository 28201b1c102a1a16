//! `runs/RUN_ID/`: plan, journal and report of one run.

use std::fmt::Display;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::disk::atomic::{AtomicWriteError, PRIVATE, write_atomically};
use super::disk::own::open_own;
use super::disk::room::require_room;
use super::journal::Journal;

/// The journal's name in it.
pub(super) const JOURNAL_FILE: &str = "journal.jsonl";

/// The folder of one run.
#[derive(Debug)]
pub struct RunFolder {
    id: String,
    path: PathBuf,
    /// Locked while the process lives, which distinguishes a run under way from one that was killed.
    _held: Option<File>,
}

impl RunFolder {
    /// Makes a folder with a unique name, which sorts by time and holds a digest of the tenant.
    pub(super) fn create(runs: &Path, tenant: &str, now: Timestamp) -> io::Result<Self> {
        loop {
            let id = format!("{}-{tenant}-{:04x}", written(now), fastrand::u16(..));
            let path = runs.join(&id);
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    // Not every file system can lock a folder; the run works without the lock.
                    let held = File::open(&path)?;
                    let held = held.try_lock().is_ok().then_some(held);
                    return Ok(Self { id, path, _held: held });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The run's name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `plan.json`.
    pub fn write_plan(&self, plan: &impl Serialize) -> Result<(), AtomicWriteError> {
        write_json(&self.path.join("plan.json"), plan)
    }

    /// Writes `report.json`.
    pub fn write_report(&self, report: &impl Serialize) -> Result<(), AtomicWriteError> {
        write_json(&self.path.join("report.json"), report)
    }

    /// Opens `journal.jsonl` for appending; an error when the disk has no room for so many actions.
    pub fn open_journal(&self, actions: usize) -> io::Result<Journal> {
        require_room(&self.path, actions)?;
        let path = self.path.join(JOURNAL_FILE);
        let file = open_own(&path, OpenOptions::new().append(true).create(true).mode(0o600))?;
        Ok(Journal::new(file))
    }
}

/// An identifier for the log of a command without a run folder; it sorts by time and is most likely unique.
pub fn new_run_id(now: Timestamp) -> String {
    format!("{}-{:06x}", written(now), fastrand::u32(..1 << 24))
}

fn written(now: Timestamp) -> impl Display {
    now.strftime("%Y%m%dT%H%M%S%3fZ")
}

/// The tenant that a run is about, by its name; names of earlier versions don't hold it.
pub(super) fn tenant_of(run_id: &str) -> Option<&str> {
    let mut parts = run_id.split('-').skip(1);
    parts.next().filter(|_| parts.next().is_some())
}

/// Whether a run may be about a tenant, by its name.
pub(super) fn may_be_of(run_id: &str, tenant: &str) -> bool {
    tenant_of(run_id).is_none_or(|named| named == tenant)
}

/// Writes a document as indented JSON, atomically, with mode 0600.
pub fn write_json(path: &Path, document: &impl Serialize) -> Result<(), AtomicWriteError> {
    write_atomically(path, PRIVATE, |out| {
        serde_json::to_writer_pretty(&mut *out, document)
            .map_err(io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
            .map_err(|source| AtomicWriteError { path: path.to_owned(), source })
    })
}
