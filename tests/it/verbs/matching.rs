//! What becomes of each user: the contract's table, row by row.

use serde_json::{Value, json};

use crate::support::operator::{Operator, people, person, with};

/// Rows of so many people whom the tenant does not know.
pub fn newcomers(count: usize) -> String {
    (1..=count).fold(String::new(), |rows, number| rows + &format!("new{number}@example.com,New,Person\n"))
}

fn conflicts(plan: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    plan["conflicts"].as_array().unwrap().iter().map(|one| (text(&one["email"]), text(&one["reason"]))).collect()
}

#[test]
fn an_address_of_another_account_type_is_a_conflict_however_many_rows_there_are() {
    for creates in [1, 30] {
        let mut users = people(2);
        users.push(with(person(9, "Gil"), &[("accountType", json!("okta")), ("isHidden", json!(true))]));
        let operator = Operator::of(&users);
        let rows = newcomers(creates - 1);
        operator.csv(&format!(
            "email,firstName,lastName\np1@example.com,,\np2@example.com,,\n{rows}GIL@example.com,Gil,Lee\n"
        ));
        let plan = operator.plan(&[]);
        let conflicts = conflicts(&plan);
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        assert!(conflicts[0].1.contains("okta"), "{conflicts:?}");
        operator.sync(&[]).expect(0);
        assert_eq!(operator.sandbox.users().len(), 2 + creates);
        assert_eq!(operator.user("gil@example.com").unwrap()["accountType"], "okta");
    }
}

#[test]
fn a_create_without_a_name_is_an_invalid_row() {
    let operator = Operator::of(&people(1));
    operator.csv("email,firstName,lastName\np1@example.com,,\nnew@example.com,New,\n");
    operator.sync(&[]).expect(2).says(&["new@example.com"]);
    assert!(operator.saves().is_empty());
    operator.sync(&["--on-invalid", "skip"]).expect(0);
    assert!(operator.user("new@example.com").is_none());
    assert_eq!(operator.report()["summary"]["invalid"], 1);
}

#[test]
fn a_disabled_row_without_a_user_is_skipped() {
    let operator = Operator::of(&people(1));
    operator.csv("email,status\np1@example.com,enabled\ngone@example.com,disabled\n");
    let plan = operator.plan(&[]);
    assert_eq!((&plan["summary"]["skipped"], &plan["actions"]), (&json!(1), &json!([])));
    assert_eq!(plan["skipped"][0]["row"], 3);
}

#[test]
fn a_uid_leads_to_its_user_and_changes_the_address() {
    let operator = Operator::of(&people(2));
    operator.csv("email,uid\nmoved@example.com,1\np2@example.com,2\n");
    operator.sync(&[]).expect(0);
    assert_eq!(operator.user("moved@example.com").unwrap()["uid"], "1");
    assert_eq!(operator.sandbox.users().len(), 2);
    assert_eq!(operator.plan(&[])["actions"], json!([]));
}

#[test]
fn a_uid_that_is_unknown_or_an_address_that_is_taken_is_a_conflict() {
    let mut users = people(3);
    users.push(with(person(8, "Gil"), &[("accountType", json!("google"))]));
    let operator = Operator::of(&users);
    operator.csv("email,uid\np1@example.com,999\np3@example.com,2\ngil@example.com,3\n");
    let plan = operator.plan(&[]);
    assert_eq!(plan["actions"], json!([]), "no user of a conflict is disabled for absence");
    assert_eq!(conflicts(&plan).len(), 3, "{plan}");
}

#[test]
fn two_users_that_share_an_address_are_a_conflict() {
    let users = [person(1, "Ann"), with(person(2, "Bob"), &[("email", json!("ANN@example.com"))]), person(3, "Cleo")];
    let operator = Operator::of(&users);
    operator.csv("email,firstName,lastName\nann@example.com,Anna,Lee\ncleo@example.com,,\n");
    let plan = operator.plan(&[]);
    assert_eq!((&plan["actions"], conflicts(&plan).len()), (&json!([]), 1));
}

#[test]
fn an_empty_cell_leaves_the_attribute_as_it_is_and_a_missing_column_too() {
    let operator = Operator::of(&[with(person(1, "Ann"), &[("status", json!("disabled")), ("isHidden", json!(true))])]);
    operator.csv("email,firstName,status,isHidden\nann@example.com,,,\n");
    assert_eq!(operator.plan(&[])["actions"], json!([]));
    operator.csv("email,status\nann@example.com,\n");
    assert_eq!(operator.plan(&[])["actions"], json!([]));
    operator.csv("email,firstName\nann@example.com,\n");
    assert_eq!(operator.plan(&[])["summary"]["enable"], 1);
}
