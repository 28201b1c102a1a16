//! Joins and leaves are told wherever changes are.

use lumsync::sandbox::{SandboxSettings, TenantSource};
use serde_json::{Value, json};

use crate::support::data::users::{lines_of, person, with};
use crate::support::workspace::Workspace;

/// Ann joins Team B, and she and Bob leave Team A.
fn synced() -> Workspace {
    let of = |groups: Value| [("subscriptions", groups)];
    let ann = with(person(1, "Ann"), &of(json!([{"feed": "50"}])));
    let bob = with(person(2, "Bob"), &of(json!([{"feed": "50"}, {"feed": "51"}])));
    let groups =
        [("50", "Team A"), ("51", "Team B")].map(|(uid, name)| json!({"kind": "feed", "uid": uid, "name": name}));
    let workspace = Workspace::with_tenant(SandboxSettings {
        tenant: TenantSource::Lines(format!("{}\n{}", lines_of(&groups), lines_of(&[ann, bob]))),
        ..SandboxSettings::default()
    });
    workspace
        .write_csv("email,firstName,lastName,groups\nann@example.com,Ann,Lee,Team B\nbob@example.com,Bob,Lee,Team B\n");
    let exact = ["--groups", "exact", "--managed-group", "*"];
    workspace.run(&[&["plan", "users.csv", "-o", "plan.json"][..], &exact].concat()).exits_with(0);
    workspace.run(&["report", "plan.json", "-o", "plan.csv"]).exits_with(0);
    let outputs = ["--report", "run.csv", "--report", "run.json", "--log-format", "json"];
    let ran = workspace.sync(&[&exact[..], &outputs].concat()).exits_with(0);
    workspace.write("log.jsonl", &ran.stderr);
    workspace
}

#[test]
fn the_list_of_runs_the_log_and_an_overview_count_them() {
    let workspace = synced();
    let runs = workspace.run(&["runs"]).exits_with(0).stdout;
    assert!(runs.contains("done: 1 joined groups, 2 left groups"), "{runs}");

    let log = workspace.read("log.jsonl");
    let event: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!((&event["joined"], &event["left"]), (&json!(1), &json!(2)), "{event}");

    let files = ["-o", "all.json", "-o", "all.csv", "-o", "all.md", "-o", "all.html"];
    workspace.run(&[&["report", "plan.json", "run.json"][..], &files].concat()).exits_with(0);
    let overview: Value = serde_json::from_str(&workspace.read("all.json")).unwrap();
    for row in overview["rows"].as_array().unwrap() {
        assert_eq!((&row["join"], &row["leave"]), (&json!(1), &json!(2)), "{row}");
    }
    let csv = workspace.read("all.csv");
    assert!(csv.lines().next().unwrap().ends_with(",document,join,leave"), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.ends_with(",1,2")), "{csv}");
    assert_eq!(workspace.read("all.md").matches("| 1 | 2 |").count(), 2);
    let shown = workspace.run(&["report", "plan.json", "run.json"]).exits_with(0).stdout;
    assert!(shown.contains("JOIN") && shown.contains("LEAVE"), "{shown}");
}

#[test]
fn the_last_column_of_a_csv_is_the_group_where_a_line_has_one() {
    let workspace = synced();
    for name in ["plan.csv", "run.csv"] {
        let text = workspace.read(name);
        let mut table = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(table.headers().unwrap().iter().next_back(), Some("group"), "{text}");
        let mut groups: Vec<(String, String, String)> = Vec::new();
        for line in table.records() {
            let line = line.unwrap();
            groups.push((line[0].to_owned(), line[2].to_owned(), line[line.len() - 1].to_owned()));
        }
        groups.sort();
        let line =
            |kind: &str, name: &str, group: &str| (kind.to_owned(), format!("{name}@example.com"), group.to_owned());
        let wanted = [line("join", "ann", "Team B"), line("leave", "ann", "Team A"), line("leave", "bob", "Team A")];
        assert_eq!(groups, wanted, "{text}");
    }
}
