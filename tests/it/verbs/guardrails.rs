//! Guardrails: judged on the whole plan before the first write.

use serde_json::{Value, json};

use crate::support::operator::{Operator, csv_of, people};

fn tenant(users: u32, rows: u32) -> Operator {
    let operator = Operator::of(&people(users));
    operator.csv(&csv_of(&people(rows)));
    operator
}

fn tripped(plan: &Value) -> Vec<&str> {
    let guardrails = plan["guardrails"].as_array().unwrap();
    guardrails.iter().filter(|one| one["tripped"] == true).map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn too_many_disables_are_exit_3_with_the_figure_the_limit_and_the_option() {
    let operator = tenant(40, 34);
    operator.sync(&[]).expect(3).says(&["6", "10%", "40", "--max-disable"]);
    assert!(operator.saves().is_empty());
    let report = operator.report();
    assert_eq!((&report["exitCode"], &report["summary"]["disable"]["notAttempted"]), (&json!(3), &json!(6)));
    assert!(operator.runs()[0].join("plan.json").exists());
}

#[test]
fn up_to_five_disables_pass_whatever_the_percentage() {
    tenant(6, 1).sync(&["--max-disable", "0%"]).expect(0);
    tenant(7, 1).sync(&["--max-disable", "0%"]).expect(3);
    tenant(6, 1).sync(&["--max-disable", "4"]).expect(3);
    tenant(7, 1).sync(&["--max-disable", "6"]).expect(0);
    tenant(20, 10).sync(&["--max-disable", "50%"]).expect(0);
}

#[test]
fn disables_by_a_row_count_too() {
    let operator = Operator::of(&people(7));
    let rows: Vec<String> = (1..=6).map(|number| format!("p{number}@example.com,disabled")).collect();
    operator.csv(&format!("email,status\n{}\np7@example.com,enabled\n", rows.join("\n")));
    operator.sync(&["--partial"]).expect(3).says(&["--max-disable"]);
}

#[test]
fn a_plan_shows_what_would_trip_and_ends_with_0() {
    let operator = tenant(40, 34);
    assert_eq!(tripped(&operator.plan(&[])), ["max_disable"]);
    assert_eq!(tripped(&operator.plan(&["--max-disable", "6"])), Vec::<&str>::new());
    operator.run(&["sync", "users.csv", "--dry-run"]).expect(0);
}

#[test]
fn creates_and_updates_have_limits_when_asked_for() {
    let operator = tenant(10, 12);
    operator.sync(&["--max-create", "1"]).expect(3).says(&["2", "--max-create"]);
    operator.csv(&csv_of(&people(10)).replace(",P", ",Q"));
    operator.sync(&["--max-update", "5"]).expect(3).says(&["10", "5", "--max-update"]);
    assert!(operator.saves().is_empty());
}

#[test]
fn a_csv_without_rows_trips_and_so_do_fewer_than_min_rows() {
    let operator = tenant(3, 0);
    operator.sync(&[]).expect(3).says(&["--min-rows"]);
    operator.csv(&csv_of(&people(3)));
    operator.sync(&["--min-rows", "4"]).expect(3).says(&["3", "4", "--min-rows"]);
    operator.sync(&["--min-rows", "3"]).expect(0);
}

#[test]
fn a_csv_that_shrank_against_the_last_good_full_run_trips() {
    let operator = tenant(10, 10);
    operator.sync(&[]).expect(0);
    operator.csv(&csv_of(&people(7)));
    operator.sync(&[]).expect(3).says(&["20%", "--max-shrink"]);
    operator.sync(&["--partial"]).expect(0);
    operator.run(&["plan", "users.csv", "--partial"]).expect(0);
    operator.sync(&[]).expect(3);
    operator.csv(&csv_of(&people(8)));
    operator.sync(&[]).expect(0);
    operator.csv(&csv_of(&people(7)));
    operator.sync(&[]).expect(0);
}

#[test]
fn the_last_good_run_is_that_of_the_same_tenant() {
    let operator = tenant(10, 10);
    operator.sync(&[]).expect(0);
    let other = tenant(10, 7);
    let mut command = other.command(&["sync", "users.csv", "--yes"]);
    command.env("LUMSYNC_STATE_DIR", operator.state());
    assert_eq!(command.output().unwrap().status.code(), Some(0));
}
