//! `lumsync undo`: what a run changed is changed back, and nothing else.

use std::fs;

use lumsync::sandbox::CallKind;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::data::job::{JOB_CSV, job_settings, state};
use crate::support::data::users::{csv_of, people, person, with};
use crate::support::signals;
use crate::support::workspace::Workspace;

/// A run that creates, updates, enables and disables.
fn synced() -> Workspace {
    let workspace = Workspace::with_tenant(job_settings());
    workspace.sync_csv(JOB_CSV, &[]).exits_with(0);
    workspace
}

fn undo(workspace: &Workspace, run: &str) -> Value {
    workspace.run(&["undo", run, "-o", "undo.json", "--output", "json"]).exits_with(0).json()
}

fn run_id(workspace: &Workspace) -> String {
    workspace.runs().pop().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
}

/// Managed fields of those who were there before.
fn assert_is_as_before(workspace: &Workspace, before: &crate::support::data::job::State) {
    let now = state(workspace.sandbox());
    for (email, user) in before {
        for field in ["email", "firstName", "lastName", "status", "isHidden"] {
            assert_eq!(user.get(field), now[email].get(field), "{field} of {email}");
        }
    }
}

#[test]
fn a_run_is_taken_back_and_the_undo_can_be_taken_back_itself() {
    let workspace = Workspace::with_tenant(job_settings());
    let before = state(workspace.sandbox());
    workspace.sync_csv(JOB_CSV, &[]).exits_with(0);
    let after = state(workspace.sandbox());
    let first = run_id(&workspace);
    let saves = workspace.saves().len();
    let plan = undo(&workspace, &first);
    assert_eq!(workspace.saves().len(), saves, "an undo plans and writes nothing");
    assert_eq!((&plan["undoes"], &plan["version"]), (&json!(first), &json!(2)));
    assert!(plan["actions"].as_array().unwrap().iter().all(|action| action["reason"] == "undo"));
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    assert_is_as_before(&workspace, &before);
    for new in ["new1@example.com", "new2@example.com", "new3@example.com"] {
        assert!(workspace.user(new).is_some() && !workspace.is_enabled(new), "{new} stays, disabled");
    }
    assert_eq!(workspace.report()["undoes"], json!(first));

    undo(&workspace, "last");
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    assert_is_as_before(&workspace, &after);
    let remembered = fs::read_dir(workspace.state().join("tenants")).unwrap().count();
    assert_eq!(remembered, 0, "neither a run that was taken back nor an undo is what the next night is compared with");
}

#[test]
fn an_apply_is_taken_back_too_and_nothing_is_left_to_take_back_then() {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv("email,firstName,lastName\np1@example.com,Pat,Lee\np2@example.com,P2,Lee\n");
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    let applied = run_id(&workspace);
    undo(&workspace, &applied);
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    assert_eq!(workspace.user("p1@example.com").unwrap()["firstName"], "P1");
    assert!(workspace.is_enabled("p3@example.com"));
    let again = undo(&workspace, &applied);
    assert_eq!(again["actions"], json!([]));
    assert_eq!(again["summary"]["conflicts"], 2, "they are not as the run left them");
}

#[test]
fn an_address_comes_back_by_the_uid() {
    let workspace = Workspace::serving(&people(2));
    workspace.sync_csv("uid,email\n1,moved@example.com\n2,p2@example.com\n", &[]).exits_with(0);
    assert!(workspace.user("moved@example.com").is_some());
    undo(&workspace, "last");
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    assert_eq!(workspace.user("p1@example.com").unwrap()["uid"], "1");
}

#[test]
fn a_user_whom_somebody_changed_since_is_a_conflict_and_stays() {
    let workspace = synced();
    workspace.sandbox().edit("p1@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Other"))));
    let plan = undo(&workspace, "last");
    assert_eq!(plan["conflicts"][0]["email"], "p1@example.com");
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    assert_eq!(workspace.user("p1@example.com").unwrap()["firstName"], "Other");
    assert!(workspace.is_enabled("p3@example.com"));
}

