//! Every exit code of `docs/interface.md#exit-codes`.

use serde_json::json;

use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

fn workspace() -> Workspace {
    let workspace = Workspace::serving(&people(4));
    workspace.write_csv(&csv_of(&people(5)));
    workspace
}

#[test]
fn done_is_0_even_with_conflicts_and_skipped_rows() {
    let workspace = workspace();
    workspace.write_csv(concat!(
        "email,firstName,lastName,status,uid\n",
        "p1@example.com,,,,999\n",
        "p2@example.com,,,,\np3@example.com,,,,\np4@example.com,,,,\n",
        "gone@example.com,,,disabled,\n",
    ));
    workspace.sync(&[]).exits_with(0);
    let summary = &workspace.report()["summary"];
    assert_eq!((&summary["conflicts"], &summary["skipped"]), (&json!(1), &json!(1)));
}

#[test]
fn a_tenant_that_can_not_be_had_is_1_and_the_run_keeps_a_report() {
    for fault in ["http-500:list:always", "forbidden:list:always", "expired-token:list:always", "html-502:list:always"]
    {
        let workspace = workspace();
        workspace.faults(&[fault]);
        workspace.sync(&["--retries", "1"]).exits_with(1);
        assert_eq!(workspace.report()["exitCode"], 1, "{fault}");
        assert!(workspace.saves().is_empty(), "{fault}");
    }
    let workspace = workspace();
    workspace.sync(&["--base-url", "http://127.0.0.1:1", "--retries", "0"]).exits_with(1);
}

#[test]
fn wrong_usage_config_or_csv_is_2_and_nothing_is_sent() {
    let workspace = workspace();
    for arguments in [
        vec!["sync"],
        vec!["sync", "users.csv", "--yes", "--no-such-option"],
        vec!["sync", "users.csv", "--yes", "--max-disable", "many"],
        vec!["sync", "users.csv", "--yes", "--report", "report.docx"],
        vec!["sync", "users.csv", "--yes", "--base-url", "http://cell.example.com"],
        vec!["sync", "users.csv", "--yes", "--base-url", "ftp://127.0.0.1"],
        vec!["sync", "nothing.csv", "--yes"],
        vec!["sync", "users.csv", "--yes", "--config", "nothing.toml"],
        vec!["sync", "users.csv", "--yes", "--token-file", "nothing"],
        vec!["plan", "users.csv", "--protect", "["],
        vec!["apply", "nothing.json"],
    ] {
        workspace.run(&arguments).exits_with(2);
    }
    for csv in ["", "name\nx\n", "email\nnot an address\n", "email,email\na@example.com,b@example.com\n"] {
        workspace.write_csv(csv);
        workspace.sync(&[]).exits_with(2);
    }
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn without_a_login_or_a_tenant_it_is_2() {
    let mut workspace = workspace();
    workspace.log_in_with(&[]);
    workspace.sync(&[]).exits_with(2).stderr_contains(&["token"]);
    workspace.log_in_with(&[("LUMSYNC_CLIENT_ID", "sandbox-client")]);
    workspace.sync(&[]).exits_with(2);
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn a_change_that_fails_is_4_and_the_others_are_made() {
    let workspace = workspace();
    workspace.write_csv(&csv_of(&people(4)).replace(",P", ",Q"));
    workspace.faults(&["bad-request:save-update:2"]);
    workspace.sync(&["--concurrency", "1"]).exits_with(4);
    let update = &workspace.report()["summary"]["update"];
    assert_eq!((&update["applied"], &update["failed"], &update["notAttempted"]), (&json!(3), &json!(1), &json!(0)));
}

#[test]
fn a_run_out_of_time_before_its_first_write_is_1_and_after_it_4() {
    let workspace = workspace();
    workspace.faults(&["hang:list:1"]);
    workspace.sync(&["--max-duration", "300ms"]).exits_with(1).stderr_contains(&["--max-duration"]);
    workspace.write_csv(&csv_of(&people(4)).replace(",P", ",Q"));
    workspace.faults(&["429=2:save-update:2"]);
    workspace.sync(&["--concurrency", "1", "--max-duration", "1s"]).exits_with(4);
    let update = &workspace.report()["summary"]["update"];
    assert_eq!(update["applied"], 1);
}
