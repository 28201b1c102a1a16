//! The numbers of the current stage, as text.

use std::time::Instant;

use crate::execute::ActionResult;
use crate::model::counted;
use crate::plan::Phase;

/// What the job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading and checking the CSV.
    Load,
    /// Listing the tenant's users.
    Fetch,
    /// Applying one phase.
    Apply(Phase),
}

impl Stage {
    /// The name of the stage at the beginning of a line and in the field of a log line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Fetch => "fetch",
            Self::Apply(Phase::Admit) => "create and enable",
            Self::Apply(Phase::Update) => "update",
            Self::Apply(Phase::Join) => "join groups",
            Self::Apply(Phase::Leave) => "leave groups",
            Self::Apply(Phase::Disable) => "disable",
        }
    }
}

/// How far the stage is.
pub(super) struct StageFigures {
    pub(super) stage: Stage,
    pub(super) started: Instant,
    /// What `position` goes up to, where it is known.
    pub(super) total: Option<u64>,
    /// Bytes read or actions ended.
    pub(super) position: u64,
    /// Rows, users, or actions that succeeded.
    pub(super) count: u64,
    /// Actions that failed or drifted.
    pub(super) failed: u64,
    /// The stage was cut off.
    pub(super) is_interrupted: bool,
    /// Pages of the list.
    pub(super) pages: u64,
}

impl StageFigures {
    pub(super) fn new(stage: Stage, total: Option<u64>, started: Instant) -> Self {
        Self { stage, started, total, position: 0, count: 0, failed: 0, pages: 0, is_interrupted: false }
    }

    /// Counts an action that ended; one that was never begun does not count for the pace.
    pub(super) fn add(&mut self, result: ActionResult) {
        match result {
            ActionResult::Applied | ActionResult::Already => self.count += 1,
            ActionResult::Drifted | ActionResult::Failed => self.failed += 1,
            ActionResult::NotAttempted => self.is_interrupted = true,
        }
        self.position = self.count + self.failed;
    }

    /// What was reached, such as `4500 users, 9 pages, 500 a second`.
    pub(super) fn words(&self, now: Instant) -> String {
        match self.stage {
            Stage::Load => counted(self.count, "row", "rows"),
            Stage::Fetch => {
                let (users, pages) = (counted(self.count, "user", "users"), counted(self.pages, "page", "pages"));
                format!("{users}, {pages}, {} a second", self.rate(self.count, now))
            }
            Stage::Apply(_) => self.applied_words(now),
        }
    }

    /// How the stage ended, such as `fetch ended: 4500 users, 9 pages, 500 a second`; `ended` is what is said of one
    /// that was not cut off.
    pub(super) fn last_words(&self, ended: &str, now: Instant) -> String {
        let ended = if self.is_interrupted { " interrupted" } else { ended };
        let words = self.words(now);
        let colon = if words.is_empty() { "" } else { ": " };
        format!("{}{ended}{colon}{words}", self.stage.name())
    }

    fn applied_words(&self, now: Instant) -> String {
        let total = self.total.map_or_else(String::new, |total| format!(" of {total}"));
        let failed = if self.failed == 0 { String::new() } else { format!(", {} failed", self.failed) };
        format!("{} done{total}{failed}, {} a second", self.count, self.rate(self.position, now))
    }

    /// Seconds since the stage began.
    pub(super) fn seconds(&self, now: Instant) -> f64 {
        now.saturating_duration_since(self.started).as_secs_f64()
    }

    /// The average per second so far; below ten, with one decimal.
    fn rate(&self, count: u64, now: Instant) -> String {
        let rate = count as f64 / self.seconds(now).max(0.001);
        let digits = usize::from((0.05..9.95).contains(&rate));
        format!("{rate:.digits$}")
    }
}
