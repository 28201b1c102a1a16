//! Every exit code of the contract's table.

use serde_json::json;

use crate::support::operator::{Operator, csv_of, people};

fn operator() -> Operator {
    let operator = Operator::of(&people(4));
    operator.csv(&csv_of(&people(5)));
    operator
}

#[test]
fn done_is_0_even_with_conflicts_and_skipped_rows() {
    let operator = operator();
    operator.csv(concat!(
        "email,firstName,lastName,status,uid\n",
        "p1@example.com,,,,999\n",
        "p2@example.com,,,,\np3@example.com,,,,\np4@example.com,,,,\n",
        "gone@example.com,,,disabled,\n",
    ));
    operator.sync(&[]).expect(0);
    let summary = &operator.report()["summary"];
    assert_eq!((&summary["conflicts"], &summary["skipped"]), (&json!(1), &json!(1)));
}

#[test]
fn a_tenant_that_can_not_be_had_is_1_and_the_run_keeps_a_report() {
    for fault in ["http-500:list:always", "forbidden:list:always", "expired-token:list:always", "html-502:list:always"]
    {
        let operator = operator();
        operator.faults(&[fault]);
        operator.sync(&["--retries", "1"]).expect(1);
        assert_eq!(operator.report()["exitCode"], 1, "{fault}");
        assert!(operator.saves().is_empty(), "{fault}");
    }
    let operator = operator();
    operator.sync(&["--base-url", "http://127.0.0.1:1", "--retries", "0"]).expect(1);
}

#[test]
fn wrong_usage_config_or_csv_is_2_and_nothing_is_sent() {
    let operator = operator();
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
        operator.run(&arguments).expect(2);
    }
    for csv in ["", "name\nx\n", "email\nnot an address\n", "email,email\na@example.com,b@example.com\n"] {
        operator.csv(csv);
        operator.sync(&[]).expect(2);
    }
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn without_a_login_or_a_tenant_it_is_2() {
    let mut operator = operator();
    operator.log_in_with(&[]);
    operator.sync(&[]).expect(2).says(&["token"]);
    operator.log_in_with(&[("LUMSYNC_CLIENT_ID", "sandbox-client")]);
    operator.sync(&[]).expect(2);
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn a_change_that_fails_is_4_and_the_others_are_made() {
    let operator = operator();
    operator.csv(&csv_of(&people(4)).replace(",P", ",Q"));
    operator.faults(&["bad-request:save-update:2"]);
    operator.sync(&["--concurrency", "1"]).expect(4);
    let update = &operator.report()["summary"]["update"];
    assert_eq!((&update["applied"], &update["failed"], &update["notAttempted"]), (&json!(3), &json!(1), &json!(0)));
}

#[test]
fn a_run_out_of_time_before_its_first_write_is_1_and_after_it_4() {
    let operator = operator();
    operator.faults(&["hang:list:1"]);
    operator.sync(&["--max-duration", "300ms"]).expect(1).says(&["--max-duration"]);
    operator.csv(&csv_of(&people(4)).replace(",P", ",Q"));
    operator.faults(&["429=2:save-update:2"]);
    operator.sync(&["--concurrency", "1", "--max-duration", "1s"]).expect(4);
    let update = &operator.report()["summary"]["update"];
    assert_eq!(update["applied"], 1);
}
