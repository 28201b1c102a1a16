//! Progress as bars: one for the stage that runs, and a countdown while all requests wait.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::style::ProgressTracker;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::figures::{Stage, StageFigures};
use super::view::{Pause, View, seconds_left};
use crate::console::Printer;
use crate::model::visible;

/// How often a bar is drawn again.
const TICK: Duration = Duration::from_millis(120);

const SPINNING: &str = "  {spinner} {prefix}  {msg}";
const BYTES: &str = "  {spinner} {prefix}  [{bar:24.cyan}] {percent:>3}%  {msg}";
const ACTIONS: &str = "  {spinner} {prefix}  [{bar:24.cyan}] {percent:>3}%  {msg}, {eta} left";
const PAUSED: &str = "  ⏸ paused {left}: {msg}";

pub(super) struct Bars {
    printer: Printer,
    stage: Option<ProgressBar>,
    pause: Option<Countdown>,
}

struct Countdown {
    bar: ProgressBar,
    left: Arc<Mutex<Left>>,
}

impl Bars {
    pub(super) fn new(printer: Printer) -> Self {
        Self { printer, stage: None, pause: None }
    }

    fn show(&self, bar: ProgressBar, template: &str) -> ProgressBar {
        let bar = self.printer.bars().add(bar).with_style(style(template));
        bar.enable_steady_tick(TICK);
        bar
    }

    fn count_down(&self, left: Left, cause: &str) -> Countdown {
        let left = Arc::new(Mutex::new(left));
        let bar = self.printer.bars().add(ProgressBar::no_length().with_message(visible(cause).into_owned()));
        bar.set_style(style(PAUSED).with_key("left", LeftTracker(Arc::clone(&left))));
        bar.tick();
        bar.enable_steady_tick(TICK);
        Countdown { bar, left }
    }
}

impl View for Bars {
    fn begin(&mut self, figures: &StageFigures) {
        let (bar, template) = match (figures.total, figures.stage) {
            (None, _) | (_, Stage::Fetch) => (ProgressBar::no_length(), SPINNING),
            (Some(total), Stage::Load) => (ProgressBar::new(total), BYTES),
            (Some(total), Stage::Apply(_)) => (ProgressBar::new(total), ACTIONS),
        };
        self.stage = Some(self.show(bar.with_prefix(figures.stage.name()), template));
    }

    fn advance(&mut self, figures: &StageFigures, now: Instant) {
        if let Some(bar) = &self.stage {
            bar.set_position(figures.position);
            bar.set_message(figures.words(now));
        }
    }

    fn end(&mut self, figures: &StageFigures, now: Instant) {
        if let Some(bar) = self.stage.take() {
            bar.finish_and_clear();
        }
        let mark = match (figures.is_interrupted, figures.failed) {
            (true, _) => "✗",
            (false, 0) => "✓",
            (false, _) => "!",
        };
        self.printer.info(&format!("  {mark} {} ({:.1} s)", figures.last_words("", now), figures.seconds(now)));
    }

    fn pause(&mut self, pause: &Pause, now: Instant) {
        let left = Left { until: pause.until, shown: seconds_left(pause.until, now) };
        if let Some(countdown) = &self.pause {
            *countdown.left.lock().unwrap_or_else(PoisonError::into_inner) = left;
        } else {
            self.pause = Some(self.count_down(left, &pause.cause));
        }
    }

    fn resume(&mut self) {
        if let Some(countdown) = self.pause.take() {
            countdown.bar.finish_and_clear();
        }
    }

    fn stopping(&mut self, reason: &str) {
        self.printer.info(&format!("  stopping: {}", visible(reason)));
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.resume();
        self.stage.iter().for_each(ProgressBar::finish_and_clear);
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants, and a test draws each of them.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

struct Left {
    until: Instant,
    shown: u64,
}

/// Updates the countdown on each tick.
#[derive(Clone)]
struct LeftTracker(Arc<Mutex<Left>>);

impl ProgressTracker for LeftTracker {
    fn clone_box(&self) -> Box<dyn ProgressTracker> {
        Box::new(self.clone())
    }

    fn tick(&mut self, _: &ProgressState, now: Instant) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.shown = seconds_left(left.until, now);
    }

    fn reset(&mut self, _: &ProgressState, _: Instant) {}

    fn write(&self, _: &ProgressState, out: &mut dyn fmt::Write) {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A failed write is repeated at the next tick.
        let _ = write!(out, "{} s", left.shown);
    }
}
