//! Progress as log lines: the start and end of each stage, a line every few seconds, each pause once.

use std::time::{Duration, Instant};

use super::figures::StageFigures;
use super::view::{Pause, View, seconds_left};

/// The interval of lines within a stage.
const EVERY: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Lines {
    last: Option<Instant>,
    paused_until: Option<Instant>,
}

impl View for Lines {
    fn begin(&mut self, figures: &StageFigures) {
        self.last = Some(figures.started);
        tracing::info!(stage = figures.stage.name(), total = figures.total, "{} started", figures.stage.name());
    }

    fn advance(&mut self, figures: &StageFigures, now: Instant) {
        if self.last.is_none_or(|last| now.saturating_duration_since(last) >= EVERY) {
            self.last = Some(now);
            tracing::info!(stage = figures.stage.name(), "{}: {}", figures.stage.name(), figures.words(now));
        }
    }

    fn end(&mut self, figures: &StageFigures, now: Instant) {
        let seconds = (figures.seconds(now) * 1000.0).round() / 1000.0;
        tracing::info!(stage = figures.stage.name(), seconds, "{}", figures.last_words(" ended", now));
    }

    fn pause(&mut self, pause: &Pause, now: Instant) {
        // A pause that is extended is not a new one.
        if self.paused_until.is_none() {
            let seconds = seconds_left(pause.until, now);
            tracing::info!(seconds, "paused {seconds} s: {}", pause.cause);
        }
        self.paused_until = Some(pause.until);
    }

    fn resume(&mut self) {
        if self.paused_until.take().is_some() {
            tracing::info!("going on after the pause");
        }
    }

    fn stopping(&mut self, reason: &str) {
        tracing::warn!("stopping: {reason}");
    }
}
