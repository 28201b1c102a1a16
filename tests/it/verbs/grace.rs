//! `--grace`: nobody loses access for one night without a row.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

const GRACE: [&str; 2] = ["--grace", "7d"];

/// Three users, of whom the CSV has two.
fn workspace() -> Workspace {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(&csv_of(&people(2)));
    workspace
}

fn memory(workspace: &Workspace) -> Option<PathBuf> {
    let tenants = fs::read_dir(workspace.state().join("tenants")).ok()?;
    let mut files = tenants.map(|entry| entry.unwrap().path());
    files.find(|path| path.to_str().unwrap().ends_with(".missing.json"))
}

/// As if everybody had been missing for so many days.
fn age(workspace: &Workspace, days: i64) {
    let path = memory(workspace).unwrap();
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let since = lumsync::clock::now() - jiff::SignedDuration::from_hours(24 * days);
    for time in document["since"].as_object_mut().unwrap().values_mut() {
        *time = json!(since.to_string());
    }
    fs::write(path, document.to_string()).unwrap();
}

#[test]
fn a_user_without_a_row_waits_and_is_disabled_when_the_grace_is_over() {
    let workspace = workspace();
    let plan = workspace.plan(&GRACE);
    assert_eq!((&plan["waiting"][0]["email"], &plan["actions"]), (&json!("p3@example.com"), &json!([])));
    assert_eq!(plan["waiting"][0]["uid"], "3");
    workspace.sync(&GRACE).exits_with(0);
    let report = workspace.report();
    assert_eq!(report["waiting"][0]["email"], "p3@example.com");
    let text = workspace.run(&["report", "last"]).exits_with(0).stdout;
    assert!(text.contains("p3@example.com: no row since") && text.contains("loses access after"), "{text}");
    let since = report["waiting"][0]["missingSince"].clone();

    workspace.sync(&GRACE).exits_with(0);
    assert_eq!(workspace.report()["waiting"][0]["missingSince"], since, "the wait goes on");
    assert!(workspace.is_enabled("p3@example.com"));

    age(&workspace, 6);
    workspace.sync(&GRACE).exits_with(0);
    assert!(workspace.is_enabled("p3@example.com"));
    age(&workspace, 7);
    workspace.sync(&GRACE).exits_with(0);
    assert!(!workspace.is_enabled("p3@example.com"));
    assert_eq!(workspace.report()["waiting"], json!([]));
}

#[test]
fn a_row_that_comes_back_ends_the_wait() {
    let workspace = workspace();
    workspace.sync(&GRACE).exits_with(0);
    age(&workspace, 6);
    workspace.sync_csv(&csv_of(&people(3)), &GRACE).exits_with(0);
    // The six days before the row came back would be more than enough for this.
    workspace.sync_csv(&csv_of(&people(2)), &["--grace", "5d", "--max-shrink", "50%"]).exits_with(0);
    assert!(workspace.is_enabled("p3@example.com"));
}

#[test]
fn an_apply_of_a_full_plan_notes_it_and_a_partial_one_does_not() {
    let workspace = workspace();
    workspace.sync(&["--partial", "--grace", "7d"]).exits_with(0);
    assert!(memory(&workspace).is_none());
    workspace.run(&["plan", "users.csv", "-o", "plan.json", "--grace", "7d"]).exits_with(0);
    assert!(memory(&workspace).is_none(), "a plan notes nothing");
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    age(&workspace, 8);
    assert_eq!(workspace.plan(&GRACE)["actions"][0]["email"], "p3@example.com");
    workspace.sync(&["--partial", "--grace", "7d"]).exits_with(0);
    assert!(workspace.is_enabled("p3@example.com"));
    assert_eq!(workspace.plan(&GRACE)["actions"][0]["email"], "p3@example.com", "and forgets nothing");
}

#[test]
fn a_run_that_failed_notes_nothing() {
    let workspace = workspace();
    workspace.faults(&["http-400:list:always"]);
    workspace.sync(&GRACE).exits_with(1);
    workspace.faults(&[]);
    workspace.sync(&[&GRACE[..], &["--min-rows", "5"]].concat()).exits_with(3);
    assert!(memory(&workspace).is_none());
}

#[test]
fn whoever_was_due_and_could_not_be_disabled_stays_due() {
    let workspace = workspace();
    workspace.sync(&GRACE).exits_with(0);
    age(&workspace, 8);
    workspace.faults(&["forbidden:save-update:always"]);
    workspace.sync(&GRACE).exits_with(4);
    workspace.faults(&[]);
    workspace.sync(&GRACE).exits_with(0);
    assert!(!workspace.is_enabled("p3@example.com"));
}

