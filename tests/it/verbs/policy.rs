//! Whom a run may touch, and what absence and invalid rows mean.

use serde_json::json;

use crate::support::data::users::{csv_of, people, person, with};
use crate::support::workspace::Workspace;

#[test]
fn partial_and_keep_disable_nobody_for_absence() {
    for option in [&["--partial"][..], &["--on-missing", "keep"]] {
        let workspace = Workspace::serving(&people(3));
        workspace.write_csv(&csv_of(&people(1)));
        workspace.sync(option).exits_with(0);
        assert!(workspace.saves().is_empty(), "{option:?}");
    }
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(&csv_of(&people(1)));
    workspace.sync(&[]).exits_with(0);
    assert_eq!(workspace.saves().len(), 2);
}

#[test]
fn an_invalid_row_stops_the_run_before_any_call() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv("email,firstName,lastName\np1@example.com,P1,Lee\np2@example.com,P2\n");
    workspace.sync(&[]).exits_with(2).stderr_contains(&["users.csv", "3"]);
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn the_user_of_an_invalid_row_is_never_disabled_for_absence() {
    let workspace = Workspace::serving(&people(4));
    workspace.write_csv(
        "email,status,uid\np1@example.com,enabled,\nP2@example.com,perhaps,\nnobody@example.com,perhaps,3\n",
    );
    workspace.sync(&["--on-invalid", "skip"]).exits_with(0);
    let enabled = |email: &str| workspace.is_enabled(email);
    assert!(enabled("p1@example.com") && enabled("p2@example.com") && enabled("p3@example.com"));
    assert!(!enabled("p4@example.com"));
}

#[test]
fn while_the_address_of_an_invalid_row_can_not_be_told_nobody_is_disabled_for_absence() {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv("email,firstName,lastName\np1@example.com,P1,Lee\nnot an address,Who,Knows\n");
    let plan = workspace.plan(&["--on-invalid", "skip"]);
    assert_eq!(plan["actions"], json!([]));
    assert!(plan["warnings"].to_string().contains("absence"), "{}", plan["warnings"]);
    workspace.write_csv("email,firstName,lastName\np1@example.com,P1,Lee\n,Who,Knows\n");
    workspace.sync(&["--on-invalid", "skip"]).exits_with(0);
    assert!(workspace.saves().is_empty());
}

#[test]
fn rows_that_share_an_address_or_a_uid_are_all_invalid() {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(
        "email,firstName,uid\np1@example.com,A,\nP1@example.com,B,\np2@example.com,C,3\np3@example.com,D,3\n",
    );
    let plan = workspace.plan(&["--on-invalid", "skip"]);
    assert_eq!((&plan["summary"]["invalid"], &plan["actions"]), (&json!(4), &json!([])));
}

#[test]
fn other_account_types_and_domains_are_never_touched() {
    let workspace = Workspace::serving(&[
        person(1, "Ann"),
        with(person(2, "Bob"), &[("accountType", json!("google"))]),
        with(person(3, "Cleo"), &[("email", json!("cleo@example.org"))]),
    ]);
    workspace.write_csv("email,firstName,lastName\nnew@example.com,New,Person\nother@example.org,Other,Person\n");
    workspace.sync(&["--email-domain", "example.com"]).exits_with(0);
    assert!(!workspace.is_enabled("ann@example.com"));
    assert!(workspace.is_enabled("bob@example.com") && workspace.is_enabled("cleo@example.org"));
    assert!(workspace.user("other@example.org").is_none());
    workspace.write_csv("email\nann@example.com\n");
    workspace.sync(&["--types", "google,external", "--max-shrink", "50%"]).exits_with(0);
    assert!(workspace.is_enabled("ann@example.com") && !workspace.is_enabled("bob@example.com"));
}

#[test]
fn an_address_is_not_changed_into_a_domain_out_of_scope() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv("email,uid\nmoved@example.org,1\np2@example.com,2\n");
    let plan = workspace.plan(&["--email-domain", "example.com"]);
    assert_eq!((&plan["actions"], &plan["summary"]["conflicts"]), (&json!([]), &json!(1)), "{plan}");
    workspace.sync(&["--email-domain", "example.com"]).exits_with(0);
    assert!(workspace.saves().is_empty());
}

#[test]
fn protected_users_super_admins_and_the_own_account_are_never_changed() {
    let mut users = people(2);
    users.push(with(person(3, "Sue"), &[("isSuperAdmin", json!(true))]));
    users.push(with(person(4, "God"), &[("isGod", json!(true))]));
    users.push(person(5, "Admin"));
    users.push(person(6, "Vip"));
    let before = Workspace::serving(&users).sandbox().lines();
    let workspace = Workspace::serving(&users).with_application();
    workspace.write_csv("email,firstName,lastName\np1@example.com,,\np2@example.com,,\nvip@example.com,Changed,Name\nsue@example.com,Changed,Name\n");
    let plan = workspace.plan(&["--protect", "VIP*"]);
    assert_eq!((&plan["actions"], &plan["summary"]["protected"]), (&json!([]), &json!(4)), "{plan}");
    workspace.sync(&["--protect", "VIP*"]).exits_with(0);
    assert_eq!(workspace.sandbox().lines(), before);
}

#[test]
fn a_server_that_ignores_the_filter_of_types_does_not_widen_the_scope() {
    // The list is asked for all types, as if the filter had been ignored; only the scope keeps the others out.
    let workspace = Workspace::serving(&[person(1, "Ann"), with(person(2, "Bob"), &[("accountType", json!("okta"))])]);
    workspace.write_csv("email,firstName,lastName\nnobody@example.com,No,Body\n");
    let plan = workspace.plan(&["--types", "external"]);
    assert_eq!(plan["remote"]["inScope"], 1);
    assert_eq!(plan["summary"]["disable"], 1);
}
