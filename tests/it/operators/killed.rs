//! A run that was killed outright is told from its journal.

use std::fs;

use serde_json::Value;

use crate::support::data::users::{csv_of, newcomers, people};
use crate::support::workspace::Workspace;

const CREATES: usize = 10;
const SYNC: [&str; 5] = ["sync", "users.csv", "--yes", "--concurrency", "1"];

/// Kills a run while its fourth save is in flight, and says whether it is found under way before.
fn killed() -> Workspace {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&(csv_of(&people(2)) + &newcomers(CREATES)));
    workspace.faults(&["hang:save-create:4"]);
    let mut child = workspace.spawn(&SYNC);
    while workspace.saves().len() < 4 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let under_way = workspace.run(&["report", "last"]).exits_with(0);
    assert!(
        under_way.stdout.ends_with("Under way: of 10 changes, 3 applied, 1 unclear, 6 not begun.\n"),
        "{under_way:?}"
    );
    assert!(workspace.run(&["runs"]).stdout.contains("under way: 3 created, 7 not done"));
    child.kill().unwrap();
    child.wait().unwrap();
    workspace
}

#[test]
fn what_was_done_what_is_unclear_and_what_was_not_begun_is_told_in_every_format() {
    let workspace = killed();
    let verdict = "Killed: of 10 changes, 3 applied, 1 unclear, 6 not begun.";
    let files = ["-o", "k.html", "-o", "k.md", "-o", "k.csv", "-o", "k.json"];
    workspace.run(&[&["report", "last"][..], &files].concat()).exits_with(0);
    let text = workspace.run(&["report", "last"]).exits_with(0).stdout;
    for told in [&text, &workspace.read("k.html"), &workspace.read("k.md")] {
        let told = &told.replace('\\', "");
        assert!(told.contains(verdict), "{told}");
        assert!(told.contains("3 changes made for organization sandbox") || *told == text, "{told}");
        assert!(!told.contains("othing written") && !told.contains("none made"), "{told}");
        let place = |word: &str| told.find(word).unwrap_or_else(|| panic!("no `{word}` in {told}"));
        assert!(place("nclear") < place("new4") && told.contains("new1") && told.contains("new10"), "{told}");
    }
    let csv = workspace.read("k.csv");
    assert_eq!((csv.matches(",applied,").count(), csv.matches(",notAttempted,").count()), (3, 6), "{csv}");
    let json: Value = serde_json::from_str(&workspace.read("k.json")).unwrap();
    assert_eq!((json["unfinished"].as_str(), json["exitCode"].as_u64()), (Some("killed"), Some(137)));
    assert_eq!(json["outcomes"][3]["result"], "failed");
    assert_eq!(json["command"], "sync");
    crate::support::assertions::schema::assert_is_document(&workspace.read("k.json"));
}

#[test]
fn runs_lists_it_by_what_it_did_and_a_new_run_does_the_rest() {
    let workspace = killed();
    for more in [&[][..], &["--failed"]] {
        let listed = workspace.run(&[&["runs"][..], more].concat()).exits_with(0).stdout;
        assert!(listed.contains("killed: 3 created, 7 not done"), "{listed}");
    }
    let listed: Value = serde_json::from_str(&workspace.run(&["runs", "--output", "json"]).stdout).unwrap();
    assert_eq!(listed["runs"][0]["summary"]["create"]["applied"], 3);
    workspace.faults(&[]);
    workspace.run(&SYNC).exits_with(0);
    let listed = workspace.run(&["runs"]).stdout;
    assert!(listed.contains("done: 7 created") || listed.contains("done: 6 created"), "{listed}");
}

#[test]
fn a_journal_that_was_cut_off_within_a_line_is_read_up_to_it() {
    let workspace = killed();
    let journal = workspace.runs()[0].join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(&journal, &text[..last + 20]).unwrap();
    let told = workspace.run(&["report", "last"]).exits_with(0).stdout;
    assert!(told.ends_with("Killed: of 10 changes, 3 applied, 7 not begun.\n"), "{told}");
}

#[test]
fn a_run_that_was_killed_before_it_had_a_plan_is_said_to_have_written_nothing() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(3)));
    workspace.faults(&["hang:list:always"]);
    let mut child = workspace.spawn(&SYNC);
    workspace.wait_for_calls(1, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let run = workspace.runs()[0].file_name().unwrap().to_str().unwrap().to_owned();
    workspace.run(&["report", &run]).exits_with(2).stderr_contains(&["it wrote nothing to the tenant"]);
    assert!(workspace.run(&["runs"]).stdout.contains("nothing written"));
}
