//! Which changes of a saved plan were made by an earlier run of the same plan: whatever was taken back since, by a
//! person who had a reason, is not made a second time.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::Deserialize;

use super::disk::own::{open_own, read_own};
use super::run_folder::JOURNAL_FILE;
use super::state::{StateDir, StateError};
use crate::execute::ActionResult;
use crate::plan::GroupName;

/// Changes by kind, address, and group where it is one of members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliedBefore(HashSet<(String, Box<str>, Option<Box<str>>)>);

/// An outcome as a journal has it; other lines have no result.
#[derive(Deserialize)]
struct Line {
    kind: String,
    email: Box<str>,
    group: Option<GroupName>,
    result: Option<ActionResult>,
}

impl AppliedBefore {
    /// Whether this change was made.
    pub fn contains(&self, kind: &str, email: &str, group: Option<&str>) -> bool {
        !self.0.is_empty() && self.0.contains(&(kind.to_owned(), email.into(), group.map(Box::from)))
    }

    fn read_journal(&mut self, path: &Path) -> io::Result<()> {
        let lines = match read_own(path) {
            Ok(lines) => lines,
            // The run ended before its first change, or its folder was removed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        // A run that was killed may have left half a line.
        let lines = lines.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
        let applied = lines.filter(|line| line.result == Some(ActionResult::Applied));
        self.0.extend(applied.map(|line| (line.kind, line.email, line.group.map(|group| group.id))));
        Ok(())
    }
}

impl StateDir {
    /// What earlier runs of the plan with this checksum have made; from now on `run_id` is one of them.
    pub fn begin_plan(&self, checksum: &str, run_id: &str) -> Result<AppliedBefore, StateError> {
        let folder = self.folder("plans")?;
        let path = folder.join(checksum.replace(|character: char| !character.is_ascii_alphanumeric(), "-"));
        self.read_and_add(&path, run_id).map_err(|source| StateError::Unusable { path, source })
    }

    fn read_and_add(&self, path: &Path, run_id: &str) -> io::Result<AppliedBefore> {
        let mut applied = AppliedBefore::default();
        let mut file = open_own(path, OpenOptions::new().append(true).create(true).mode(0o600))?;
        for earlier in String::from_utf8_lossy(&read_own(path)?).lines() {
            applied.read_journal(&self.runs().join(earlier).join(JOURNAL_FILE))?;
        }
        file.write_all(format!("{run_id}\n").as_bytes())?;
        file.sync_data()?;
        Ok(applied)
    }
}
