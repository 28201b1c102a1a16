//! Pace, pauses, retries, and when a run gives up.

use std::time::Duration;

use lumsync::sandbox::{Call, CallKind, SandboxSettings};
use serde_json::json;

use crate::support::data::users::{csv_of, people, tenant_of};
use crate::support::parallel::for_each;
use crate::support::server::Reply;
use crate::support::workspace::Workspace;

/// The most calls that arrived within any one second.
fn most_in_a_second(calls: &[Call]) -> usize {
    let mut arrived: Vec<Duration> = calls.iter().map(|call| call.arrived).collect();
    arrived.sort_unstable();
    let within = |first: &Duration| arrived.iter().filter(|other| (*first..*first + SECOND).contains(other)).count();
    arrived.iter().map(within).max().unwrap_or_default()
}

/// Calls that a busy machine may hold up between leaving and being seen; what leaves is proved to the call in the gate's
/// own tests, where time is simulated.
const LATE: usize = 5;
const SECOND: Duration = Duration::from_secs(1);

/// Renames everybody: a get and a save for each.
fn renaming(users: u32) -> Workspace {
    let workspace = Workspace::serving(&people(users)).with_application();
    workspace.write_csv(&csv_of(&people(users)).replace(",P", ",Q"));
    workspace.write("lumsync.toml", "[guardrails]\nmax_update = \"100%\"\n");
    workspace
}

#[test]
fn no_second_sees_more_calls_than_rps_lists_gets_tokens_and_retries_included() {
    let workspace = renaming(20);
    workspace.faults(&["http-500:get:every-5", "reset-after:save-update:3", "expired-token:list:1"]);
    workspace.sync(&["--rps", "20"]).exits_with(0);
    let calls = workspace.sandbox().traffic();
    assert!(calls.len() > 45, "{}", calls.len());
    assert!(most_in_a_second(&calls) <= 20 + LATE, "{}", most_in_a_second(&calls));
    // However late single calls were seen, all of them together took their time.
    let span = calls.last().unwrap().arrived.saturating_sub(calls[0].arrived);
    assert!(span >= Duration::from_secs((calls.len() as u64 - 20) / 20), "{span:?} for {}", calls.len());
}

#[test]
fn a_pause_too_long_for_any_number_is_longer_than_max_wait() {
    let mut workspace = renaming(1);
    workspace.intercept(|request, _| {
        (request.kind() == CallKind::List).then(|| Reply::status(429).header("retry-after", "99999999999999999999"))
    });
    workspace.sync(&[]).exits_with(1).stderr_contains(&["--max-wait"]);
}

#[test]
fn a_burst_lets_so_many_more_leave_after_a_quiet_time() {
    let workspace = renaming(10);
    workspace.sync(&["--rps", "10", "--burst", "5"]).exits_with(0);
    let most = most_in_a_second(&workspace.sandbox().traffic());
    assert!(most <= 14 + LATE, "{most}");
}

fn longest_silence_after_refusal(calls: &[Call]) -> Duration {
    let refused = calls.iter().position(|call| call.fault.is_some()).unwrap();
    let gap = |pair: &[Call]| pair[1].arrived.saturating_sub(pair[0].arrived);
    calls[refused..].windows(2).map(gap).max().unwrap()
}

#[test]
fn one_pause_holds_all_workers_and_a_refused_call_is_sent_again() {
    for_each(["429=1", "429-date=2", "http-503=1"], |fault| {
        let workspace = renaming(8);
        workspace.faults(&[&format!("{fault}:save-update:1")]);
        workspace.sync(&[]).exits_with(0);
        let longest = longest_silence_after_refusal(&workspace.sandbox().traffic());
        // Calls that were on their way already may still arrive; a date has whole seconds.
        assert!(longest >= Duration::from_millis(700), "{fault}: {longest:?}");
        let report = workspace.report();
        assert_eq!(report["summary"]["update"]["applied"], 8, "{fault}");
        assert_eq!(report["http"]["rateLimited"], u64::from(!fault.contains("503")), "{fault}");
    });
}

#[test]
fn a_pause_holds_calls_that_already_had_their_turn_at_a_pace() {
    let workspace = renaming(16);
    workspace.faults(&["429=3:save-update:1"]);
    // When the first save is refused, the others have their turns within the second that follows.
    workspace.sync(&["--rps", "20"]).exits_with(0);
    let longest = longest_silence_after_refusal(&workspace.sandbox().traffic());
    assert!(longest >= Duration::from_millis(2500), "{longest:?}");
}

#[test]
fn a_refusal_that_names_no_pause_is_waited_out_too() {
    for_each(["429", "400-rate-limit"], |fault| {
        let workspace = renaming(4);
        workspace.faults(&[&format!("{fault}:save-update:2")]);
        let ended = workspace.sync(&[]).exits_with(0);
        assert!(ended.stderr.contains("pause") || ended.stderr.contains("paused"), "{fault}: {}", ended.stderr);
        assert_eq!(workspace.report()["summary"]["update"]["applied"], 4, "{fault}");
    });
}

