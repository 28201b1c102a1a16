//! What a run leaves in the state dir.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::assertions::journal::assert_journals_account_for;
use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_run_keeps_plan_journal_and_report_for_its_owner_alone() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(3)));
    workspace.sync(&["--report", "report.csv", "--report", "report.html"]).exits_with(0);
    let run = &workspace.runs()[0];
    for name in ["plan.json", "journal.jsonl", "report.json"] {
        assert_eq!(mode(&run.join(name)), 0o600, "{name}");
    }
    for name in ["report.csv", "report.html"] {
        assert_eq!(mode(&workspace.folder().join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(run), 0o700);
    assert_eq!(workspace.report()["runId"], run.file_name().unwrap().to_str().unwrap());
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    assert_eq!(mode(&workspace.folder().join("plan.json")), 0o600);
}

#[test]
fn the_journal_accounts_for_every_save_and_its_outcome() {
    let workspace = Workspace::serving(&people(5));
    workspace.write_csv(&csv_of(&people(8)).replace(",P2,", ",Pat,").replace(",P3,", ",Pia,"));
    workspace.faults(&[
        "reset-after:save-create:2", "429=0:save-create:1", "http-503=0:save-update:1", "bad-request:save-update:3",
    ]);
    workspace.sync(&[]);
    let journal = workspace.journal();
    assert_journals_account_for(&journal, &workspace.saves());
    let outcomes = journal.iter().filter(|line| line["event"] == "outcome").count();
    assert_eq!(outcomes, workspace.report()["outcomes"].as_array().unwrap().len());
    assert!(journal.iter().all(|line| line["at"].is_string()));
}

#[test]
fn a_run_that_a_guardrail_or_an_error_stopped_keeps_what_it_had() {
    let workspace = Workspace::serving(&people(20));
    workspace.write_csv(&csv_of(&people(5)));
    workspace.sync(&[]).exits_with(3);
    assert!(workspace.runs()[0].join("plan.json").exists());
    assert_eq!(workspace.report()["exitCode"], 3);
    workspace.faults(&["http-500:list:always"]);
    workspace.sync(&["--retries", "0"]).exits_with(1);
    assert_eq!(workspace.report()["exitCode"], 1);
    workspace.write_csv("email\nnot an address\n");
    workspace.sync(&[]).exits_with(2);
    assert_eq!(workspace.report()["exitCode"], 2);
}

#[test]
fn summary_and_outcomes_of_a_report_add_up() {
    let workspace = Workspace::serving(&people(9));
    workspace.write_csv(&csv_of(&people(12)).replace(",P2,", ",Pat,").replace(",P3,", ",Pia,"));
    workspace.faults(&["bad-request:save-create:2", "forbidden:save-update:1"]);
    workspace.sync(&[]).exits_with(4);
    let report = workspace.report();
    let outcomes = report["outcomes"].as_array().unwrap();
    for kind in ["create", "update", "enable", "disable"] {
        let of_kind: Vec<_> = outcomes.iter().filter(|one| one["kind"] == kind).collect();
        assert_eq!(report["summary"][kind]["planned"], of_kind.len());
        for result in ["applied", "already", "drifted", "failed", "notAttempted"] {
            let count = of_kind.iter().filter(|one| one["result"] == result).count();
            assert_eq!(report["summary"][kind][result], count, "{kind} {result}");
        }
    }
    assert_eq!(report["http"]["requests"], workspace.sandbox().traffic().len());
}
