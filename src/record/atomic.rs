//! Files replaced whole: a reader finds the old one or the new one, never half of either.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Read and written by their owner alone: plans and reports name people.
pub const PRIVATE: u32 = 0o600;

/// A file could not be replaced; the old one, if any, is as it was.
#[derive(Debug, Error)]
#[error("could not write `{}`; check that its folder exists, may be written to and has room", path.display())]
pub struct AtomicWriteError {
    /// Which file.
    pub path: PathBuf,
    /// Why not.
    #[source]
    pub source: io::Error,
}

/// Writes a file beside its place, flushes it to disk and moves it there.
///
/// What `write` itself refuses is handed on as it is; nothing is left behind then. `mode` is the file's, whatever the
/// umask. What is no regular file, such as `/dev/stdout`, is written to as it stands.
pub fn write_atomically<E: From<AtomicWriteError>>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |source| AtomicWriteError { path: path.to_owned(), source };
    if path.metadata().is_ok_and(|existing| !existing.is_file()) {
        // A pipe or a device has no content that could be half replaced.
        let mut device = fs::File::options().write(true).open(path).map_err(failed)?;
        write(&mut device)?;
        return Ok(device.flush().map_err(failed)?);
    }
    let folder = folder_of(path);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush().map_err(failed)?;
    drop(buffered);
    file.as_file().set_permissions(fs::Permissions::from_mode(mode)).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    // The move itself is on disk only once the folder is.
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_text(path: &Path, text: &str) -> Result<(), AtomicWriteError> {
        write_atomically(path, PRIVATE, |out| {
            out.write_all(text.as_bytes()).map_err(|source| AtomicWriteError { path: path.to_owned(), source })
        })
    }

    #[test]
    fn a_file_is_replaced_whole_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "an older and longer report").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write_text(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn when_writing_fails_the_old_file_stays_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let failed: Result<(), AtomicWriteError> = write_atomically(&path, PRIVATE, |out| {
            let _ = out.write_all(b"half");
            Err(AtomicWriteError { path: PathBuf::from("x"), source: io::Error::other("disk full") })
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = write_text(Path::new("/nonexistent/report.json"), "x").unwrap_err();
        assert!(error.to_string().contains("`/nonexistent/report.json`"), "{error}");
    }
}
