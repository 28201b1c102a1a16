//! Whether the disk has room for what a run will write, checked before its first write to the tenant.

use std::io;
use std::path::Path;

/// An upper estimate for an action: two lines of the journal and an entry of the report, with a long error.
const BYTES_FOR_AN_ACTION: u64 = 2_048;
/// What a run writes besides its actions.
const BYTES_FOR_A_RUN: u64 = 64 * 1_024;

/// An error when the disk of this folder has less room than so many actions need.
///
/// A disk that fills up later stops the run as well: no request is sent that can't be recorded.
pub(in crate::record) fn require_room(folder: &Path, actions: usize) -> io::Result<()> {
    let needed = BYTES_FOR_A_RUN + BYTES_FOR_AN_ACTION * actions as u64;
    let disk = rustix::fs::statvfs(folder)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= needed {
        return Ok(());
    }
    let message = format!("{} KiB are free, and this run needs {}", free / 1_024, needed / 1_024);
    Err(io::Error::new(io::ErrorKind::StorageFull, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_actions_have_room_and_more_than_any_disk_holds_have_not() {
        let folder = tempfile::tempdir().unwrap();
        require_room(folder.path(), 3).unwrap();
        let error = require_room(folder.path(), 1 << 50).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("KiB"), "{error}");
    }
}
