//! How far the job is: bars on a terminal, a log line now and then without one; and why it waits, when it does.
//!
//! | file | is about |
//! | --- | --- |
//! | `figures` | the numbers of the stage that runs, and their words |
//! | `bars` | a terminal's view |
//! | `lines` | the view for logs |

mod bars;
mod figures;
mod lines;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bars::Bars;
use figures::Figures;
use lines::Lines;

pub use figures::Stage;

use super::Printer;
use crate::execute::{ActionResult, Event};

/// Told by every stage how far it is; shows it. May be shared between tasks.
pub struct Progress {
    state: Mutex<State>,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
}

struct State {
    figures: Option<Figures>,
    view: Box<dyn View>,
}

/// How progress is shown.
trait View: Send {
    fn begin(&mut self, figures: &Figures);
    fn advance(&mut self, figures: &Figures, now: Instant);
    fn end(&mut self, figures: &Figures, now: Instant);
    fn pause(&mut self, pause: &Pause, now: Instant);
    fn resume(&mut self);
    fn stopping(&mut self, reason: &str);
}

/// All requests wait.
struct Pause {
    until: Instant,
    cause: String,
}

impl Progress {
    /// Bars where the printer draws some, else log lines.
    pub fn new(printer: &Printer) -> Self {
        Self::with_clock(printer, Box::new(Instant::now))
    }

    fn with_clock(printer: &Printer, clock: Box<dyn Fn() -> Instant + Send + Sync>) -> Self {
        let draws = printer.facts().draws_bars(printer.verbosity());
        let view: Box<dyn View> = if draws { Box::new(Bars::new(printer.clone())) } else { Box::<Lines>::default() };
        Self { state: Mutex::new(State { figures: None, view }), clock }
    }

    /// A stage begins; `total` is its bytes (load) or actions (apply), where known.
    pub fn begin(&self, stage: Stage, total: Option<u64>) {
        self.end();
        self.with(|state, now| {
            let figures = Figures::new(stage, total, now);
            state.view.begin(&figures);
            state.figures = Some(figures);
        });
    }

    /// So many bytes of the CSV are read, with so many rows.
    pub fn load_progress(&self, bytes: u64, rows: u64) {
        self.advance(|figures| (figures.position, figures.count) = (bytes, rows));
    }

    /// So many users arrived, on so many pages.
    pub fn fetch_progress(&self, users: u64, pages: u64) {
        self.advance(|figures| (figures.count, figures.pages) = (users, pages));
    }

    /// The stage that runs is over; nothing happens when none runs.
    pub fn end(&self) {
        self.with(|state, now| {
            if let Some(figures) = state.figures.take() {
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
            Event::AboutToSave(..) => {}
            Event::Stopping { reason } => self.with(|state, _| state.view.stopping(reason)),
        }
    }

    fn advance(&self, change: impl FnOnce(&mut Figures)) {
        self.with(|state, now| {
            if let Some(figures) = &mut state.figures {
                change(figures);
                state.view.advance(figures, now);
            }
        });
    }

    fn with(&self, act: impl FnOnce(&mut State, Instant)) {
        // Figures are for the eye; a panic elsewhere leaves none that could do harm.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut state, (self.clock)());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

impl Figures {
    fn add(&mut self, result: ActionResult) {
        self.position += 1;
        match result {
            ActionResult::Applied | ActionResult::Already => self.count += 1,
            ActionResult::Drifted | ActionResult::Failed | ActionResult::NotAttempted => self.failed += 1,
        }
    }
}

/// Whole seconds left, rounded up so that a pause never shows 0 while it lasts.
fn seconds_left(until: Instant, now: Instant) -> u64 {
    let left = until.saturating_duration_since(now);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests;
