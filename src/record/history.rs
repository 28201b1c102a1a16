//! What past runs left. Outcomes of single actions are skipped, so that a list of many runs fits into memory.

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::disk::atomic::temporary_in;
use super::disk::own::read_own_json;
use super::run_folder::may_be_of;
use super::state::{StateDir, StateError, is_same_tenant, name_of};
use super::unfinished::{is_under_way, time_of, unfinished_run};
use crate::model::{Exit, SourceFacts, Tenant};
use crate::report::{Report, ReportSummary, Unfinished};

/// A run of this state dir.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    /// Name of its folder; sorts by time.
    pub run_id: String,
    /// What is left of it.
    pub left: Left,
}

/// What a run left of its report.
#[derive(Debug, Clone, PartialEq)]
pub enum Left {
    /// The head of its report, or what its plan and journal say in place of one.
    Report(Box<ReportHead>),
    /// Neither report nor plan: it is under way, or it was killed before it had anything to write.
    Nothing,
    /// A report that can't be read, and why.
    Unreadable(String),
}

impl Left {
    /// Whether the run wrote a report.
    pub fn has_ended(&self) -> bool {
        match self {
            Self::Report(head) => head.unfinished.is_none(),
            Self::Nothing => false,
            Self::Unreadable(_) => true,
        }
    }
}

/// The head of a `report.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportHead {
    /// `sync` or `apply`.
    pub command: String,
    /// When the command began.
    pub started_at: Timestamp,
    /// When the report was written.
    pub finished_at: Timestamp,
    /// What the process ended with.
    pub exit_code: u8,
    /// Why the run ended otherwise than by finishing its plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Where the run left no report of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
    /// Which tenant it was about.
    pub tenant: Tenant,
    /// Which CSV it was made from; zeros when it could not be read.
    pub source: SourceFacts,
    /// The figures of its changes.
    pub summary: ReportSummary,
}

impl StateDir {
    /// The names of all runs, the latest first; none where there was no run yet.
    pub fn run_ids(&self) -> Result<Vec<String>, StateError> {
        let runs = self.runs();
        let unusable = |source| StateError::Unusable { path: runs.clone(), source };
        let entries = match fs::read_dir(&runs) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(unusable(source)),
        };
        self.require_own("runs").map_err(unusable)?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unusable)?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                names.extend(entry.file_name().into_string().ok());
            }
        }
        names.sort_unstable_by(|left, right| right.cmp(left));
        Ok(names)
    }

    /// What the run of this name left.
    pub fn past_run(&self, run_id: String) -> PastRun {
        let folder = self.runs().join(&run_id);
        let left = match read_head(&folder.join("report.json")) {
            Left::Nothing => match unfinished_run(&folder) {
                Ok(Some((_, report))) => Left::Report(Box::new(report.into())),
                Ok(None) => Left::Nothing,
                Err(error) => Left::Unreadable(error.to_string()),
            },
            left => left,
        };
        PastRun { run_id, left }
    }

    /// When a run of this tenant last ended with exit code 0.
    pub fn last_success(&self, tenant: &Tenant) -> Result<Option<Timestamp>, StateError> {
        let name = name_of(tenant);
        let runs = self.run_ids()?.into_iter().filter(|run_id| may_be_of(run_id, &name));
        let mut heads = runs.filter_map(|run_id| match self.past_run(run_id).left {
            Left::Report(head) => Some(head),
            Left::Nothing | Left::Unreadable(_) => None,
        });
        let is_success =
            |head: &ReportHead| head.exit_code == Exit::Done.code() && is_same_tenant(&head.tenant, tenant);
        Ok(heads.find(|head| is_success(head)).map(|head| head.finished_at))
    }

    /// Removes all run folders of a tenant but the latest `keep`; never one whose run is under way.
    pub fn remove_old_runs(&self, tenant: &Tenant, keep: NonZeroUsize) -> Result<(), StateError> {
        let name = name_of(tenant);
        let is_run_of_tenant = |run_id: &String| time_of(run_id).is_some() && may_be_of(run_id, &name);
        let old = self.run_ids()?.into_iter().filter(is_run_of_tenant).skip(keep.get());
        for path in old.map(|run_id| self.runs().join(run_id)).filter(|folder| !is_under_way(folder)) {
            fs::remove_dir_all(&path).map_err(|source| StateError::Unusable { path, source })?;
        }
        Ok(())
    }

    /// Makes the state dir where it is missing, and writes and removes a file in it.
    pub fn try_out(&self) -> Result<PathBuf, StateError> {
        let runs = self.folder("runs")?;
        match temporary_in(&runs) {
            Ok(_) => Ok(runs),
            Err(source) => Err(StateError::Unusable { path: runs, source }),
        }
    }
}

impl From<Report> for ReportHead {
    fn from(report: Report) -> Self {
        let Report { command, started_at, finished_at, exit_code, error, unfinished, tenant, source, summary, .. } =
            report;
        Self { command, started_at, finished_at, exit_code, error, unfinished, tenant, source, summary }
    }
}

fn read_head(path: &Path) -> Left {
    // Read whole: skipping outcomes in memory is many times faster than skipping them in a stream.
    match read_own_json(path) {
        Ok(None) => Left::Nothing,
        Ok(Some(head)) => Left::Report(Box::new(head)),
        Err(error) => Left::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_run_comes_first_and_each_tells_what_it_left() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().to_owned());
        assert_eq!(state.run_ids().unwrap(), Vec::<String>::new());
        for run in ["20260301T000000Z-aa", "20260303T000000Z-cc", "20260302T000000Z-bb"] {
            fs::create_dir_all(state.runs().join(run)).unwrap();
        }
        let report = include_str!("../../fixtures/reports/v1.json");
        fs::write(state.runs().join("20260301T000000Z-aa/report.json"), report).unwrap();
        fs::write(state.runs().join("20260302T000000Z-bb/report.json"), "{").unwrap();
        let ids = state.run_ids().unwrap();
        assert_eq!(ids, ["20260303T000000Z-cc", "20260302T000000Z-bb", "20260301T000000Z-aa"]);
        let left: Vec<Left> = ids.into_iter().map(|id| state.past_run(id).left).collect();
        assert_eq!(left[0], Left::Nothing);
        assert!(matches!(left[1], Left::Unreadable(_)));
        assert!(matches!(&left[2], Left::Report(head) if head.exit_code == 4 && head.summary.create.planned > 0));
    }

    #[test]
    fn trying_a_state_dir_out_leaves_nothing_but_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path().join("deep/state"));
        let runs = state.try_out().unwrap();
        assert_eq!(fs::read_dir(runs).unwrap().count(), 0);
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(StateDir::new(folder.path().join("file")).try_out().is_err());
    }
}
