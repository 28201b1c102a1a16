//! `lumsync apply`: exactly the saved plan, or nothing.

use lumsync::sandbox::CallKind;
use serde_json::{Value, json};

use crate::support::data::users::{csv_of, people, person, with};
use crate::support::workspace::Workspace;

/// Two users; a plan that renames one, creates one and disables one.
fn planned() -> Workspace {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(
        "email,firstName,lastName\np1@example.com,Pat,Lee\np2@example.com,P2,Lee\nnew@example.com,New,Person\n",
    );
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    workspace
}

fn refused(workspace: &Workspace, arguments: &[&str], says: &[&str]) {
    workspace.run(&[&["apply", "plan.json"], arguments].concat()).exits_with(2).stderr_contains(says);
    assert!(workspace.saves().is_empty());
}

#[test]
fn a_saved_plan_is_applied() {
    let workspace = planned();
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    assert_eq!(workspace.user("p1@example.com").unwrap()["firstName"], "Pat");
    assert!(workspace.is_enabled("new@example.com") && !workspace.is_enabled("p3@example.com"));
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    assert_eq!(workspace.saves().len(), 3);
    let results: Vec<Value> =
        workspace.report()["outcomes"].as_array().unwrap().iter().map(|one| one["result"].clone()).collect();
    assert_eq!(results, ["already", "already", "already"]);
}

#[test]
fn a_plan_that_was_changed_is_refused() {
    let workspace = planned();
    let plan = workspace.read("plan.json").replace("\"Pat\"", "\"Eve\"");
    workspace.write("plan.json", &plan);
    refused(&workspace, &[], &["checksum"]);
}

#[test]
fn a_plan_with_another_white_space_is_the_same_plan() {
    let workspace = planned();
    let plan: Value = serde_json::from_str(&workspace.read("plan.json")).unwrap();
    let ordered = workspace.read("plan.json").replace('\n', "").replace(": ", ":");
    assert_eq!(serde_json::from_str::<Value>(&ordered).unwrap(), plan);
    workspace.write("plan.json", &ordered);
    workspace.run(&["apply", "plan.json"]).exits_with(0);
}

#[test]
fn a_plan_of_another_tenant_is_refused() {
    let workspace = planned();
    refused(&workspace, &["--organization-id", "another"], &["another tenant"]);
    let port = workspace.sandbox().base_url().rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    let other = format!("http://127.0.0.1:{}", port ^ 1);
    refused(&workspace, &["--base-url", &other], &["another tenant"]);
}

#[test]
fn an_old_plan_is_refused() {
    let workspace = planned();
    refused(&workspace, &["--max-age", "0s"], &["--max-age"]);
    workspace.run(&["apply", "plan.json", "--max-age", "1h"]).exits_with(0);
}

/// Changes the plan and gives it the checksum of what it says now.
fn reseal(workspace: &Workspace, change: impl FnOnce(&mut Value)) {
    let mut plan: Value = serde_json::from_str(&workspace.read("plan.json")).unwrap();
    change(&mut plan);
    let mut plan: lumsync::plan::Plan = serde_json::from_value(plan).unwrap();
    plan.seal().unwrap();
    workspace.write("plan.json", &serde_json::to_string(&plan).unwrap());
}

#[test]
fn a_plan_from_the_future_is_refused() {
    let workspace = planned();
    reseal(&workspace, |plan| plan["createdAt"] = json!("2126-01-01T00:00:00Z"));
    refused(&workspace, &[], &["in the future"]);
}

#[test]
fn a_plan_whose_summary_is_not_that_of_its_actions_is_refused() {
    for field in ["create", "update", "disable", "conflicts"] {
        let workspace = planned();
        reseal(&workspace, |plan| plan["summary"][field] = json!(7));
        refused(&workspace, &[], &["summary"]);
    }
}

#[test]
fn guardrails_are_judged_on_the_actions_whatever_the_plan_says_of_them() {
    for edit in [json!([]), json!([{"name": "max_disable", "limit": 0, "value": 0, "tripped": false}])] {
        let workspace = planned();
        reseal(&workspace, |plan| plan["guardrails"] = edit);
        workspace.run(&["apply", "plan.json", "--max-disable", "0"]).exits_with(3).stderr_contains(&["--max-disable"]);
        assert!(workspace.saves().is_empty());
    }
}

