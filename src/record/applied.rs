//! Which changes of a saved plan an earlier run of it has made: a change that was reverted since is not made again.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::disk::own::{open_own, read_own, read_own_if_there};
use super::journal::{JournalLine, read_lines};
use super::run_folder::JOURNAL_FILE;
use super::state::{StateDir, StateError};
use crate::execute::ActionResult;
use crate::plan::ActionKind;

/// Changes by kind, address, and group where it is one of members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliedBefore(HashSet<(ActionKind, Box<str>, Option<Box<str>>)>);

impl AppliedBefore {
    /// Whether this change was made.
    pub fn contains(&self, kind: ActionKind, email: &str, group: Option<&str>) -> bool {
        !self.0.is_empty() && self.0.contains(&(kind, email.into(), group.map(Box::from)))
    }

    fn read_journal(&mut self, path: &Path) -> io::Result<()> {
        // Without a journal, the run ended before its first change, or its folder was removed.
        let text = read_own_if_there(path)?.unwrap_or_default();
        self.0.extend(read_lines(&text).filter_map(|line| match line {
            Ok(JournalLine::Outcome { outcome, .. }) if outcome.result == ActionResult::Applied => {
                Some((outcome.kind, outcome.email, outcome.group.map(|group| group.id)))
            }
            _ => None,
        }));
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
