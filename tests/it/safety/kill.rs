//! A run that is killed or told to end, at any moment.
//!
//! Moments are counted in calls that the tenant saw, so that the same seed means the same moment on any machine.

use std::process::Child;
use std::time::Duration;

use lumsync::sandbox::SandboxSettings;
use rustix::process::Signal;
use serde_json::json;

use crate::support::assertions::journal::assert_journals_account_for;
use crate::support::data::job::{JOB_CSV, Job, job_settings, state};
use crate::support::parallel::for_each;
use crate::support::run::Run;
use crate::support::signals;
use crate::support::soak;
use crate::support::workspace::Workspace;

const SYNC: [&str; 7] = ["sync", "users.csv", "--yes", "--page-size", "2", "--concurrency", "3"];
/// Calls of a run in which nothing goes wrong: pages, look-ups, gets and saves, and a few beyond the end.
const CALLS: usize = 22;

const SIGNALS: [(Signal, i32); 3] = [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)];

/// Without those that were ignored when the tests were started.
fn heard_signals() -> Vec<(Signal, i32)> {
    SIGNALS.into_iter().filter(|(signal, _)| !signals::is_ignored(*signal)).collect()
}

/// A tenant that takes its time, so that a moment may fall before or after the work is done.
fn workspace() -> Workspace {
    let workspace = Workspace::with_tenant(SandboxSettings { latency: Duration::from_millis(4), ..job_settings() });
    workspace.write_csv(JOB_CSV);
    workspace
}

/// Starts a sync and waits until the tenant saw so many calls, half of the time until the last one is done as well.
fn sync_until(workspace: &Workspace, random: &mut fastrand::Rng) -> (Child, usize) {
    let mut child = workspace.spawn(&SYNC);
    let moment = random.usize(0..=CALLS);
    workspace.wait_for_calls(moment, &mut child);
    if random.bool() {
        let writes = || workspace.sandbox().traffic().iter().filter(|call| call.written).count();
        let before = writes();
        let is_saving = workspace.saves().iter().any(|call| call.status.is_none());
        while is_saving && writes() == before && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
    }
    (child, moment)
}

#[test]
fn a_run_that_was_killed_at_any_moment_can_simply_be_run_again() {
    let job = Job::new();
    let mut in_the_middle = 0;
    for seed in 0..soak::count("LUMSYNC_KILLS", 25) {
        let workspace = workspace();
        let (mut child, moment) = sync_until(&workspace, &mut fastrand::Rng::with_seed(seed));
        child.kill().unwrap();
        child.wait().unwrap();
        let what = format!("seed {seed}, killed after {moment} calls");
        let now = state(workspace.sandbox());
        job.assert_no_harm(&now, &what);
        in_the_middle += u32::from(now != job.before && !job.wanted.keys().all(|email| job.is_done(email, &now)));
        assert_journals_account_for(&workspace.journal(), &workspace.saves());
        workspace.run(&SYNC).exits_with(0);
        job.assert_done(workspace.sandbox(), &what);
        assert_journals_account_for(&workspace.journal(), &workspace.saves());
        assert_eq!(workspace.plan(&[])["actions"], json!([]), "{what}");
    }
    assert!(in_the_middle >= 3, "only {in_the_middle} runs were killed between their first and their last write");
}

#[test]
fn a_run_that_is_told_to_end_at_any_moment_ends_in_good_order() {
    let job = Job::new();
    for seed in 0..soak::count("LUMSYNC_KILLS", 25) {
        let workspace = workspace();
        let mut random = fastrand::Rng::with_seed(seed + 1_000_000);
        let signals = heard_signals();
        let (signal, code) = signals[random.usize(0..signals.len())];
        let (child, moment) = sync_until(&workspace, &mut random);
        // Before its first call the process may not yet listen.
        let moment_of_signal = workspace.sandbox().traffic().len();
        signals::send(child.id(), signal);
        let ended = Run::of(&child.wait_with_output().unwrap());
        let what = format!("seed {seed}, {signal:?} after {moment} calls");
        let now = state(workspace.sandbox());
        job.assert_no_harm(&now, &what);
        let is_over = ended.code == 0 && job.wanted.keys().all(|email| job.is_done(email, &now));
        let is_unheard = moment_of_signal == 0 && ended.code < 0;
        assert!(ended.code == code || is_over || is_unheard, "{what}: {ended:?}");
        if !is_unheard {
            let report = workspace.report();
            assert_eq!(report["exitCode"], ended.code, "{what}");
            job.assert_report_is_true(&report, &now, &what);
        }
        assert_journals_account_for(&workspace.journal(), &workspace.saves());
        workspace.run(&SYNC).exits_with(0);
        job.assert_done(workspace.sandbox(), &what);
    }
}

#[test]
fn after_a_signal_nothing_new_starts_and_what_is_in_flight_ends() {
    for_each(heard_signals(), |(signal, code)| {
        // So long is a save in flight, and the signal is sent meanwhile.
        let latency = Duration::from_secs(2);
        let workspace = Workspace::with_tenant(SandboxSettings { latency, ..job_settings() });
        workspace.write_csv(JOB_CSV);
        let mut child = workspace.spawn(&["sync", "users.csv", "--yes", "--concurrency", "1"]);
        while workspace.saves().is_empty() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        signals::send(child.id(), signal);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let report = workspace.report();
        let results: Vec<_> = report["outcomes"].as_array().unwrap().iter().map(|one| one["result"].clone()).collect();
        assert_eq!(workspace.saves().len(), 1);
        assert_eq!(results.iter().filter(|result| **result == "applied").count(), 1);
        assert_eq!(results.iter().filter(|result| **result == "notAttempted").count(), results.len() - 1);
    });
}
