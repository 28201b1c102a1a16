//! Progress as a person sees it: on a terminal held in memory, and in a log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{InMemoryTerm, ProgressDrawTarget};

use super::{Progress, Stage};
use crate::console::logging::{LogFormat, LogSetup, log_subscriber};
use crate::console::printer::tests::captured;
use crate::console::{Printer, TerminalFacts, Verbosity};
use crate::execute::{ActionResult, Event, Outcome};
use crate::plan::{ActionKind, Phase};

/// A clock that a test moves.
#[derive(Clone)]
struct Hand {
    start: Instant,
    seconds: Arc<AtomicU64>,
}

impl Hand {
    fn new() -> Self {
        Self { start: Instant::now(), seconds: Arc::default() }
    }

    fn forward(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn clock(&self) -> Box<dyn Fn() -> Instant + Send + Sync> {
        let hand = self.clone();
        Box::new(move || hand.start + Duration::from_secs(hand.seconds.load(Ordering::SeqCst)))
    }
}

fn ended(result: ActionResult) -> Event {
    let email = "ann@example.com".into();
    let outcome = Outcome {
        kind: ActionKind::Create,
        email,
        name: None,
        uid: None,
        row: None,
        group: None,
        result,
        attempts: 1,
        error: None,
    };
    Event::Ended { position: 0, outcome }
}

fn logged(act: impl FnOnce(&Progress, &Hand)) -> String {
    let (printer, _, stderr) = captured(Verbosity::Normal);
    let settings = LogSetup {
        format: LogFormat::Text,
        filter: "info".to_owned(),
        run_id: String::new(),
        clock: || jiff::Timestamp::UNIX_EPOCH,
    };
    let hand = Hand::new();
    tracing::subscriber::with_default(log_subscriber(settings, &printer).unwrap(), || {
        act(&Progress::with_clock(&printer, hand.clock()), &hand);
    });
    stderr.text().replace("1970-01-01T00:00:00Z ", "")
}

#[test]
fn without_a_terminal_each_stage_logs_its_start_its_end_and_a_line_every_ten_seconds() {
    let lines = logged(|progress, hand| {
        progress.begin(Stage::Fetch, None);
        for page in 1..=25 {
            hand.forward(1);
            progress.fetch_progress(page * 500, page);
        }
        progress.end();
    });
    insta::assert_snapshot!(lines, @r"
    info  fetch started stage=fetch
    info  fetch: 5,000 users, 10 pages, 500 a second stage=fetch
    info  fetch: 10,000 users, 20 pages, 500 a second stage=fetch
    info  fetch ended: 12,500 users, 25 pages, 500 a second seconds=25.0 stage=fetch
    ");
}

#[test]
fn a_pause_is_logged_once_with_its_cause_though_every_worker_tells_of_it() {
    let lines = logged(|progress, hand| {
        progress.event(&Event::PhaseStarted { phase: Phase::Admit, actions: 3 });
        for _ in 0..16 {
            progress.pause(Duration::from_secs(42), "the tenant asked for it (429)");
        }
        hand.forward(42);
        progress.resume();
        progress.resume();
        [ActionResult::Applied, ActionResult::Already, ActionResult::Failed]
            .map(ended)
            .iter()
            .for_each(|event| progress.event(event));
        progress.event(&Event::Stopping { reason: "interrupted".to_owned() });
        progress.end();
    });
    insta::assert_snapshot!(lines, @r"
    info  create and enable started stage=create and enable total=3
    info  paused 42 s: the tenant asked for it (429) seconds=42
    info  going on after the pause
    info  create and enable: 1 done of 3, 0 a second stage=create and enable
    warn  stopping: interrupted
    info  create and enable ended: 2 done of 3, 1 failed, 0.1 a second seconds=42.0 stage=create and enable
    ");
}

fn on_a_terminal(act: impl FnOnce(&Progress, &Hand, &InMemoryTerm)) -> String {
    let terminal = InMemoryTerm::new(10, 100);
    let facts = TerminalFacts { stderr_is_terminal: true, ..TerminalFacts::default() };
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), 255);
    let stderr = crate::console::printer::tests::Captured::default();
    let printer = Printer::new(facts, Verbosity::Normal, (std::io::sink(), stderr.clone()), target);
    let hand = Hand::new();
    let progress = Progress::with_clock(&printer, hand.clock());
    act(&progress, &hand, &terminal);
    drop(progress);
    assert_eq!(terminal.contents(), "", "bars are gone when the job is over");
    stderr.text()
}

fn assert_shows(terminal: &InMemoryTerm, expected: &str) {
    let contents = terminal.contents();
    assert!(contents.contains(expected), "`{expected}` is not in:\n{contents}");
}

#[test]
fn on_a_terminal_a_bar_shows_what_is_done_and_what_failed() {
    let left_over = on_a_terminal(|progress, hand, terminal| {
        progress.event(&Event::PhaseStarted { phase: Phase::Disable, actions: 4 });
        hand.forward(1);
        progress.event(&ended(ActionResult::Applied));
        progress.event(&ended(ActionResult::Failed));
        assert_shows(terminal, "disable  [████████████░░░░░░░░░░░░]  50%  1 done of 4, 1 failed, 2.0 a second");
        progress.end();
    });
    assert_eq!(left_over, "  ! disable: 1 done of 4, 1 failed, 2.0 a second (1.0 s)\n");
}

#[test]
fn an_interrupted_stage_is_not_ticked_and_what_was_never_begun_tells_nothing_of_the_pace() {
    let left_over = on_a_terminal(|progress, hand, _| {
        progress.event(&Event::PhaseStarted { phase: Phase::Admit, actions: 120 });
        hand.forward(4);
        let results = [ActionResult::Applied; 20].into_iter().chain([ActionResult::NotAttempted; 100]);
        results.for_each(|result| progress.event(&ended(result)));
        progress.end();
        progress.begin(Stage::Fetch, None);
        progress.fetch_progress(500, 1);
        hand.forward(1);
        progress.end();
        progress.begin(Stage::Fetch, None);
    });
    assert_eq!(
        left_over,
        "  ✗ create and enable interrupted: 20 done of 120, 5.0 a second (4.0 s)\n  \
        ✓ fetch: 500 users, 1 page, 500 a second (1.0 s)\n  \
        ✗ fetch interrupted: 0 users, 0 pages, 0 a second (0.0 s)\n"
    );
}

#[test]
fn on_a_terminal_loading_and_fetching_show_rows_and_users() {
    on_a_terminal(|progress, hand, terminal| {
        progress.begin(Stage::Load, Some(1000));
        progress.load_progress(250, 40);
        assert_shows(terminal, "load  [██████░░░░░░░░░░░░░░░░░░]  25%  40 rows");
        progress.begin(Stage::Fetch, None);
        hand.forward(2);
        progress.fetch_progress(1000, 2);
        assert_shows(terminal, "fetch  1,000 users, 2 pages, 500 a second");
    });
}

#[test]
fn on_a_terminal_a_pause_shows_its_cause_and_how_long_it_lasts() {
    on_a_terminal(|progress, _, terminal| {
        progress.begin(Stage::Fetch, None);
        progress.pause(Duration::from_mins(70), "the tenant asked for it (429)\u{1b}[2J");
        assert_shows(terminal, " s: the tenant asked for it (429)␛[2J");
        assert_shows(terminal, "⏸ paused 4");
        progress.pause(Duration::from_mins(165), "the tenant asked for it (429)");
        progress.resume();
        assert!(!terminal.contents().contains("paused"));
    });
}