#[test]
fn a_plan_that_was_compared_with_no_good_run_is_compared_when_it_is_applied() {
    let workspace = Workspace::serving(&people(20));
    workspace.sync_csv(&csv_of(&people(20)), &[]).exits_with(0);
    workspace.write_csv(&csv_of(&people(15)));
    workspace.run(&["plan", "users.csv", "-o", "plan.json", "--max-disable", "5"]).exits_with(0);
    reseal(&workspace, |plan| {
        plan["guardrails"].as_array_mut().unwrap().retain(|one| one["name"] != "max_shrink");
    });
    workspace.run(&["apply", "plan.json"]).exits_with(3).stderr_contains(&["--max-shrink"]);
}

#[test]
fn what_was_taken_back_since_a_plan_was_applied_is_not_made_again() {
    let workspace = planned();
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    workspace.sandbox().edit("p3@example.com", |user| drop(user.insert("status".to_owned(), json!("enabled"))));
    workspace.sandbox().remove("new@example.com");
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    assert!(workspace.is_enabled("p3@example.com") && workspace.user("new@example.com").is_none());
    let outcomes = workspace.report()["outcomes"].clone();
    let drifted: Vec<_> = outcomes.as_array().unwrap().iter().filter(|one| one["result"] == "drifted").collect();
    assert_eq!(drifted.len(), 2);
    assert!(drifted[0]["error"].as_str().unwrap().contains("applied before"), "{drifted:?}");
}

#[test]
fn what_failed_when_a_plan_was_applied_is_tried_again() {
    let workspace = planned();
    workspace.faults(&["forbidden:save-update:1"]);
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    workspace.run(&["apply", "plan.json"]).exits_with(0);
    assert_eq!(workspace.user("p1@example.com").unwrap()["firstName"], "Pat");
}

#[test]
fn a_tenant_that_is_spelt_otherwise_is_the_same() {
    let workspace = planned();
    let spelt = workspace.sandbox().base_url().replace("127.0.0.1", "LOCALHOST") + "/";
    workspace.run(&["apply", "plan.json", "--base-url", &spelt]).exits_with(0);
}

#[test]
fn what_is_no_plan_is_refused() {
    let workspace = planned();
    workspace.write("plan.json", "{\"format\":\"lumsync-plan\"}");
    refused(&workspace, &[], &["plan.json"]);
    workspace.write("plan.json", "");
    refused(&workspace, &[], &["plan.json"]);
}

#[test]
fn a_user_that_drifted_is_left_alone_and_the_others_are_changed() {
    let workspace = planned();
    workspace.sandbox().edit("p1@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Other"))));
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    assert_eq!(workspace.user("p1@example.com").unwrap()["firstName"], "Other");
    assert!(!workspace.is_enabled("p3@example.com"));
    let update = &workspace.report()["summary"]["update"];
    assert_eq!((&update["drifted"], &update["applied"]), (&json!(1), &json!(0)));
}

#[test]
fn every_create_is_looked_up_first() {
    let workspace = planned();
    workspace.sandbox().edit("p2@example.com", |user| drop(user.insert("email".to_owned(), json!("new@example.com"))));
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    let emails: Vec<_> = workspace.sandbox().users().iter().map(|user| user["email"].clone()).collect();
    assert_eq!(emails, ["p1@example.com", "new@example.com", "p3@example.com"]);
    assert!(workspace.calls(CallKind::SaveCreate).is_empty(), "the tenant might accept a second account");
    assert_eq!(workspace.user("new@example.com").unwrap()["firstName"], "P2");
}

#[test]
fn a_user_who_became_a_super_admin_is_left_alone() {
    let workspace = planned();
    workspace.sandbox().edit("p3@example.com", |user| drop(user.insert("isSuperAdmin".to_owned(), json!(true))));
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    assert!(workspace.is_enabled("p3@example.com"));
}

#[test]
fn passwords_come_from_the_planned_csv_alone() {
    let workspace = Workspace::serving(&[person(1, "Ann")]);
    let csv = "email,firstName,lastName,password\nann@example.com,,,\nnew@example.com,New,Person,pass-0f-new\n";
    workspace.write_csv(csv);
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    assert!(!workspace.read("plan.json").contains("pass-0f-new"));
    refused(&workspace, &[], &["--csv"]);
    workspace.write("other.csv", &csv.replace("pass-0f-new", "another-one"));
    refused(&workspace, &["--csv", "other.csv"], &["SHA-256"]);
    workspace.run(&["apply", "plan.json", "--csv", "users.csv"]).exits_with(0);
    assert!(workspace.saves().iter().any(|call| call.has_password));
}