#[test]
fn a_user_who_changes_between_the_undo_and_its_apply_has_drifted() {
    let workspace = synced();
    undo(&workspace, "last");
    workspace.sandbox().edit("p1@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Other"))));
    workspace.run(&["apply", "undo.json"]).exits_with(4);
    assert_eq!(workspace.user("p1@example.com").unwrap()["firstName"], "Other");
}

#[test]
fn the_guardrails_are_judged_and_an_option_allows_it() {
    let workspace = Workspace::serving(&people(20));
    workspace.sync_csv(&csv_of(&people(10)), &["--max-disable", "10"]).exits_with(0);
    workspace.run(&["undo", "last", "--detailed-exitcode"]).exits_with(3);
    undo(&workspace, "last");
    workspace.run(&["apply", "undo.json"]).exits_with(3).stderr_contains(&["--max-enable"]);
    assert!(!workspace.is_enabled("p20@example.com"));
    workspace.run(&["apply", "undo.json", "--max-enable", "10"]).exits_with(0);
    assert!(workspace.is_enabled("p20@example.com"));
}

#[test]
fn a_killed_run_is_taken_back_by_its_journal() {
    let mut in_the_middle = 0;
    for calls in [8, 11, 14, 17] {
        let workspace = Workspace::with_tenant(job_settings());
        workspace.write_csv(JOB_CSV);
        let before = state(workspace.sandbox());
        let mut child = workspace.spawn(&["sync", "users.csv", "--yes", "--page-size", "2", "--concurrency", "3"]);
        workspace.wait_for_calls(calls, &mut child);
        signals::send(child.id(), Signal::KILL);
        child.wait().unwrap();
        let written = workspace.saves().iter().filter(|save| save.written).count();
        if workspace.runs().last().is_none_or(|run| !run.join("plan.json").exists()) {
            continue;
        }
        in_the_middle += usize::from(written > 0);
        let run = run_id(&workspace);
        undo(&workspace, &run);
        workspace.run(&["apply", "undo.json"]).exits_with(0);
        assert_is_as_before(&workspace, &before);
        let created = workspace.saves().iter().filter(|save| save.kind == CallKind::SaveCreate && save.written).count();
        let stay = (1..=3).filter(|number| workspace.user(&format!("new{number}@example.com")).is_some()).count();
        assert_eq!(created, stay);
        assert!((1..=3).all(|number| !workspace.is_enabled(&format!("new{number}@example.com"))));
    }
    assert!(in_the_middle > 0);
}

#[test]
fn a_save_whose_answer_was_lost_when_the_run_was_killed_is_judged_by_its_user() {
    let workspace = synced();
    let journal = workspace.runs()[0].join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    // As if the run had been killed before it wrote a single outcome down, in the middle of a line.
    let attempts: String =
        text.lines().filter(|line| line.contains("\"event\":\"attempt\"")).map(|line| format!("{line}\n")).collect();
    fs::write(&journal, format!("{attempts}{{\"event\":\"outc")).unwrap();
    fs::remove_file(workspace.runs()[0].join("report.json")).unwrap();
    workspace.sandbox().edit("p1@example.com", |user| drop(user.insert("firstName".to_owned(), json!("P1"))));
    let plan = undo(&workspace, "last");
    assert_eq!((&plan["summary"]["unchanged"], &plan["summary"]["conflicts"]), (&json!(1), &json!(0)));
    assert_eq!(plan["actions"].as_array().unwrap().len(), 7);
    let warnings = plan["warnings"].to_string();
    assert!(warnings.contains("killed") && warnings.contains("8 of its changes"), "{warnings}");
}

