//! What becomes of each user: `docs/interface.md#what-becomes-of-each-user`, row by row.

use serde_json::{Value, json};

use crate::support::data::users::{newcomers, people, person, with};
use crate::support::workspace::Workspace;

fn conflicts(plan: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    plan["conflicts"].as_array().unwrap().iter().map(|one| (text(&one["email"]), text(&one["reason"]))).collect()
}

#[test]
fn an_address_of_another_account_type_is_a_conflict_however_many_rows_there_are() {
    for creates in [1, 30] {
        let mut users = people(2);
        users.push(with(person(9, "Gil"), &[("accountType", json!("okta")), ("isHidden", json!(true))]));
        let workspace = Workspace::serving(&users);
        let rows = newcomers(creates - 1);
        workspace.write_csv(&format!(
            "email,firstName,lastName\np1@example.com,,\np2@example.com,,\n{rows}GIL@example.com,Gil,Lee\n"
        ));
        let plan = workspace.plan(&[]);
        let conflicts = conflicts(&plan);
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        assert!(conflicts[0].1.contains("okta"), "{conflicts:?}");
        workspace.sync(&[]).exits_with(0);
        assert_eq!(workspace.sandbox().users().len(), 2 + creates);
        assert_eq!(workspace.user("gil@example.com").unwrap()["accountType"], "okta");
    }
}

#[test]
fn a_create_without_a_name_is_an_invalid_row() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv("email,firstName,lastName\np1@example.com,,\nnew@example.com,New,\n");
    workspace.sync(&[]).exits_with(2).stderr_contains(&["new@example.com"]);
    assert!(workspace.saves().is_empty());
    workspace.sync(&["--on-invalid", "skip"]).exits_with(0);
    assert!(workspace.user("new@example.com").is_none());
    assert_eq!(workspace.report()["summary"]["invalid"], 1);
}

#[test]
fn a_disabled_row_without_a_user_is_skipped() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv("email,status\np1@example.com,enabled\ngone@example.com,disabled\n");
    let plan = workspace.plan(&[]);
    assert_eq!((&plan["summary"]["skipped"], &plan["actions"]), (&json!(1), &json!([])));
    assert_eq!(plan["skipped"][0]["row"], 3);
}

#[test]
fn a_uid_leads_to_its_user_and_changes_the_address() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv("email,uid\nmoved@example.com,1\np2@example.com,2\n");
    workspace.sync(&[]).exits_with(0);
    assert_eq!(workspace.user("moved@example.com").unwrap()["uid"], "1");
    assert_eq!(workspace.sandbox().users().len(), 2);
    assert_eq!(workspace.plan(&[])["actions"], json!([]));
}

#[test]
fn a_uid_that_is_unknown_or_an_address_that_is_taken_is_a_conflict() {
    let mut users = people(3);
    users.push(with(person(8, "Gil"), &[("accountType", json!("google"))]));
    let workspace = Workspace::serving(&users);
    workspace.write_csv("email,uid\np1@example.com,999\np3@example.com,2\ngil@example.com,3\n");
    let plan = workspace.plan(&[]);
    assert_eq!(plan["actions"], json!([]), "no user of a conflict is disabled for absence");
    assert_eq!(conflicts(&plan).len(), 3, "{plan}");
}

#[test]
fn two_users_that_share_an_address_are_a_conflict() {
    let users = [person(1, "Ann"), with(person(2, "Bob"), &[("email", json!("ANN@example.com"))]), person(3, "Cleo")];
    let workspace = Workspace::serving(&users);
    workspace.write_csv("email,firstName,lastName\nann@example.com,Anna,Lee\ncleo@example.com,,\n");
    let plan = workspace.plan(&[]);
    assert_eq!((&plan["actions"], conflicts(&plan).len()), (&json!([]), 1));
}

#[test]
fn an_empty_cell_leaves_the_attribute_as_it_is_and_a_missing_column_too() {
    let workspace =
        Workspace::serving(&[with(person(1, "Ann"), &[("status", json!("disabled")), ("isHidden", json!(true))])]);
    workspace.write_csv("email,firstName,status,isHidden\nann@example.com,,,\n");
    assert_eq!(workspace.plan(&[])["actions"], json!([]));
    workspace.write_csv("email,status\nann@example.com,\n");
    assert_eq!(workspace.plan(&[])["actions"], json!([]));
    workspace.write_csv("email,firstName\nann@example.com,\n");
    assert_eq!(workspace.plan(&[])["summary"]["enable"], 1);
}

#[test]
fn a_row_with_a_uid_may_bring_nothing_but_another_address_whatever_columns_there_are() {
    for columns in ["", ",status", ",status,isHidden"] {
        let workspace = Workspace::serving(&people(3));
        let cells = columns.replace("status", "enabled").replace("isHidden", "false");
        workspace.write_csv(&format!(
            "uid,email,firstName,lastName{columns}\n1,p1@example.com,P1,Lee{cells}\n\
             2,moved@example.com,P2,Lee{cells}\n3,p3@example.com,P3,Lee{cells}\n"
        ));
        let plan = workspace.plan(&[]);
        assert_eq!(plan["summary"]["update"], 1, "{columns}: {plan}");
        assert_eq!(plan["actions"][0]["changes"]["email"]["after"], "moved@example.com");
    }
}