#[test]
fn a_tripped_plan_is_applied_only_with_the_option_that_allows_it() {
    let workspace = Workspace::serving(&people(20));
    workspace.write_csv(&csv_of(&people(10)));
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    workspace.run(&["apply", "plan.json"]).exits_with(3).stderr_contains(&["--max-disable"]);
    assert!(workspace.saves().is_empty());
    workspace.run(&["apply", "plan.json", "--max-disable", "10"]).exits_with(0);
    assert_eq!(workspace.saves().len(), 10);
}

#[test]
fn a_user_who_left_the_tenant_is_not_made_again() {
    let workspace = planned();
    workspace.sandbox().remove("p1@example.com");
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    assert!(workspace.user("p1@example.com").is_none());
}

#[test]
fn whoever_has_the_same_name_under_the_uid_but_another_address_is_left_alone() {
    let workspace = Workspace::serving(&[with(person(1, "Ann"), &[]), person(2, "Bob")]);
    workspace.write_csv("email,firstName,lastName\nann@example.com,Anne,Lee\nbob@example.com,,\n");
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    workspace
        .sandbox()
        .edit("ann@example.com", |user| drop(user.insert("email".to_owned(), json!("moved@example.com"))));
    workspace.run(&["apply", "plan.json"]).exits_with(4);
    assert_eq!(workspace.user("moved@example.com").unwrap()["firstName"], "Ann");
}

#[test]
fn a_plan_of_version_1_is_applied_and_reported() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("plan.json", include_str!("../../../fixtures/plans/v1-sandbox.json"));
    let arguments = ["apply", "plan.json", "--sandbox", "tenant.jsonl", "--max-age", "1000000h"];
    workspace.run(&[&arguments[..], &["--rps", "unlimited"]].concat()).exits_with(0);
    let users = workspace.read("tenant.jsonl");
    for changed in ["Zoë", "rob@example.com", "O’Neil"] {
        assert!(users.contains(changed), "{changed} is not in:\n{users}");
    }
    assert_eq!(
        (&workspace.report()["version"], &workspace.report()["summary"]["join"]["planned"]),
        (&json!(2), &json!(0))
    );
    workspace.run(&["report", "plan.json"]).exits_with(0);
}

#[test]
fn a_plan_that_was_not_compared_with_a_good_run_is_compared_with_its_columns_too() {
    let workspace = Workspace::serving(&people(3));
    let full = "email,firstName,lastName,status\n";
    workspace.write_csv(&csv_of(&people(3)));
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    workspace.write(
        "full.csv",
        &(full.to_owned()
            + "p1@example.com,P1,Lee,enabled\np2@example.com,P2,Lee,enabled\np3@example.com,P3,Lee,enabled\n"),
    );
    workspace.run(&["sync", "full.csv", "--yes"]).exits_with(0);
    let trips = |arguments: &[&str]| {
        workspace.run(arguments).exits_with(3).stderr_contains(&["--allow-column-change"]);
    };
    trips(&["apply", "plan.json"]);
    let gone = workspace.report()["guardrails"].to_string();
    assert!(gone.contains("column_change"), "{gone}");
    trips(&["sync", "users.csv", "--yes"]);
    workspace.run(&["apply", "plan.json", "--allow-column-change"]).exits_with(0);
    workspace.run(&["sync", "users.csv", "--yes"]).exits_with(0);
}

#[test]
fn a_partial_plan_that_was_not_compared_may_lack_columns_but_not_who_is_in() {
    for (csv, code) in
        [("email,status\np1@example.com,enabled\n", 0), ("email,firstName,lastName\np1@example.com,P1,Lee\n", 3)]
    {
        let workspace = Workspace::serving(&people(1));
        workspace.write_csv(csv);
        workspace.run(&["plan", "users.csv", "--partial", "-o", "plan.json"]).exits_with(0);
        workspace.write("full.csv", "email,firstName,lastName,status\np1@example.com,P1,Lee,enabled\n");
        workspace.run(&["sync", "full.csv", "--yes"]).exits_with(0);
        workspace.run(&["apply", "plan.json"]).exits_with(code);
    }
}
