//! The right to change a tenant: one run at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::own::open_own;
use crate::record::state::StateError;

/// Attempts, in case the lock file is removed between opening and locking it.
const TRIES: usize = 5;

/// The right to change a tenant, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct TenantLock {
    file: File,
    path: PathBuf,
}

impl TenantLock {
    /// Locks the file; the error says who holds it. `about` describes this run to others.
    pub(in crate::record) fn acquire(path: PathBuf, about: &str) -> Result<Self, StateError> {
        for _ in 0..TRIES {
            let lock = Self::try_acquire(path.clone())?;
            if lock.require().is_ok() {
                let unusable = |source| StateError::Unusable { path, source };
                lock.describe(about).map_err(unusable)?;
                return Ok(lock);
            }
        }
        Err(StateError::Locked { holder: None })
    }

    fn try_acquire(path: PathBuf) -> Result<Self, StateError> {
        let unusable = |source| StateError::Unusable { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = open_own(&path, &mut options).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, path }),
            Err(TryLockError::WouldBlock) => Err(StateError::Locked { holder: read_holder(&mut file) }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// An error when the file was removed or replaced: then another run may hold a lock of its own.
    pub fn require(&self) -> io::Result<()> {
        let held = self.file.metadata()?;
        match fs::symlink_metadata(&self.path) {
            Ok(found) if (found.dev(), found.ino()) == (held.dev(), held.ino()) => Ok(()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(_) | Err(_) => Err(io::Error::other(removed(&self.path))),
        }
    }

    fn describe(&self, about: &str) -> io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(about.as_bytes())
    }
}

fn removed(path: &Path) -> String {
    format!("the lock {} was removed, so that another run may have begun", path.display())
}

fn read_holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    let line = text.trim().to_owned();
    (!line.is_empty()).then_some(line)
}
