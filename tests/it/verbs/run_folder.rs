//! What a run leaves in the state dir.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lumsync::sandbox::{Call, CallKind};
use serde_json::{Value, json};

use crate::support::operator::{Operator, csv_of, people};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_run_keeps_plan_journal_and_report_for_its_owner_alone() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(3)));
    operator.sync(&["--report", "report.csv", "--report", "report.html"]).expect(0);
    let run = &operator.runs()[0];
    for name in ["plan.json", "journal.jsonl", "report.json"] {
        assert_eq!(mode(&run.join(name)), 0o600, "{name}");
    }
    for name in ["report.csv", "report.html"] {
        assert_eq!(mode(&operator.folder().join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(run), 0o700);
    assert_eq!(operator.report()["runId"], run.file_name().unwrap().to_str().unwrap());
    operator.run(&["plan", "users.csv", "-o", "plan.json"]).expect(0);
    assert_eq!(mode(&operator.folder().join("plan.json")), 0o600);
}

/// Panics unless every save that the tenant saw stands in a journal as an attempt.
pub fn assert_journals_account_for(journal: &[Value], saves: &[Call]) {
    let attempts_of = |call: &Call| {
        let is_this = |line: &&Value| match call.kind {
            CallKind::SaveCreate => line["kind"] == "create" && line["email"] == json!(call.email),
            _ => line["uid"] == json!(call.uid),
        };
        journal.iter().filter(|line| line["event"] == "attempt").filter(is_this).count()
    };
    for call in saves {
        let same = saves.iter().filter(|other| other.kind == call.kind);
        let sent = match call.kind {
            CallKind::SaveCreate => same.filter(|other| other.email == call.email).count(),
            _ => same.filter(|other| other.uid == call.uid).count(),
        };
        assert!(sent <= attempts_of(call), "{sent} saves, but {} attempts: {call:?}", attempts_of(call));
    }
}

#[test]
fn the_journal_accounts_for_every_save_and_its_outcome() {
    let operator = Operator::of(&people(5));
    operator.csv(&csv_of(&people(8)).replace(",P2,", ",Pat,").replace(",P3,", ",Pia,"));
    operator.faults(&[
        "reset-after:save-create:2",
        "429=0:save-create:1",
        "http-503=0:save-update:1",
        "bad-request:save-update:3",
    ]);
    operator.sync(&[]);
    let journal = operator.journal();
    assert_journals_account_for(&journal, &operator.saves());
    let outcomes = journal.iter().filter(|line| line["event"] == "outcome").count();
    assert_eq!(outcomes, operator.report()["outcomes"].as_array().unwrap().len());
    assert!(journal.iter().all(|line| line["at"].is_string()));
}

#[test]
fn a_run_that_a_guardrail_or_an_error_stopped_keeps_what_it_had() {
    let operator = Operator::of(&people(20));
    operator.csv(&csv_of(&people(5)));
    operator.sync(&[]).expect(3);
    assert!(operator.runs()[0].join("plan.json").exists());
    assert_eq!(operator.report()["exitCode"], 3);
    operator.faults(&["http-500:list:always"]);
    operator.sync(&["--retries", "0"]).expect(1);
    assert_eq!(operator.report()["exitCode"], 1);
    operator.csv("email\nnot an address\n");
    operator.sync(&[]).expect(2);
    assert_eq!(operator.report()["exitCode"], 2);
}

#[test]
fn summary_and_outcomes_of_a_report_add_up() {
    let operator = Operator::of(&people(9));
    operator.csv(&csv_of(&people(12)).replace(",P2,", ",Pat,").replace(",P3,", ",Pia,"));
    operator.faults(&["bad-request:save-create:2", "forbidden:save-update:1"]);
    operator.sync(&[]).expect(4);
    let report = operator.report();
    let outcomes = report["outcomes"].as_array().unwrap();
    for kind in ["create", "update", "enable", "disable"] {
        let of_kind: Vec<_> = outcomes.iter().filter(|one| one["kind"] == kind).collect();
        assert_eq!(report["summary"][kind]["planned"], of_kind.len());
        for result in ["applied", "already", "drifted", "failed", "notAttempted"] {
            let count = of_kind.iter().filter(|one| one["result"] == result).count();
            assert_eq!(report["summary"][kind][result], count, "{kind} {result}");
        }
    }
    assert_eq!(report["http"]["requests"], operator.sandbox.traffic().len());
}
