//! Several runs and plans in one overview.

use serde_json::Value;

use crate::support::data::users::{TENANT_FILE, UNCHANGED_CSV, renamed_csv};
use crate::support::workspace::Workspace;

/// Three tenants: one is fine, one was stopped by a guardrail, one has a plan that waits.
fn workspace() -> Workspace {
    let workspace = Workspace::with_tenant_file();
    for tenant in ["fine", "stopped", "waiting"] {
        workspace.write(&format!("{tenant}.jsonl"), TENANT_FILE);
    }
    workspace.write("same.csv", UNCHANGED_CSV);
    workspace.write_csv(&renamed_csv());
    let sync = |tenant: &str, more: &[&str]| {
        let file = format!("{tenant}.jsonl");
        let report = format!("{tenant}.json");
        let arguments = ["sync", "users.csv", "--yes", "--rps", "unlimited", "--sandbox", &file, "--report", &report];
        workspace.run(&[&arguments[..], more].concat())
    };
    sync("fine", &[]).exits_with(0);
    sync("stopped", &["--max-update", "0"]).exits_with(3);
    workspace.run(&["plan", "users.csv", "--sandbox", "waiting.jsonl", "-o", "waiting.json"]).exits_with(0);
    workspace
}

const SUBJECTS: [&str; 3] = ["fine.json", "waiting.json", "stopped.json"];

#[test]
fn a_row_a_tenant_those_that_need_a_person_first_in_every_format() {
    let workspace = workspace();
    let files = ["-o", "all.html", "-o", "all.md", "-o", "all.csv", "-o", "all.json"];
    workspace.run(&[&["report"], &SUBJECTS[..], &files].concat()).exits_with(0);
    let text = workspace.run(&[&["report"], &SUBJECTS[..]].concat()).exits_with(0).stdout;
    let [html, markdown, csv, json] =
        ["html", "md", "csv", "json"].map(|ending| workspace.read(&format!("all.{ending}")));
    for told in [&text, &html, &markdown, &csv, &json] {
        let places = ["stopped.jsonl", "waiting.jsonl", "fine.jsonl"]
            .map(|tenant| told.find(tenant).unwrap_or_else(|| panic!("no {tenant} in {told}")));
        assert!(places.is_sorted(), "{told}");
        assert!(told.contains("a guardrail stopped the run") && !told.contains("bob@"), "{told}");
    }
    assert!(text.ends_with("2 of 3 documents need a person.\n"), "{text}");
    assert!(html.contains("<title>2 of 3 need a person</title>"), "{html}");
    let overview: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(overview["format"], "lumsync-overview");
    let needs: Vec<bool> =
        overview["rows"].as_array().unwrap().iter().map(|row| row["needsPerson"].as_bool().unwrap()).collect();
    assert_eq!(needs, [true, true, false]);
    assert_eq!(overview["rows"][2]["update"], 1);
}

#[test]
fn one_that_can_not_be_read_ends_it_before_anything_is_written() {
    let workspace = workspace();
    workspace
        .run(&["report", "fine.json", "gone.json", "-o", "all.html"])
        .exits_with(2)
        .stderr_contains(&["gone.json"]);
    assert!(!workspace.path("all.html").exists());
}

#[test]
fn a_hostile_name_does_nothing_in_an_overview() {
    let workspace = workspace();
    workspace.write("x.json", &workspace.read("fine.json").replace("fine.jsonl", "<script>alert(1)\\u001b[2J"));
    let files = ["-o", "all.html", "-o", "all.md", "-o", "all.csv"];
    workspace.run(&[&["report", "x.json", "waiting.json"][..], &files].concat()).exits_with(0);
    let html = workspace.read("all.html");
    assert!(!html.contains("<script>"), "{html}");
    assert!(!workspace.read("all.md").contains("<script>"));
    assert!(!workspace.run(&["report", "x.json", "waiting.json"]).stdout.contains('\u{1b}'));
}