#[test]
fn a_lost_state_dir_begins_the_wait_anew_and_a_damaged_memory_is_told() {
    let workspace = workspace();
    workspace.sync(&GRACE).exits_with(0);
    age(&workspace, 30);
    fs::write(memory(&workspace).unwrap(), "{").unwrap();
    let run = workspace.sync(&GRACE).exits_with(0);
    assert!(
        run.stdout.contains("nobody is disabled for absence") && run.stdout.contains("missing.json"),
        "{}",
        run.stdout
    );
    assert!(workspace.is_enabled("p3@example.com"));
    age(&workspace, 30);
    fs::remove_dir_all(workspace.state()).unwrap();
    workspace.sync(&GRACE).exits_with(0);
    assert!(workspace.is_enabled("p3@example.com"));
    age(&workspace, 30);
    workspace.sync(&GRACE).exits_with(0);
    assert!(!workspace.is_enabled("p3@example.com"));
}

#[test]
fn many_who_fall_due_at_once_are_stopped_by_the_guardrail() {
    let workspace = Workspace::serving(&people(20));
    workspace.write_csv(&csv_of(&people(10)));
    workspace.sync(&GRACE).exits_with(0);
    age(&workspace, 7);
    workspace.sync(&GRACE).exits_with(3).stderr_contains(&["10 of 20", "--max-disable"]);
    assert!(workspace.saves().is_empty());
    workspace.sync(&[&GRACE[..], &["--max-disable", "10"]].concat()).exits_with(0);
    assert_eq!(workspace.saves().len(), 10);
}

#[test]
fn metrics_tell_how_many_wait_and_when_the_first_wait_is_over() {
    let workspace = workspace();
    workspace.sync(&[&GRACE[..], &["--metrics-file", "run.prom"]].concat()).exits_with(0);
    let metrics = workspace.read("run.prom");
    assert!(
        metrics.lines().any(|line| line.starts_with("lumsync_waiting_users{") && line.ends_with(" 1")),
        "{metrics}"
    );
    assert!(metrics.contains("lumsync_next_wait_ends_timestamp_seconds{"), "{metrics}");
}

#[test]
fn what_a_clock_that_ran_ahead_has_noted_counts_for_nothing() {
    let workspace = workspace();
    let ahead = || {
        age(&workspace, -365);
        let path = memory(&workspace).unwrap();
        let mut document: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let as_of = lumsync::clock::now() + jiff::SignedDuration::from_hours(24 * 365);
        document["asOf"] = json!(as_of.to_string());
        fs::write(path, document.to_string()).unwrap();
    };
    workspace.sync(&GRACE).exits_with(0);
    ahead();
    workspace.sync(&GRACE).exits_with(0);
    age(&workspace, 8);
    assert_eq!(workspace.plan(&GRACE)["actions"][0]["email"], "p3@example.com", "the wait was noted anew");
    ahead();
    workspace.sync_csv(&csv_of(&people(3)), &GRACE).exits_with(0);
    workspace.sync_csv(&csv_of(&people(2)), &[&GRACE[..], &["--max-shrink", "50%"]].concat()).exits_with(0);
    assert!(workspace.is_enabled("p3@example.com"), "a row that came back ended the wait");
}

#[test]
fn a_new_account_of_the_name_of_one_who_waits_is_flagged() {
    let workspace = workspace();
    let moved = csv_of(&people(3)).replace("p3@example.com", "somebody.new@example.com");
    let run = workspace.sync_csv(&moved, &[&GRACE[..], &["-q"]].concat()).exits_with(0);
    assert!(run.stdout.contains("likely change of address: p3@example.com waits to be disabled"), "{}", run.stdout);
    assert!(run.stdout.contains("somebody.new@example.com"));
}

#[test]
fn whoever_verify_finds_enabled_still_stays_due() {
    let workspace = workspace();
    workspace.sync(&GRACE).exits_with(0);
    age(&workspace, 8);
    workspace.faults(&["reverted-save=0:save-update:1"]);
    workspace.sync(&[&GRACE[..], &["--verify"]].concat()).exits_with(4);
    workspace.faults(&[]);
    assert!(workspace.is_enabled("p3@example.com"));
    workspace.sync(&GRACE).exits_with(0);
    assert!(!workspace.is_enabled("p3@example.com"));
}
