//! What every stage reports to.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::bars::Bars;
use super::figures::{Stage, StageFigures};
use super::lines::Lines;
use super::view::{Pause, View};
use crate::console::Printer;
use crate::execute::Event;

/// Shows the progress that the stages report. May be shared between tasks.
pub struct Progress {
    state: Mutex<State>,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
}

struct State {
    figures: Option<StageFigures>,
    view: Box<dyn View>,
}

impl Progress {
    /// Bars where the printer draws some, else log lines.
    pub fn new(printer: &Printer) -> Self {
        Self::with_clock(printer, Box::new(Instant::now))
    }

    pub(super) fn with_clock(printer: &Printer, clock: Box<dyn Fn() -> Instant + Send + Sync>) -> Self {
        let draws = printer.facts().draws_bars(printer.verbosity());
        let view: Box<dyn View> = if draws { Box::new(Bars::new(printer.clone())) } else { Box::<Lines>::default() };
        Self { state: Mutex::new(State { figures: None, view }), clock }
    }

    /// A stage begins; `total` is its bytes (load) or actions (apply), where known.
    pub fn begin(&self, stage: Stage, total: Option<u64>) {
        self.end();
        self.with(|state, now| {
            let figures = StageFigures::new(stage, total, now);
            state.view.begin(&figures);
            state.figures = Some(figures);
        });
    }

    /// Bytes and rows of the CSV that were read.
    pub fn load_progress(&self, bytes: u64, rows: u64) {
        self.advance(|figures| (figures.position, figures.count) = (bytes, rows));
    }

    /// Users and pages that were listed.
    pub fn fetch_progress(&self, users: u64, pages: u64) {
        self.advance(|figures| (figures.count, figures.pages) = (users, pages));
    }

    /// The stage that runs is over; nothing happens when none runs.
    pub fn end(&self) {
        self.leave(|_| {});
    }

    /// The stage that runs was cut off by an error or a stop.
    pub fn interrupt(&self) {
        self.leave(|figures| figures.is_interrupted = true);
    }

    fn leave(&self, change: impl FnOnce(&mut StageFigures)) {
        self.with(|state, now| {
            if let Some(mut figures) = state.figures.take() {
                change(&mut figures);
                state.view.end(&figures, now);
            }
        });
    }

    /// All requests wait for so long. Told again when a pause grows; the cause is a phrase such as `the tenant asked for
    /// it (429)`.
    pub fn pause(&self, length: Duration, cause: &str) {
        self.with(|state, now| {
            state.view.pause(&Pause { until: now + length, cause: cause.to_owned() }, now);
        });
    }

    /// The pause is over.
    pub fn resume(&self) {
        self.with(|state, _| state.view.resume());
    }

    /// Something happened while applying.
    pub fn event(&self, event: &Event) {
        match event {
            Event::PhaseStarted { phase, actions } => self.begin(Stage::Apply(*phase), Some(*actions)),
            Event::Ended { outcome, .. } => self.advance(|figures| figures.add(outcome.result)),
            Event::AboutToSend(..) => {}
            Event::Stopping { reason } => self.with(|state, _| state.view.stopping(reason)),
        }
    }

    fn advance(&self, change: impl FnOnce(&mut StageFigures)) {
        self.with(|state, now| {
            if let Some(figures) = &mut state.figures {
                change(figures);
                state.view.advance(figures, now);
            }
        });
    }

    fn with(&self, act: impl FnOnce(&mut State, Instant)) {
        // A poisoned lock is no problem: the figures are only displayed.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut state, (self.clock)());
    }
}

impl Drop for Progress {
    /// Who comes to the end of a stage says so; all else is an early return.
    fn drop(&mut self) {
        self.interrupt();
    }
}
