//! Plans and reports that people act on: by name, the risky ones first, and nothing said twice.

use crate::support::data::users::TENANT_FILE;
use crate::support::workspace::Workspace;

/// Ann leaves, Bob is renamed, Cyd is enabled, Dee is as she was, Eve leaves, Kim comes, and the admin is out of scope.
const CHANGED: &str = "email,firstName,lastName,status\nbob@example.com,Bob,Raymond,enabled\n\
    cyd@example.com,Cyd,Fox,enabled\ndee@example.com,Dee,Orr,enabled\nkim@example.com,Kim,New,enabled\n\
    admin@example.com,Ada,Min,enabled\n";

/// Whether the words stand in the text in this order.
fn assert_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let (_, behind) =
            rest.split_once(word).unwrap_or_else(|| panic!("`{word}` is missing or too early in:\n{text}"));
        rest = behind;
    }
}

fn files(workspace: &Workspace, name: &str) -> [String; 3] {
    ["html", "md", "csv"].map(|ending| workspace.read(&format!("{name}.{ending}")))
}

const REPORTS: [&str; 6] = ["--report", "run.html", "--report", "run.md", "--report", "run.csv"];

#[test]
fn a_plan_shows_who_loses_access_first_by_name_in_every_format() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("users.csv", CHANGED);
    let plan = ["plan", "users.csv", "--sandbox", "tenant.jsonl"];
    let done = workspace.run(&[&plan[..], &REPORTS].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let order = ["Ann Lee", "Eve Hid", "Ada Min", "Kim New", "Cyd Fox", "Bob Ray"];
    assert_order(&done.stdout, &order);
    let [html, markdown, csv] = files(&workspace, "run");
    for text in [&html, &markdown, &csv] {
        assert_order(text, &order);
    }
    assert!(html.contains("<title>5 changes for sandbox:tenant.jsonl: 2 people lose access</title>"), "{html}");
}

#[test]
fn the_report_of_a_success_names_whom_it_changed_in_every_format() {
    let workspace = Workspace::with_tenant_file();
    let done = workspace.sync_csv(CHANGED, &[&["-q", "--max-disable", "2"], &REPORTS[..]].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let order = ["Ann Lee", "Eve Hid", "Ada Min", "Kim New", "Cyd Fox", "Bob Ray"];
    assert_order(&done.stdout, &order);
    let [html, markdown, csv] = files(&workspace, "run");
    for text in [&html, &markdown, &csv] {
        assert_order(text, &order);
    }
    let report = workspace.report();
    assert!(report["outcomes"].as_array().unwrap().iter().all(|outcome| outcome["name"].is_string()), "{report}");
    assert_eq!(report["conflicts"][0]["name"], "Ada Min");
}

#[test]
fn a_guardrail_is_told_once_with_the_people_below() {
    for quiet in [&[][..], &["-q"]] {
        let workspace = Workspace::with_tenant_file();
        let done = workspace.sync_csv(CHANGED, &[&["--max-disable", "1"], quiet, &REPORTS[..]].concat());
        assert_eq!(done.code, 3);
        let sentence = "2 users would be disabled, the limit is 1";
        let [html, markdown, csv] = files(&workspace, "run");
        for (text, times) in [(&done.stdout, 1), (&done.stderr, 1), (&markdown, 1), (&csv, 0)] {
            assert_eq!(text.matches(sentence).count(), times, "{text}");
        }
        let page = html.split("<script type").next().unwrap();
        assert_eq!(page.matches(sentence).count(), 1, "{page}");
        for text in [&done.stdout, &markdown, &csv] {
            assert_eq!(text.matches("Ann Lee").count(), 1, "{text}");
        }
    }
}

#[test]
fn up_to_two_hundred_who_lose_access_are_all_shown() {
    let workspace = Workspace::with_tenant_file();
    let person = |number: u32| {
        TENANT_FILE
            .lines()
            .next()
            .unwrap()
            .replace('1', &(100 + number).to_string())
            .replace("ann@", &format!("ann{number}@"))
    };
    let tenant: Vec<String> = (0..200).map(person).collect();
    workspace.write("tenant.jsonl", &tenant.join("\n"));
    workspace.write("users.csv", "email,firstName,lastName\nkim@example.com,Kim,New\n");
    let done = workspace.run(&["plan", "users.csv", "--sandbox", "tenant.jsonl"]);
    assert!(done.stdout.contains("Disable 200 ") && !done.stdout.contains("more; --full"), "{}", done.stdout);
    assert_eq!(done.stdout.matches("Ann Lee").count(), 200);
}