#[test]
fn a_tenant_with_a_limit_of_its_own_gets_everything_in_the_end() {
    for_each(["40:429", "40:429-silent", "40:400"], |limit| {
        let settings = SandboxSettings { rate_limit: Some(limit.parse().unwrap()), ..tenant_of(&people(60)) };
        let workspace = Workspace::with_tenant(settings);
        workspace.write_csv(&csv_of(&people(60)).replace(",P", ",Q"));
        workspace.sync(&["--max-update", "100%"]).exits_with(0);
        assert_eq!(workspace.report()["summary"]["update"]["applied"], 60, "{limit}");
        let written = workspace.saves().iter().filter(|call| call.written).count();
        assert_eq!(written, 60, "{limit}: nothing is written twice");
    });
}

#[test]
fn a_longer_pause_than_max_wait_ends_the_run_in_good_order_and_says_how_long_was_asked_for() {
    let workspace = renaming(5);
    workspace.faults(&["429=7200:list:1"]);
    workspace.sync(&["--max-wait", "1m"]).exits_with(1).stderr_contains(&["7200", "--max-wait"]);
    for (fault, is_done) in [("429=7200", false), ("http-503=7200", false)] {
        let workspace = renaming(5);
        workspace.faults(&[&format!("{fault}:save-update:3")]);
        workspace.sync(&["--max-wait", "1m", "--concurrency", "1"]).exits_with(4);
        let report = workspace.report();
        assert!(report.to_string().contains("7200"), "{fault}");
        let update = &report["summary"]["update"];
        assert_eq!(update["applied"], 2, "{fault} {is_done}");
        assert_eq!(workspace.saves().len(), 3, "{fault}: nothing new starts");
    }
}

#[test]
fn one_call_is_tried_as_often_as_allowed_and_no_more() {
    let workspace = renaming(1);
    workspace.faults(&["http-500:get:always"]);
    workspace.sync(&["--retries", "3"]).exits_with(4);
    assert_eq!(workspace.calls(CallKind::Get).len(), 4);
    assert!(workspace.saves().is_empty());
}

#[test]
fn other_refusals_are_not_tried_again() {
    for fault in ["bad-request", "forbidden", "http-404", "http-409", "redirect"] {
        let workspace = renaming(1);
        workspace.faults(&[&format!("{fault}:save-update:always")]);
        workspace.sync(&[]).exits_with(4);
        assert_eq!(workspace.saves().len(), 1, "{fault}");
    }
}

#[test]
fn an_expired_token_is_renewed_once_for_all_and_the_calls_are_sent_again() {
    // Each answer takes a while, so that several workers are refused with the same token.
    let slow = SandboxSettings { latency: Duration::from_millis(100), ..tenant_of(&people(60)) };
    let workspace = Workspace::with_tenant(slow).with_application();
    workspace.write_csv(&csv_of(&people(60)).replace(",P", ",Q"));
    let sync = ["sync", "users.csv", "--yes", "--concurrency", "8", "--rps", "unlimited", "--max-update", "100%"];
    let mut child = workspace.spawn(&sync);
    workspace.wait_for_calls(30, &mut child);
    workspace.sandbox().expire_tokens();
    assert!(child.wait().unwrap().success());
    assert_eq!(workspace.calls(CallKind::Token).len(), 2);
    assert_eq!(workspace.report()["summary"]["update"]["applied"], 60);
}

#[test]
fn a_token_that_stays_refused_is_renewed_once_and_no_more() {
    let workspace = renaming(2);
    workspace.faults(&["expired-token:list:always"]);
    workspace.sync(&[]).exits_with(1);
    assert_eq!((workspace.calls(CallKind::Token).len(), workspace.calls(CallKind::List).len()), (2, 2));
}

#[test]
fn twenty_failures_in_a_row_end_the_run() {
    let workspace = renaming(100);
    workspace.faults(&["bad-request:save-update:always"]);
    workspace.sync(&["--concurrency", "1"]).exits_with(4).stderr_contains(&["20"]);
    assert_eq!(workspace.saves().len(), 20);
    assert_eq!(workspace.report()["summary"]["update"]["notAttempted"], 80);
}

#[test]
fn a_login_that_is_refused_on_every_call_ends_the_run_early() {
    for fault in ["forbidden:get:always", "expired-token:get:always"] {
        let workspace = renaming(100);
        workspace.faults(&[fault]);
        let ended = workspace.sync(&["--concurrency", "1"]);
        assert!(matches!(ended.code, 1 | 4), "{ended:?}");
        assert!(workspace.calls(CallKind::Get).len() <= 20, "{fault}");
        assert!(workspace.saves().is_empty());
    }
}

#[test]
fn a_sick_tenant_is_not_hammered() {
    let workspace = renaming(300);
    workspace.faults(&["http-500:get:always"]);
    // At a pace, or with a few workers, the waits between tries alone would keep the retries few.
    let many = ["--rps", "unlimited", "--concurrency", "64", "--retries", "50"];
    workspace.sync(&[&many[..], &["--timeout", "2s", "--max-duration", "8s"]].concat()).exits_with(1);
    let retries = workspace.report()["http"]["retries"].as_u64().unwrap();
    assert!((100..=103).contains(&retries), "{retries}: a hundred, and one for each of the few good answers");
    assert_eq!(workspace.report()["summary"]["update"]["applied"], json!(0));
}
