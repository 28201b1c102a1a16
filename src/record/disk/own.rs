//! Checks that files of the state dir belong to the user of the process, and that nobody else can write to them.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use serde::de::DeserializeOwned;

const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Makes the folder where it is missing; an error where it is not ours.
pub(in crate::record) fn own_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    require_own_folder(path)
}

/// An error for a folder that is not ours.
pub(in crate::record) fn require_own_folder(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    let problem = if found.is_dir() { distrust(&found) } else { Some("it is no folder".to_owned()) };
    problem.as_deref().map_or(Ok(()), refuse)
}

/// Opens a file of ours; never follows a link, and never waits for the other end of a pipe.
pub(in crate::record) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let file = options.custom_flags(flags.cast_signed()).open(path).map_err(|error| match error.raw_os_error() {
        Some(code) if code == rustix::io::Errno::LOOP.raw_os_error() => not_ours("it is a link"),
        _ => error,
    })?;
    let found = file.metadata()?;
    let problem = if found.is_file() { distrust(&found) } else { Some("it is no regular file".to_owned()) };
    problem.as_deref().map_or(Ok(file), refuse)
}

/// The content of a file of ours.
pub(in crate::record) fn read_own(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_own(path, OpenOptions::new().read(true))?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The same; `None` where there is no such file.
pub(in crate::record) fn read_own_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match read_own(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a JSON file of ours says; `None` where there is no such file.
pub(in crate::record) fn read_own_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    read_own_if_there(path)?.map(|text| Ok(serde_json::from_slice(&text)?)).transpose()
}

fn distrust(found: &Metadata) -> Option<String> {
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Some(format!("it belongs to another user ({})", found.uid()));
    }
    let mode = found.mode() & 0o7777;
    (mode & WRITABLE_BY_OTHERS != 0).then(|| format!("others may write to it (mode {mode:04o})"))
}

fn refuse<T>(problem: &str) -> io::Result<T> {
    Err(not_ours(problem))
}

fn not_ours(problem: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!("{problem}; look who put it there, and remove it or its rights"),
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn problem<T>(outcome: io::Result<T>) -> String {
        outcome.map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn a_link_a_pipe_and_what_others_may_write_to_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "ours").unwrap();
        fs::set_permissions(path("file"), fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read_own(&path("file")).unwrap(), b"ours");
        symlink(path("file"), path("link")).unwrap();
        assert!(problem(read_own(&path("link"))).starts_with("it is a link"));
        rustix::fs::mkfifoat(rustix::fs::CWD, path("pipe"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        assert!(problem(read_own(&path("pipe"))).starts_with("it is no regular file"));
        for mode in [0o620, 0o602, 0o666] {
            fs::set_permissions(path("file"), fs::Permissions::from_mode(mode)).unwrap();
            assert!(problem(read_own(&path("file"))).starts_with("others may write to it"));
        }
    }

    #[test]
    fn a_folder_of_ours_is_no_link_and_no_others_may_write_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        own_folder(&path("runs")).unwrap();
        own_folder(&path("runs")).unwrap();
        symlink(path("runs"), path("link")).unwrap();
        assert!(problem(own_folder(&path("link"))).starts_with("it is no folder"));
        fs::set_permissions(path("runs"), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(problem(own_folder(&path("runs"))).starts_with("others may write to it"));
    }
}
