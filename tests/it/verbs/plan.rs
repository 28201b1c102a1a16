//! `lumsync plan`: shows what would change, and writes nothing to the tenant.

use crate::support::data::users::{person, with};
use crate::support::workspace::Workspace;

fn workspace() -> Workspace {
    let workspace = Workspace::serving(&[
        person(1, "Ann"),
        person(2, "Bob"),
        with(person(3, "Cleo"), &[("status", "disabled".into())]),
        person(4, "Dan"),
        with(person(5, "Eve"), &[("accountType", "google".into())]),
    ]);
    workspace.write_csv(concat!(
        "email,firstName,lastName,status\n",
        "ann@example.com,Ann,Lee,enabled\n",
        "BOB@example.com,Robert,Lee,enabled\n",
        "cleo@example.com,Cleo,Lee,enabled\n",
        "new@example.com,New,Person,enabled\n",
        "gone@example.com,Gone,Person,disabled\n",
        "eve@example.com,Eve,Lee,enabled\n",
    ));
    workspace
}

#[test]
fn a_plan_names_every_change_with_its_reason_and_writes_nothing() {
    let workspace = workspace();
    let plan = workspace.plan(&[]);
    let actions: Vec<_> = plan["actions"].as_array().unwrap().iter().map(|a| (&a["kind"], &a["email"])).collect();
    assert_eq!(format!("{actions:?}").matches("String").count(), 8);
    let of = |kind: &str| plan["summary"][kind].as_u64().unwrap();
    assert_eq!((of("create"), of("update"), of("enable"), of("disable")), (1, 1, 1, 1));
    assert_eq!((of("unchanged"), of("conflicts"), of("skipped"), of("protected"), of("invalid")), (1, 1, 1, 0, 0));
    assert_eq!(plan["actions"][0]["email"], "cleo@example.com");
    assert_eq!(plan["actions"][0]["changes"]["status"], serde_json::json!({"before": "disabled", "after": "enabled"}));
    assert_eq!(plan["actions"][1]["row"], 5);
    assert_eq!(plan["actions"][2]["uid"], "2");
    assert_eq!((&plan["actions"][3]["reason"], plan["actions"][3].get("row")), (&"absent".into(), None));
    assert!(workspace.saves().is_empty() && workspace.runs().is_empty());
}

#[test]
fn the_next_step_has_every_option_that_was_given() {
    let workspace = workspace();
    let options = [
        "--notify", "http://127.0.0.1:9/hooks/T0PS3CRET", "--partial", "--protect", "*o'neil*@a.example",
        "--max-disable", "4", "--date-format=DD.MM.YYYY",
    ];
    let run = workspace.run(&[&["plan", "users.csv", "-v", "--output", "text"][..], &options].concat()).exits_with(0);
    let run = run.stderr_contains(&[
        "lumsync sync users.csv ", " --partial", " --protect \"*o'neil*@a.example\"", " --max-disable 4",
        " --date-format DD.MM.YYYY",
    ]);
    assert!(!run.stderr.contains("T0PS3CRET"), "{}", run.stderr);
    let next = |start: &str| {
        let line = run.stderr.lines().find_map(|line| line.split_once(start)).unwrap().1;
        format!("{start}{line}")
    };
    let apply = next("lumsync apply plan.json");
    assert!(apply.contains("--max-disable 4") && !apply.contains("--csv"), "{apply}");
    let saved = workspace.run(&["plan", "users.csv", "--partial", "-o", "my plan.json"]).exits_with(0);
    saved.stderr_contains(&["lumsync apply 'my plan.json'"]);
    let mut words = shlex::split(&next("lumsync sync users.csv")).unwrap();
    words.push("--yes".to_owned());
    workspace.run(&words[1..].iter().map(String::as_str).collect::<Vec<_>>()).exits_with(0);
    assert!(workspace.is_enabled("dan@example.com"), "who has no row, with --partial");
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_order_of_the_rows() {
    let workspace = workspace();
    let without_times = |text: &str| {
        let mut plan: serde_json::Value = serde_json::from_str(text).unwrap();
        plan["createdAt"].take();
        plan["checksum"].take();
        plan
    };
    workspace.run(&["plan", "users.csv", "-o", "one.json"]).exits_with(0);
    workspace.run(&["plan", "users.csv", "-o", "two.json"]).exits_with(0);
    assert_eq!(without_times(&workspace.read("one.json")), without_times(&workspace.read("two.json")));
}

#[test]
fn pending_changes_are_exit_5_only_when_asked_for() {
    let workspace = workspace();
    workspace.run(&["plan", "users.csv"]).exits_with(0);
    workspace.run(&["plan", "users.csv", "--detailed-exitcode"]).exits_with(5);
    workspace.run(&["sync", "users.csv", "--dry-run", "--detailed-exitcode"]).exits_with(5);
    workspace.sync(&[]).exits_with(0);
    workspace.run(&["plan", "users.csv", "--detailed-exitcode"]).exits_with(0);
}

#[test]
fn hidden_users_are_listed_and_never_taken_for_missing() {
    let workspace = Workspace::serving(&[with(person(1, "Ann"), &[("isHidden", true.into())])]);
    workspace.write_csv("email,firstName,lastName\nann@example.com,Ann,Lee\n");
    let plan = workspace.plan(&[]);
    assert_eq!((&plan["summary"]["create"], &plan["summary"]["unchanged"]), (&0.into(), &1.into()));
}

#[test]
fn standard_input_is_a_csv() {
    let workspace = workspace();
    let text = workspace.read("users.csv");
    let ended = workspace.run_with_input(&["plan", "-", "--output", "json"], &text).exits_with(0);
    assert_eq!(ended.json()["source"]["path"], "-");
    assert_eq!(ended.json()["summary"]["create"], 1);
}

#[test]
fn an_absent_user_and_a_new_one_of_the_same_name_are_flagged() {
    let workspace = Workspace::serving(&[person(1, "Ann")]);
    workspace.write_csv("email,firstName,lastName\nann.lee@example.org,Ann,Lee\n");
    let plan = workspace.plan(&[]);
    let warnings = plan["warnings"].to_string();
    assert!(warnings.contains("ann@example.com") && warnings.contains("ann.lee@example.org"), "{warnings}");
}
