//! A save whose answer was lost is resolved by looking: never a second account, never a wrong report.

use lumsync::sandbox::CallKind;
use serde_json::{Value, json};

use crate::support::operator::{Operator, csv_of, people};
use crate::support::together::each;

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
fn operator() -> Operator {
    let operator = Operator::of(&people(2));
    operator.csv("email,firstName,lastName\np1@example.com,Pat,Lee\np2@example.com,,\nnew@example.com,New,Person\n");
    operator
}

fn outcome<'a>(report: &'a Value, kind: &str) -> &'a Value {
    report["outcomes"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap()
}

fn assert_as_wanted(operator: &Operator, fault: &str) {
    let new: Vec<_> = operator.sandbox.users().into_iter().filter(|user| user["email"] == "new@example.com").collect();
    assert_eq!(new.len(), 1, "{fault}");
    assert_eq!(operator.user("p1@example.com").unwrap()["firstName"], "Pat", "{fault}");
    assert_eq!(operator.user("p1@example.com").unwrap()["customProfile"]["cost centre"], json!([1, 1.5]), "{fault}");
}

#[test]
fn a_create_whose_answer_was_lost_is_looked_up_and_never_made_twice() {
    each(LOST, |(fault, is_done)| {
        let operator = operator();
        operator.faults(&[&format!("{fault}:save-create:1")]);
        operator.sync(&["--timeout", "1s"]).expect(0);
        assert_as_wanted(&operator, fault);
        let creates = operator.calls(CallKind::SaveCreate);
        assert_eq!(creates.len(), if is_done { 1 } else { 2 }, "{fault}");
        let report = operator.report();
        assert_eq!(outcome(&report, "create")["result"], "applied", "{fault}");
        assert_eq!(outcome(&report, "create")["attempts"], creates.len(), "{fault}");
        assert_eq!(outcome(&report, "create")["uid"], operator.user("new@example.com").unwrap()["uid"], "{fault}");
    });
}

#[test]
fn an_update_whose_answer_was_lost_is_looked_at_before_it_is_sent_again() {
    each(LOST, |(fault, is_done)| {
        let operator = operator();
        operator.faults(&[&format!("{fault}:save-update:1")]);
        operator.sync(&["--timeout", "1s"]).expect(0);
        assert_as_wanted(&operator, fault);
        let updates = operator.calls(CallKind::SaveUpdate);
        assert_eq!(updates.len(), if is_done { 1 } else { 2 }, "{fault}");
        assert_eq!(outcome(&operator.report(), "update")["result"], "applied", "{fault}");
    });
}

#[test]
fn even_the_last_try_is_looked_at_before_it_is_called_a_failure() {
    each(LOST, |(fault, is_done)| {
        let operator = operator();
        operator.faults(&[&format!("{fault}:save-create:always")]);
        operator.sync(&["--timeout", "1s", "--retries", "0"]).expect(if is_done { 0 } else { 4 });
        let result = if is_done { "applied" } else { "failed" };
        assert_eq!(outcome(&operator.report(), "create")["result"], result, "{fault}");
        assert_eq!(operator.user("new@example.com").is_some(), is_done, "{fault}");
    });
}

#[test]
fn when_looking_fails_too_the_report_says_that_nobody_knows() {
    for fault in ["reset-after:save-create:1", "reset-before:save-create:1"] {
        let operator = operator();
        // The first get asks for the owner of the new address, the second reads the user to rename.
        operator.faults(&[fault, "http-500:get:2-"]);
        operator.csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nnew@example.com,New,Person\n");
        operator.sync(&["--retries", "1"]).expect(4);
        let report = operator.report();
        let create = outcome(&report, "create");
        assert_eq!(create["result"], "failed");
        assert!(create["error"].as_str().unwrap().contains("nobody knows"), "{create}");
        operator.faults(&[]);
        operator.sync(&[]).expect(0);
        assert_eq!(operator.sandbox.users().len(), 3, "{fault}");
    }
}

#[test]
fn a_503_with_too_long_a_pause_is_not_reported_as_never_sent() {
    let operator = operator();
    operator.faults(&["http-503-after:save-create:1"]);
    operator.sync(&[]).expect(0);
    let operator = self::operator();
    operator.csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nnew@example.com,New,Person\n");
    operator.faults(&["http-503=7200:save-create:1"]);
    operator.sync(&["--max-wait", "1s"]).expect(4);
    let report = operator.report();
    let create = outcome(&report, "create");
    assert_eq!((&create["result"], &create["attempts"]), (&json!("failed"), &json!(1)), "{create}");
    assert!(create["error"].as_str().unwrap().contains("7200"), "{create}");
}

#[test]
fn a_create_that_was_done_late_is_found_when_the_next_try_is_refused() {
    let operator = operator();
    operator.csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nnew@example.com,New,Person\n");
    // The create is done, its answer is lost, and the look does not see it yet.
    operator.faults(&["reset-after:save-create:1", "http-404:get:2"]);
    operator.sync(&[]).expect(0);
    assert_eq!((operator.calls(CallKind::SaveCreate).len(), operator.sandbox.users().len()), (2, 3));
    assert_eq!(outcome(&operator.report(), "create")["result"], "applied");
}

#[test]
fn an_answer_without_uid_is_never_saved_back_as_a_new_account() {
    for fault in ["item-without-uid", "item-without-email", "wrong-type", "drifting-type"] {
        let operator = operator();
        operator.faults(&[&format!("{fault}:get:always")]);
        operator.csv(&csv_of(&people(2)).replace(",P1,", ",Pat,"));
        let ended = operator.sync(&[]);
        assert!(operator.calls(CallKind::SaveCreate).is_empty(), "{fault}");
        assert_eq!(operator.sandbox.users().len(), 2, "{fault}");
        let is_renamed = operator.user("p1@example.com").unwrap()["firstName"] == "Pat";
        assert_eq!(is_renamed, fault == "drifting-type", "{fault}");
        assert_eq!(ended.code, if is_renamed { 0 } else { 4 }, "{fault}");
    }
}

#[test]
fn a_run_with_lost_answers_everywhere_ends_right_and_a_second_plan_is_empty() {
    let operator = Operator::of(&people(12));
    operator.csv(&csv_of(&people(18)).replace(",P1", ",Q1").replace("p9@example.com,P9,Lee\n", ""));
    operator.faults(&[
        "reset-after:save-create:every-2",
        "cut-body:save-update:every-2",
        "http-500-after:save-update:every-3",
        "reset-before:get:every-4",
    ]);
    operator.sync(&["--timeout", "2s", "--retries", "8"]).expect(0);
    operator.faults(&[]);
    assert_eq!(operator.plan(&[])["actions"], json!([]));
    assert_eq!(operator.sandbox.users().len(), 18);
}