#[test]
fn a_run_that_changed_nothing_has_nothing_to_take_back() {
    let workspace = Workspace::serving(&people(20));
    workspace.sync_csv(&csv_of(&people(10)), &[]).exits_with(3);
    let plan = undo(&workspace, "last");
    assert_eq!(plan["actions"], json!([]));
    assert!(plan["warnings"][0].as_str().unwrap().contains("changed nothing"), "{plan}");
    assert!(plan["guardrails"].as_array().unwrap().iter().all(|guardrail| guardrail["tripped"] == false));
}

#[test]
fn a_run_that_is_unknown_damaged_or_of_another_tenant_is_refused_before_any_call() {
    let workspace = synced();
    let run = run_id(&workspace);
    let folder = workspace.runs().pop().unwrap();
    let calls = workspace.sandbox().traffic().len();
    let refused = |arguments: &[&str], says: &[&str]| {
        workspace.run(&[&["undo"], arguments].concat()).exits_with(2).stderr_contains(says);
        assert_eq!(workspace.sandbox().traffic().len(), calls);
    };
    refused(&["20200101T000000000Z-000000"], &["there is no run", "lumsync runs"]);
    refused(&["../runs"], &["there is no run"]);
    refused(&[&run, "--state-dir", "elsewhere"], &["elsewhere", "--state-dir"]);
    refused(&["last", "--state-dir", "elsewhere"], &["no run of this tenant"]);
    refused(&[&run, "--organization-id", "another"], &["another tenant"]);
    refused(&["last", "--organization-id", "another"], &["no run of this tenant"]);
    let (plan, journal) = (folder.join("plan.json"), folder.join("journal.jsonl"));
    let (plan_text, journal_text) = (fs::read_to_string(&plan).unwrap(), fs::read_to_string(&journal).unwrap());
    let line = journal_text.lines().next().unwrap();
    for (path, damaged, says) in [
        (&plan, plan_text.replace("\"Pat\"", "\"Eve\""), "checksum"),
        (&plan, plan_text[..100].to_owned(), "plan.json"),
        (&journal, journal_text.replacen("attempt", "atempt", 1), "line 1"),
        (&journal, journal_text.replacen('{', "", 1), "line 1"),
        (
            &journal,
            format!("{journal_text}{}\n", line.replace("\"uid\":\"", "\"uid\":\"99").replace("new", "newer")),
            "does not name",
        ),
    ] {
        fs::write(path, damaged).unwrap();
        refused(&[&run], &[says, "nothing is taken back"]);
        fs::write(&plan, &plan_text).unwrap();
        fs::write(&journal, &journal_text).unwrap();
    }
    fs::remove_file(&journal).unwrap();
    refused(&[&run], &["journal.jsonl"]);
    fs::remove_file(&plan).unwrap();
    refused(&[&run], &["plan.json", "can't be read"]);
}

#[test]
fn last_is_the_last_run_of_the_tenant_and_not_of_another() {
    let workspace = Workspace::with_tenant_file();
    let sandbox = |file: &str| ["--sandbox".to_owned(), file.to_owned(), "--rps".to_owned(), "unlimited".to_owned()];
    let run = |verb: &[&str], file: &str| {
        let tenant = sandbox(file);
        let arguments: Vec<&str> = verb.iter().copied().chain(tenant.iter().map(String::as_str)).collect();
        workspace.run(&arguments).exits_with(0)
    };
    workspace.write("other.jsonl", &with(person(1, "Zoe"), &[]).to_string());
    workspace.write("zoe.csv", "email,firstName,lastName\nzoe@example.com,Zoë,Lee\n");
    workspace.write_csv(&crate::support::data::users::renamed_csv());
    run(&["sync", "users.csv", "--yes"], "tenant.jsonl");
    run(&["sync", "zoe.csv", "--yes"], "other.jsonl");
    let plan = run(&["undo", "last", "--output", "json"], "tenant.jsonl").json();
    assert_eq!(plan["actions"][0]["email"], "bob@example.com");
}
