//! Guardrails: judged on the whole plan before the first write.

use serde_json::{Value, json};

use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

fn tenant(users: u32, rows: u32) -> Workspace {
    let workspace = Workspace::serving(&people(users));
    workspace.write_csv(&csv_of(&people(rows)));
    workspace
}

fn tripped(plan: &Value) -> Vec<&str> {
    let guardrails = plan["guardrails"].as_array().unwrap();
    guardrails.iter().filter(|one| one["tripped"] == true).map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn too_many_disables_are_exit_3_with_the_figure_the_limit_and_the_option() {
    let workspace = tenant(40, 34);
    workspace.sync(&[]).exits_with(3).stderr_contains(&["6", "10%", "40", "--max-disable"]);
    assert!(workspace.saves().is_empty());
    let report = workspace.report();
    assert_eq!((&report["exitCode"], &report["summary"]["disable"]["notAttempted"]), (&json!(3), &json!(6)));
    assert!(workspace.runs()[0].join("plan.json").exists());
}

#[test]
fn up_to_five_disables_pass_whatever_the_percentage() {
    tenant(6, 1).sync(&["--max-disable", "0%"]).exits_with(0);
    tenant(7, 1).sync(&["--max-disable", "0%"]).exits_with(3);
    tenant(6, 1).sync(&["--max-disable", "4"]).exits_with(3);
    tenant(7, 1).sync(&["--max-disable", "6"]).exits_with(0);
    tenant(20, 10).sync(&["--max-disable", "50%"]).exits_with(0);
}

#[test]
fn disables_by_a_row_count_too() {
    let workspace = Workspace::serving(&people(7));
    let rows: Vec<String> = (1..=6).map(|number| format!("p{number}@example.com,disabled")).collect();
    workspace.write_csv(&format!("email,status\n{}\np7@example.com,enabled\n", rows.join("\n")));
    workspace.sync(&["--partial"]).exits_with(3).stderr_contains(&["--max-disable"]);
}

#[test]
fn a_plan_shows_what_would_trip_and_ends_with_0() {
    let workspace = tenant(40, 34);
    assert_eq!(tripped(&workspace.plan(&[])), ["max_disable"]);
    assert_eq!(tripped(&workspace.plan(&["--max-disable", "6"])), Vec::<&str>::new());
    workspace.run(&["sync", "users.csv", "--dry-run"]).exits_with(0);
}

#[test]
fn creates_and_updates_have_limits_when_asked_for() {
    let workspace = tenant(10, 12);
    workspace.sync(&["--max-create", "1"]).exits_with(3).stderr_contains(&["2", "--max-create"]);
    workspace.write_csv(&csv_of(&people(10)).replace(",P", ",Q"));
    workspace.sync(&["--max-update", "5"]).exits_with(3).stderr_contains(&["10", "5", "--max-update"]);
    assert!(workspace.saves().is_empty());
}

#[test]
fn a_csv_without_rows_trips_and_so_do_fewer_than_min_rows() {
    let workspace = tenant(3, 0);
    workspace.sync(&[]).exits_with(3).stderr_contains(&["--min-rows"]);
    workspace.write_csv(&csv_of(&people(3)));
    workspace.sync(&["--min-rows", "4"]).exits_with(3).stderr_contains(&["3", "4", "--min-rows"]);
    workspace.sync(&["--min-rows", "3"]).exits_with(0);
}

#[test]
fn a_csv_that_shrank_against_the_last_good_full_run_trips() {
    let workspace = tenant(10, 10);
    workspace.sync(&[]).exits_with(0);
    workspace.write_csv(&csv_of(&people(7)));
    workspace.sync(&[]).exits_with(3).stderr_contains(&["20%", "--max-shrink"]);
    workspace.sync(&["--partial"]).exits_with(0);
    workspace.run(&["plan", "users.csv", "--partial"]).exits_with(0);
    workspace.sync(&[]).exits_with(3);
    workspace.write_csv(&csv_of(&people(8)));
    workspace.sync(&[]).exits_with(0);
    workspace.write_csv(&csv_of(&people(7)));
    workspace.sync(&[]).exits_with(0);
}

#[test]
fn the_last_good_run_is_that_of_the_same_tenant() {
    let workspace = tenant(10, 10);
    workspace.sync(&[]).exits_with(0);
    let other = tenant(10, 7);
    let mut command = other.command(&["sync", "users.csv", "--yes"]);
    command.env("LUMSYNC_STATE_DIR", workspace.state());
    assert_eq!(command.output().unwrap().status.code(), Some(0));
}

#[test]
fn the_last_good_run_is_known_however_its_tenant_is_spelt_and_its_absence_is_told() {
    let workspace = tenant(10, 10);
    let told = |plan: &Value| plan["warnings"].to_string().contains("were not judged");
    assert!(told(&workspace.plan(&[])));
    workspace.sync(&[]).exits_with(0);
    workspace.write_csv(&csv_of(&people(7)));
    let spelt = workspace.sandbox().base_url().replace("127.0.0.1", "localhost") + "/";
    let plan = workspace.plan(&["--base-url", &spelt, "--max-disable", "9"]);
    assert!(!told(&plan) && tripped(&plan) == ["max_shrink"], "{plan}");
    std::fs::remove_dir_all(workspace.state().join("tenants")).unwrap();
    assert!(told(&workspace.plan(&[])));
}
