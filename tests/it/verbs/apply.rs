//! `lumsync apply`: exactly the saved plan, or nothing.

use serde_json::{Value, json};

use crate::support::operator::{Operator, csv_of, people, person, with};

/// Two users; a plan that renames one, creates one and disables one.
fn planned() -> Operator {
    let operator = Operator::of(&people(3));
    operator
        .csv("email,firstName,lastName\np1@example.com,Pat,Lee\np2@example.com,P2,Lee\nnew@example.com,New,Person\n");
    operator.run(&["plan", "users.csv", "-o", "plan.json"]).expect(0);
    operator
}

fn refused(operator: &Operator, arguments: &[&str], says: &[&str]) {
    operator.run(&[&["apply", "plan.json"], arguments].concat()).expect(2).says(says);
    assert!(operator.saves().is_empty());
}

#[test]
fn a_saved_plan_is_applied() {
    let operator = planned();
    operator.run(&["apply", "plan.json"]).expect(0);
    assert_eq!(operator.user("p1@example.com").unwrap()["firstName"], "Pat");
    assert!(operator.is_enabled("new@example.com") && !operator.is_enabled("p3@example.com"));
    operator.run(&["apply", "plan.json"]).expect(0);
    assert_eq!(operator.saves().len(), 3);
    let results: Vec<Value> =
        operator.report()["outcomes"].as_array().unwrap().iter().map(|one| one["result"].clone()).collect();
    assert_eq!(results, ["already", "already", "already"]);
}

#[test]
fn a_plan_that_was_changed_is_refused() {
    let operator = planned();
    let plan = operator.read("plan.json").replace("\"Pat\"", "\"Eve\"");
    operator.write("plan.json", &plan);
    refused(&operator, &[], &["checksum"]);
}

#[test]
fn a_plan_with_another_white_space_is_the_same_plan() {
    let operator = planned();
    let plan: Value = serde_json::from_str(&operator.read("plan.json")).unwrap();
    let ordered = operator.read("plan.json").replace('\n', "").replace(": ", ":");
    assert_eq!(serde_json::from_str::<Value>(&ordered).unwrap(), plan);
    operator.write("plan.json", &ordered);
    operator.run(&["apply", "plan.json"]).expect(0);
}

#[test]
fn a_plan_of_another_tenant_is_refused() {
    let operator = planned();
    refused(&operator, &["--organization-id", "another"], &["another tenant"]);
    let port = operator.sandbox.base_url().rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    let other = format!("http://127.0.0.1:{}", port ^ 1);
    refused(&operator, &["--base-url", &other], &["another tenant"]);
}

#[test]
fn an_old_plan_is_refused() {
    let operator = planned();
    refused(&operator, &["--max-age", "0s"], &["--max-age"]);
    operator.run(&["apply", "plan.json", "--max-age", "1h"]).expect(0);
}

#[test]
fn what_is_no_plan_is_refused() {
    let operator = planned();
    operator.write("plan.json", "{\"format\":\"lumsync-plan\"}");
    refused(&operator, &[], &["plan.json"]);
    operator.write("plan.json", "");
    refused(&operator, &[], &["plan.json"]);
}

#[test]
fn a_user_that_drifted_is_left_alone_and_the_others_are_changed() {
    let operator = planned();
    operator.sandbox.edit("p1@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Other"))));
    operator.run(&["apply", "plan.json"]).expect(4);
    assert_eq!(operator.user("p1@example.com").unwrap()["firstName"], "Other");
    assert!(!operator.is_enabled("p3@example.com"));
    let update = &operator.report()["summary"]["update"];
    assert_eq!((&update["drifted"], &update["applied"]), (&json!(1), &json!(0)));
}

#[test]
fn every_create_is_looked_up_first() {
    let operator = planned();
    operator.sandbox.edit("p2@example.com", |user| drop(user.insert("email".to_owned(), json!("new@example.com"))));
    operator.run(&["apply", "plan.json"]).expect(4);
    let emails: Vec<_> = operator.sandbox.users().iter().map(|user| user["email"].clone()).collect();
    assert_eq!(emails, ["p1@example.com", "new@example.com", "p3@example.com"]);
    assert_eq!(operator.user("new@example.com").unwrap()["firstName"], "P2");
}

#[test]
fn a_user_who_became_a_super_admin_is_left_alone() {
    let operator = planned();
    operator.sandbox.edit("p3@example.com", |user| drop(user.insert("isSuperAdmin".to_owned(), json!(true))));
    operator.run(&["apply", "plan.json"]).expect(4);
    assert!(operator.is_enabled("p3@example.com"));
}

#[test]
fn passwords_come_from_the_planned_csv_alone() {
    let operator = Operator::of(&[person(1, "Ann")]);
    let csv = "email,firstName,lastName,password\nann@example.com,,,\nnew@example.com,New,Person,pass-0f-new\n";
    operator.csv(csv);
    operator.run(&["plan", "users.csv", "-o", "plan.json"]).expect(0);
    assert!(!operator.read("plan.json").contains("pass-0f-new"));
    refused(&operator, &[], &["--csv"]);
    operator.write("other.csv", &csv.replace("pass-0f-new", "another-one"));
    refused(&operator, &["--csv", "other.csv"], &["SHA-256"]);
    operator.run(&["apply", "plan.json", "--csv", "users.csv"]).expect(0);
    assert!(operator.saves().iter().any(|call| call.has_password));
}

#[test]
fn a_tripped_plan_is_applied_only_with_the_option_that_allows_it() {
    let operator = Operator::of(&people(20));
    operator.csv(&csv_of(&people(10)));
    operator.run(&["plan", "users.csv", "-o", "plan.json"]).expect(0);
    operator.run(&["apply", "plan.json"]).expect(3).says(&["--max-disable"]);
    assert!(operator.saves().is_empty());
    operator.run(&["apply", "plan.json", "--max-disable", "10"]).expect(0);
    assert_eq!(operator.saves().len(), 10);
}

#[test]
fn a_user_who_left_the_tenant_is_not_made_again() {
    let operator = planned();
    operator.sandbox.remove("p1@example.com");
    operator.run(&["apply", "plan.json"]).expect(4);
    assert!(operator.user("p1@example.com").is_none());
}

#[test]
fn whoever_has_the_same_name_under_the_uid_but_another_address_is_left_alone() {
    let operator = Operator::of(&[with(person(1, "Ann"), &[]), person(2, "Bob")]);
    operator.csv("email,firstName,lastName\nann@example.com,Anne,Lee\nbob@example.com,,\n");
    operator.run(&["plan", "users.csv", "-o", "plan.json"]).expect(0);
    operator.sandbox.edit("ann@example.com", |user| drop(user.insert("email".to_owned(), json!("moved@example.com"))));
    operator.run(&["apply", "plan.json"]).expect(4);
    assert_eq!(operator.user("moved@example.com").unwrap()["firstName"], "Ann");
}
