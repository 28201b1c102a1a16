//! How progress is shown.

use std::time::Instant;

use super::figures::StageFigures;

/// How progress is shown.
pub(super) trait View: Send {
    fn begin(&mut self, figures: &StageFigures);
    fn advance(&mut self, figures: &StageFigures, now: Instant);
    /// The stage is over, or was cut off.
    fn end(&mut self, figures: &StageFigures, now: Instant);
    fn pause(&mut self, pause: &Pause, now: Instant);
    fn resume(&mut self);
    fn stopping(&mut self, reason: &str);
}

/// All requests wait.
pub(super) struct Pause {
    pub(super) until: Instant,
    pub(super) cause: String,
}

/// Whole seconds left, rounded up so that a pause never shows 0 while it lasts.
pub(super) fn seconds_left(until: Instant, now: Instant) -> u64 {
    let left = until.saturating_duration_since(now);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}
