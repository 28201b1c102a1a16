//! The numbers of the stage that runs, and how they are said.

use std::time::Instant;

use crate::plan::Phase;

/// What the job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading and checking the CSV.
    Load,
    /// Listing the tenant's users.
    Fetch,
    /// Asking whether new addresses belong to somebody out of scope.
    LookUp,
    /// Comparing.
    Compare,
    /// Applying one phase.
    Apply(Phase),
}

impl Stage {
    /// One word for the line's beginning and for the field of a log line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Fetch => "fetch",
            Self::LookUp => "look up",
            Self::Compare => "compare",
            Self::Apply(Phase::Admit) => "create and enable",
            Self::Apply(Phase::Update) => "update",
            Self::Apply(Phase::Disable) => "disable",
        }
    }
}

/// How far the stage is.
pub(super) struct Figures {
    pub(super) stage: Stage,
    pub(super) started: Instant,
    /// What `position` goes up to, where it is known.
    pub(super) total: Option<u64>,
    /// Bytes read or actions ended.
    pub(super) position: u64,
    /// Rows, users, or actions that succeeded.
    pub(super) count: u64,
    /// Actions that did not succeed.
    pub(super) failed: u64,
    /// Pages of the list.
    pub(super) pages: u64,
}

impl Figures {
    pub(super) fn new(stage: Stage, total: Option<u64>, started: Instant) -> Self {
        Self { stage, started, total, position: 0, count: 0, failed: 0, pages: 0 }
    }

    /// What was reached, such as `4500 users, 9 pages, 500 a second`.
    pub(super) fn words(&self, now: Instant) -> String {
        match self.stage {
            Stage::Load => format!("{} rows", self.count),
            Stage::Fetch | Stage::LookUp => {
                format!("{} users, {} pages, {} a second", self.count, self.pages, self.rate(self.count, now))
            }
            Stage::Compare => String::new(),
            Stage::Apply(_) => self.applied_words(now),
        }
    }

    fn applied_words(&self, now: Instant) -> String {
        let total = self.total.map_or_else(String::new, |total| format!(" of {total}"));
        let failed = if self.failed == 0 { String::new() } else { format!(", {} not done", self.failed) };
        format!("{} done{total}{failed}, {} a second", self.count, self.rate(self.position, now))
    }

    /// Seconds since the stage began.
    pub(super) fn seconds(&self, now: Instant) -> f64 {
        now.saturating_duration_since(self.started).as_secs_f64()
    }

    /// A whole number a second; 0 before there is something to tell.
    fn rate(&self, count: u64, now: Instant) -> u64 {
        let millis = now.saturating_duration_since(self.started).as_millis().max(1);
        u64::try_from(u128::from(count) * 1000 / millis).unwrap_or(u64::MAX)
    }
}
