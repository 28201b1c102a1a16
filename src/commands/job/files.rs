//! The files that a command reads and writes. Before anything is sent, it is checked that none is both, and that each
//! output can be written.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::failure::{CommandError, Failure};
use crate::record::try_writing;

/// The files of a command, each with the option that names it.
#[derive(Debug, Default)]
pub struct Files {
    inputs: Vec<(&'static str, PathBuf)>,
    outputs: Vec<(&'static str, PathBuf)>,
}

/// The identity of a file, whatever path and links lead to it.
#[derive(Debug, PartialEq, Eq)]
enum Identity {
    There { device: u64, inode: u64 },
    New { folder: PathBuf, name: String },
}

impl Files {
    /// Adds what the command reads.
    pub fn reads(mut self, what: &'static str, path: Option<impl AsRef<Path>>) -> Self {
        self.inputs.extend(path.map(|path| (what, path.as_ref().to_owned())));
        self
    }

    /// Adds what the command writes.
    pub fn writes(mut self, what: &'static str, paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Self {
        self.outputs.extend(paths.into_iter().map(|path| (what, path.as_ref().to_owned())));
        self
    }

    /// Refuses an output that is read, or written twice, or can't be written at all.
    pub fn check(&self) -> Result<(), Failure> {
        let mut taken: Vec<_> = self.inputs.iter().map(|(what, path)| (*what, Identity::of(path))).collect();
        for (what, path) in &self.outputs {
            let refuse = |problem| CommandError::OutputFile { option: what, path: path.clone(), problem };
            if is_named_pipe(path) {
                return Err(refuse("is a named pipe: name a file".to_owned()).into());
            }
            let identity = Identity::of(path);
            if let Some((other, _)) = taken.iter().find(|(_, taken)| identity.is_some() && *taken == identity) {
                return Err(refuse(format!("is the file of {other} too: name another")).into());
            }
            taken.push((what, identity));
        }
        self.outputs.iter().try_for_each(|(_, path)| Ok(try_writing(path)?))
    }
}

impl Identity {
    /// `None` for a device, which has no content to lose, and where the identity is unknown.
    fn of(path: &Path) -> Option<Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_file() => Some(Self::There { device: found.dev(), inode: found.ino() }),
            Ok(_) => None,
            Err(_) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                // In lower case, since a file system may ignore case.
                let name = path.file_name()?.to_string_lossy().to_lowercase();
                Some(Self::New { folder: folder.canonicalize().ok()?, name })
            }
        }
    }
}

/// Whether it is a named pipe, which would block without a reader; the process's own output may be a pipe.
fn is_named_pipe(path: &Path) -> bool {
    let is_own = path.starts_with("/dev") || path.starts_with("/proc");
    !is_own && fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::exit::Exit;

    fn refusal(input: &Path, outputs: &[&Path]) -> Option<Exit> {
        Files::default()
            .reads("the CSV", Some(input))
            .writes("--report", outputs)
            .check()
            .err()
            .map(|failure| failure.exit)
    }

    #[test]
    fn whatever_leads_to_an_input_or_another_output_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let input = path("users.csv");
        fs::write(&input, "email\n").unwrap();
        fs::create_dir(path("sub")).unwrap();
        fs::hard_link(&input, path("hard.csv")).unwrap();
        symlink(&input, path("soft.csv")).unwrap();
        symlink(folder.path(), path("here")).unwrap();
        for same in ["users.csv", "hard.csv", "soft.csv", "sub/../users.csv", "here/users.csv", "./users.csv"] {
            assert_eq!(refusal(&input, &[&path(same)]), Some(Exit::Usage), "{same}");
        }
        for [one, other] in [["a.csv", "a.csv"], ["a.csv", "sub/../a.csv"], ["a.csv", "A.CSV"], ["a.csv", "here/a.csv"]]
        {
            assert_eq!(refusal(&input, &[&path(one), &path(other)]), Some(Exit::Usage), "{one} {other}");
        }
        assert_eq!(refusal(&input, &[&path("a.csv"), &path("sub/a.csv"), Path::new("/dev/null")]), None);
        assert_eq!(refusal(Path::new("-"), &[&path("a.csv")]), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "trying leaves nothing");
    }

    #[test]
    fn what_can_not_be_written_is_found_out_by_trying() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("users.csv");
        assert_eq!(refusal(&input, &[&folder.path().join("none/a.csv")]), Some(Exit::CouldNot));
        assert_eq!(refusal(&input, &[folder.path()]), Some(Exit::CouldNot));
        let pipe = folder.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
        assert_eq!(refusal(&input, &[&pipe]), Some(Exit::Usage));
    }
}
