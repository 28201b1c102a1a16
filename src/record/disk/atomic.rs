//! Files are replaced atomically: a reader finds the old file or the new one.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::NamedTempFile;
use thiserror::Error;

/// For the owner only, since plans and reports hold personal data.
pub const PRIVATE: u32 = 0o600;

/// The prefix of temporary files, by which leftovers of a killed process are found.
const TEMPORARY: &str = ".lumsync-writing-";

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
/// An error of `write` is returned as it is, and nothing is left behind. The file gets `mode`, regardless of the umask.
/// What is no regular file, such as `/dev/stdout`, is written to directly.
pub fn write_atomically<E: From<AtomicWriteError>>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |source| AtomicWriteError { path: path.to_owned(), source };
    if is_device(path) {
        // A pipe or a device can't be replaced.
        let mut device = open_device(path).map_err(failed)?;
        write(&mut device)?;
        return Ok(device.flush().map_err(failed)?);
    }
    let folder = folder_of(path);
    remove_leftovers(folder);
    let mut file = temporary_in(folder).map_err(failed)?;
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush().map_err(failed)?;
    drop(buffered);
    file.as_file().set_permissions(fs::Permissions::from_mode(mode)).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    // The rename is on disk only after the folder is synced.
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(())
}

/// Checks whether [`write_atomically`] can write: the folder, its permissions, a reader of the pipe. Changes nothing.
pub fn try_writing(path: &Path) -> Result<(), AtomicWriteError> {
    let failed = |source| AtomicWriteError { path: path.to_owned(), source };
    if is_device(path) {
        return open_device(path).map(drop).map_err(failed);
    }
    temporary_in(folder_of(path)).map(drop).map_err(failed)
}

fn is_device(path: &Path) -> bool {
    path.metadata().is_ok_and(|existing| !existing.is_file())
}

/// Opens a pipe or a device without waiting for a reader.
fn open_device(path: &Path) -> io::Result<fs::File> {
    let device = fs::File::options().write(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)?;
    let flags = rustix::fs::fcntl_getfl(&device)?;
    rustix::fs::fcntl_setfl(&device, flags - OFlags::NONBLOCK)?;
    Ok(device)
}

/// A temporary file, deleted when it is dropped, and locked while it is written.
pub(in crate::record) fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
        // Waits while `remove_leftovers` holds the lock. Without locks of the file system, leftovers are not removed.
        let _ = file.as_file().lock();
        // Before it was locked, `remove_leftovers` may have removed it.
        if file.as_file().metadata()?.nlink() > 0 {
            return Ok(file);
        }
    }
}

/// Removes temporary files of killed processes; errors are ignored.
pub(in crate::record) fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let names =
        entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes()));
    for path in names.map(|entry| entry.path()) {
        let own_uid = rustix::process::geteuid().as_raw();
        let is_ours = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.uid() == own_uid);
        // Locked until it is removed: a process that has just made the file waits, and then makes another.
        let held = fs::File::open(&path).ok().filter(|file| is_ours && file.try_lock().is_ok());
        if held.is_some() {
            let _ = fs::remove_file(&path);
        }
    }
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
        let path = Path::new("/nonexistent/report.json");
        for error in [write_text(path, "x").unwrap_err(), try_writing(path).unwrap_err()] {
            assert!(error.to_string().contains("`/nonexistent/report.json`"), "{error}");
        }
    }

    #[test]
    fn a_pipe_that_nobody_reads_is_an_error_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        assert!(write_text(&path, "x").is_err() && try_writing(&path).is_err());
        write_text(Path::new("/dev/null"), "x").unwrap();
    }

    #[test]
    fn many_writers_in_one_folder_never_remove_what_another_is_writing() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = folder.path().join(format!("{writer}.prom"));
                scope.spawn(move || (0..100).for_each(|_| write_text(&path, "figures").unwrap()));
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 8);
    }

    #[test]
    fn what_a_kill_left_is_removed_by_the_next_writer_and_what_another_writes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (_, left) = temporary_in(folder.path()).unwrap().keep().unwrap();
        let writing = temporary_in(folder.path()).unwrap();
        write_text(&folder.path().join("report.json"), "new").unwrap();
        assert!(!left.exists() && writing.path().exists());
    }
}
