//! A run that was taken back is not what the next one is compared with.

use serde_json::Value;

use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

/// What lets a run with half of the rows through, and its undo.
const ALLOWED: [&str; 8] =
    ["--max-disable", "100%", "--max-shrink", "100%", "--max-enable", "100%", "--max-remote-shrink", "100%"];

fn undo_last(workspace: &Workspace) {
    workspace.run(&["undo", "last", "-o", "undo.json"]).exits_with(0);
    workspace.run(&["apply", "undo.json", "--max-enable", "100%"]).exits_with(0);
}

fn tripped(plan: &Value) -> Vec<&str> {
    let guardrails = plan["guardrails"].as_array().unwrap().iter();
    guardrails.filter(|one| one["tripped"] == true).map(|one| one["name"].as_str().unwrap()).collect()
}

fn half_without_last_names() -> String {
    let half = csv_of(&people(10));
    half.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n").collect()
}

#[test]
fn after_an_undo_the_next_run_is_compared_with_the_good_run_before() {
    for repeats in [0, 2] {
        let workspace = Workspace::serving(&people(20));
        workspace.sync_csv(&csv_of(&people(20)), &[]).exits_with(0);
        let half = [&ALLOWED[..], &["--allow-column-change"]].concat();
        workspace.sync_csv(&half_without_last_names(), &half).exits_with(0);
        let shrunk = workspace.runs().pop().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        // Nights on which there was nothing to change stand on the run that is taken back.
        for _ in 0..repeats {
            workspace.sync(&half).exits_with(0);
        }
        workspace.run(&["undo", &shrunk, "-o", "undo.json"]).exits_with(0);
        workspace.run(&["apply", "undo.json", "--max-enable", "100%"]).exits_with(0);
        let plan = workspace.plan(&["--max-disable", "100%"]);
        assert_eq!(tripped(&plan), ["max_shrink", "column_change"], "after {repeats} nights");
    }
}

#[test]
fn after_an_undo_of_the_first_run_nothing_is_compared() {
    let workspace = Workspace::serving(&people(20));
    workspace.sync_csv(&csv_of(&people(10)), &ALLOWED).exits_with(0);
    undo_last(&workspace);
    workspace.write_csv(&csv_of(&people(20)));
    let plan = workspace.plan(&[]);
    assert!(plan["warnings"].to_string().contains("max_shrink and max_remote_shrink were not judged"), "{plan}");
}

#[test]
fn an_undo_that_was_not_carried_out_and_one_of_an_older_run_leave_the_memory_as_it_is() {
    let workspace = Workspace::serving(&people(20));
    workspace.sync_csv(&csv_of(&people(20)).replace("P1,", "Pat,"), &[]).exits_with(0);
    workspace.sync_csv(&csv_of(&people(10)).replace("P1,", "Eve,"), &ALLOWED).exits_with(0);
    let older = workspace.runs()[0].file_name().unwrap().to_str().unwrap().to_owned();
    workspace.run(&["undo", "last", "-o", "undo.json"]).exits_with(0);
    workspace.run(&["apply", "undo.json"]).exits_with(3);
    workspace.run(&["undo", &older, "-o", "undo.json"]).exits_with(0);
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    let base = workspace.plan(&[])["guardrails"].to_string();
    assert!(base.contains(r#""base":10"#) && base.contains("max_shrink"), "{base}");
}
