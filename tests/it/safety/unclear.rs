//! A save whose answer was lost is resolved by looking: never a second account, never a wrong report.

use lumsync::sandbox::CallKind;
use serde_json::{Value, json};

use crate::support::data::users::{csv_of, people};
use crate::support::parallel::for_each;
use crate::support::workspace::Workspace;

/// Faults after which nobody knows whether the save was done, and whether it was.
const LOST: [(&str, bool); 13] = [
    ("reset-before", false),
    ("reset-after", true),
    ("cut-body", true),
    ("not-json", true),
    ("http-500", false),
    ("http-500-after", true),
    ("http-502", false),
    ("html-502-after", true),
    ("http-503=0", false),
    ("http-503-after", true),
    ("http-504", false),
    ("hang", false),
    ("hang-after", true),
];

/// One user to create, one to rename, one that stays.
fn workspace() -> Workspace {
    let workspace = Workspace::serving(&people(2));
    workspace
        .write_csv("email,firstName,lastName\np1@example.com,Pat,Lee\np2@example.com,,\nnew@example.com,New,Person\n");
    workspace
}

fn outcome<'a>(report: &'a Value, kind: &str) -> &'a Value {
    report["outcomes"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap()
}

fn assert_as_wanted(workspace: &Workspace, fault: &str) {
    let new: Vec<_> =
        workspace.sandbox().users().into_iter().filter(|user| user["email"] == "new@example.com").collect();
    assert_eq!(new.len(), 1, "{fault}");
    assert_eq!(workspace.user("p1@example.com").unwrap()["firstName"], "Pat", "{fault}");
    assert_eq!(workspace.user("p1@example.com").unwrap()["customProfile"]["cost centre"], json!([1, 1.5]), "{fault}");
}

#[test]
fn a_create_whose_answer_was_lost_is_looked_up_and_never_made_twice() {
    for_each(LOST, |(fault, is_done)| {
        let workspace = workspace();
        workspace.faults(&[&format!("{fault}:save-create:1")]);
        workspace.sync(&["--timeout", "1s"]).exits_with(0);
        assert_as_wanted(&workspace, fault);
        let creates = workspace.calls(CallKind::SaveCreate);
        assert_eq!(creates.len(), if is_done { 1 } else { 2 }, "{fault}");
        let report = workspace.report();
        assert_eq!(outcome(&report, "create")["result"], "applied", "{fault}");
        assert_eq!(outcome(&report, "create")["attempts"], creates.len(), "{fault}");
        assert_eq!(outcome(&report, "create")["uid"], workspace.user("new@example.com").unwrap()["uid"], "{fault}");
    });
}

#[test]
fn an_update_whose_answer_was_lost_is_looked_at_before_it_is_sent_again() {
    for_each(LOST, |(fault, is_done)| {
        let workspace = workspace();
        workspace.faults(&[&format!("{fault}:save-update:1")]);
        workspace.sync(&["--timeout", "1s"]).exits_with(0);
        assert_as_wanted(&workspace, fault);
        let updates = workspace.calls(CallKind::SaveUpdate);
        assert_eq!(updates.len(), if is_done { 1 } else { 2 }, "{fault}");
        assert_eq!(outcome(&workspace.report(), "update")["result"], "applied", "{fault}");
    });
}

#[test]
fn even_the_last_try_is_looked_at_before_it_is_called_a_failure() {
    for_each(LOST, |(fault, is_done)| {
        let workspace = workspace();
        workspace.faults(&[&format!("{fault}:save-create:always")]);
        workspace.sync(&["--timeout", "1s", "--retries", "0"]).exits_with(if is_done { 0 } else { 4 });
        let result = if is_done { "applied" } else { "failed" };
        assert_eq!(outcome(&workspace.report(), "create")["result"], result, "{fault}");
        assert_eq!(workspace.user("new@example.com").is_some(), is_done, "{fault}");
    });
}

#[test]
fn when_looking_fails_too_the_report_says_that_nobody_knows() {
    for fault in ["reset-after:save-create:1", "reset-before:save-create:1"] {
        let workspace = workspace();
        // The first get asks for the owner of the new address, the second reads the user to rename.
        workspace.faults(&[fault, "http-500:get:2-"]);
        workspace
            .write_csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nnew@example.com,New,Person\n");
        workspace.sync(&["--retries", "1"]).exits_with(4);
        let report = workspace.report();
        let create = outcome(&report, "create");
        assert_eq!(create["result"], "failed");
        assert!(create["error"].as_str().unwrap().contains("nobody knows"), "{create}");
        workspace.faults(&[]);
        workspace.sync(&[]).exits_with(0);
        assert_eq!(workspace.sandbox().users().len(), 3, "{fault}");
    }
}

#[test]
fn a_503_with_too_long_a_pause_is_not_reported_as_never_sent() {
    let workspace = workspace();
    workspace.faults(&["http-503-after:save-create:1"]);
    workspace.sync(&[]).exits_with(0);
    let workspace = self::workspace();
    workspace.write_csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nnew@example.com,New,Person\n");
    workspace.faults(&["http-503=7200:save-create:1"]);
    workspace.sync(&["--max-wait", "1s"]).exits_with(4);
    let report = workspace.report();
    let create = outcome(&report, "create");
    assert_eq!((&create["result"], &create["attempts"]), (&json!("failed"), &json!(1)), "{create}");
    assert!(create["error"].as_str().unwrap().contains("7200"), "{create}");
}

#[test]
fn a_create_that_was_done_late_is_found_when_the_next_try_is_refused() {
    let workspace = workspace();
    workspace.write_csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nnew@example.com,New,Person\n");
    // The create is done, its answer is lost, and the look does not see it yet.
    workspace.faults(&["reset-after:save-create:1", "http-404:get:2"]);
    workspace.sync(&[]).exits_with(0);
    assert_eq!((workspace.calls(CallKind::SaveCreate).len(), workspace.sandbox().users().len()), (2, 3));
    assert_eq!(outcome(&workspace.report(), "create")["result"], "applied");
}

#[test]
fn an_answer_without_uid_is_never_saved_back_as_a_new_account() {
    for fault in ["item-without-uid", "item-without-email", "wrong-type", "drifting-type"] {
        let workspace = workspace();
        workspace.faults(&[&format!("{fault}:get:always")]);
        workspace.write_csv(&csv_of(&people(2)).replace(",P1,", ",Pat,"));
        let ended = workspace.sync(&[]);
        assert!(workspace.calls(CallKind::SaveCreate).is_empty(), "{fault}");
        assert_eq!(workspace.sandbox().users().len(), 2, "{fault}");
        let is_renamed = workspace.user("p1@example.com").unwrap()["firstName"] == "Pat";
        assert_eq!(is_renamed, fault == "drifting-type", "{fault}");
        assert_eq!(ended.code, if is_renamed { 0 } else { 4 }, "{fault}");
    }
}

#[test]
fn a_run_with_lost_answers_everywhere_ends_right_and_a_second_plan_is_empty() {
    let workspace = Workspace::serving(&people(12));
    workspace.write_csv(&csv_of(&people(18)).replace(",P1", ",Q1").replace("p9@example.com,P9,Lee\n", ""));
    workspace.faults(&[
        "reset-after:save-create:every-2", "cut-body:save-update:every-2", "http-500-after:save-update:every-3",
        "reset-before:get:every-4",
    ]);
    workspace.sync(&["--timeout", "2s", "--retries", "8"]).exits_with(0);
    workspace.faults(&[]);
    assert_eq!(workspace.plan(&[])["actions"], json!([]));
    assert_eq!(workspace.sandbox().users().len(), 18);
}
