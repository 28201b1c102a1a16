//! Whom a run may touch, and what absence and invalid rows mean.

use serde_json::json;

use crate::support::operator::{Operator, csv_of, people, person, with};

#[test]
fn partial_and_keep_disable_nobody_for_absence() {
    for option in [&["--partial"][..], &["--on-missing", "keep"]] {
        let operator = Operator::of(&people(3));
        operator.csv(&csv_of(&people(1)));
        operator.sync(option).expect(0);
        assert!(operator.saves().is_empty(), "{option:?}");
    }
    let operator = Operator::of(&people(3));
    operator.csv(&csv_of(&people(1)));
    operator.sync(&[]).expect(0);
    assert_eq!(operator.saves().len(), 2);
}

#[test]
fn an_invalid_row_stops_the_run_before_any_call() {
    let operator = Operator::of(&people(2));
    operator.csv("email,firstName,lastName\np1@example.com,P1,Lee\np2@example.com,P2\n");
    operator.sync(&[]).expect(2).says(&["users.csv", "3"]);
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn the_user_of_an_invalid_row_is_never_disabled_for_absence() {
    let operator = Operator::of(&people(4));
    operator.csv("email,status,uid\np1@example.com,enabled,\nP2@example.com,perhaps,\nnobody@example.com,perhaps,3\n");
    operator.sync(&["--on-invalid", "skip"]).expect(0);
    let enabled = |email: &str| operator.is_enabled(email);
    assert!(enabled("p1@example.com") && enabled("p2@example.com") && enabled("p3@example.com"));
    assert!(!enabled("p4@example.com"));
}

#[test]
fn while_the_address_of_an_invalid_row_can_not_be_told_nobody_is_disabled_for_absence() {
    let operator = Operator::of(&people(3));
    operator.csv("email,firstName,lastName\np1@example.com,P1,Lee\nnot an address,Who,Knows\n");
    let plan = operator.plan(&["--on-invalid", "skip"]);
    assert_eq!(plan["actions"], json!([]));
    assert!(plan["warnings"].to_string().contains("absence"), "{}", plan["warnings"]);
    operator.csv("email,firstName,lastName\np1@example.com,P1,Lee\n,Who,Knows\n");
    operator.sync(&["--on-invalid", "skip"]).expect(0);
    assert!(operator.saves().is_empty());
}

#[test]
fn rows_that_share_an_address_or_a_uid_are_all_invalid() {
    let operator = Operator::of(&people(3));
    operator.csv("email,firstName,uid\np1@example.com,A,\nP1@example.com,B,\np2@example.com,C,3\np3@example.com,D,3\n");
    let plan = operator.plan(&["--on-invalid", "skip"]);
    assert_eq!((&plan["summary"]["invalid"], &plan["actions"]), (&json!(4), &json!([])));
}

#[test]
fn other_account_types_and_domains_are_never_touched() {
    let operator = Operator::of(&[
        person(1, "Ann"),
        with(person(2, "Bob"), &[("accountType", json!("google"))]),
        with(person(3, "Cleo"), &[("email", json!("cleo@example.org"))]),
    ]);
    operator.csv("email,firstName,lastName\nnew@example.com,New,Person\nother@example.org,Other,Person\n");
    operator.sync(&["--email-domain", "example.com"]).expect(0);
    assert!(!operator.is_enabled("ann@example.com"));
    assert!(operator.is_enabled("bob@example.com") && operator.is_enabled("cleo@example.org"));
    assert!(operator.user("other@example.org").is_none());
    operator.csv("email\nann@example.com\n");
    operator.sync(&["--types", "google,external", "--max-shrink", "50%"]).expect(0);
    assert!(operator.is_enabled("ann@example.com") && !operator.is_enabled("bob@example.com"));
}

#[test]
fn protected_users_super_admins_and_the_own_account_are_never_changed() {
    let mut users = people(2);
    users.push(with(person(3, "Sue"), &[("isSuperAdmin", json!(true))]));
    users.push(with(person(4, "God"), &[("isGod", json!(true))]));
    users.push(person(5, "Admin"));
    users.push(person(6, "Vip"));
    let before = Operator::of(&users).sandbox.lines();
    let operator = Operator::of(&users).with_application();
    operator.csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nvip@example.com,Changed,Name\nsue@example.com,Changed,Name\n");
    let plan = operator.plan(&["--protect", "VIP*"]);
    assert_eq!((&plan["actions"], &plan["summary"]["protected"]), (&json!([]), &json!(4)), "{plan}");
    operator.sync(&["--protect", "VIP*"]).expect(0);
    assert_eq!(operator.sandbox.lines(), before);
}

#[test]
fn a_server_that_ignores_the_filter_of_types_does_not_widen_the_scope() {
    // The list is asked for all types, as if the filter had been ignored; only the scope keeps the others out.
    let operator = Operator::of(&[person(1, "Ann"), with(person(2, "Bob"), &[("accountType", json!("okta"))])]);
    operator.csv("email\nnobody@example.com\n");
    let plan = operator.plan(&["--types", "external", "--on-invalid", "skip"]);
    assert_eq!(plan["remote"]["inScope"], 1);
    assert_eq!(plan["actions"].as_array().unwrap().len(), 1);
}
