//! `lumsync sync`: the nightly job.

use lumsync::sandbox::CallKind;
use serde_json::json;

use crate::support::data::users::{csv_of, people, person, with};
use crate::support::workspace::Workspace;

#[test]
fn a_sync_makes_the_tenant_what_the_csv_says_and_a_second_one_has_nothing_to_do() {
    let workspace = Workspace::serving(&[
        person(1, "Ann"),
        person(2, "Bob"),
        with(person(3, "Cleo"), &[("status", json!("disabled"))]),
        person(4, "Dan"),
    ]);
    workspace.write_csv(concat!(
        "email,firstName,lastName,isHidden\n",
        "ann@example.com,Anne,Lee,true\n",
        "bob@example.com,,,\n",
        "cleo@example.com,Cleo,Lee,false\n",
        "new@example.com,New,Person,true\n",
    ));
    workspace.sync(&[]).exits_with(0);
    let ann = workspace.user("ann@example.com").unwrap();
    assert_eq!((&ann["firstName"], &ann["isHidden"]), (&json!("Anne"), &json!(true)));
    assert!(workspace.is_enabled("bob@example.com") && workspace.is_enabled("cleo@example.com"));
    assert!(!workspace.is_enabled("dan@example.com"));
    let new = workspace.user("new@example.com").unwrap();
    assert_eq!(
        (&new["accountType"], &new["isHidden"], &new["status"]),
        (&json!("external"), &json!(true), &json!("enabled"))
    );
    let plan = workspace.plan(&[]);
    assert_eq!(plan["actions"], json!([]));
}

#[test]
fn attributes_that_nobody_manages_come_back_byte_for_byte() {
    let before = r#"{"uid":"7","id":"7","email":"ann@example.com","firstName":"Ann","lastName":"Lee","accountType":"external","status":"enabled","customer":"sandbox","createdAt":"2020-01-01T00:00:00Z","fullName":"Ann Lee","updatedAt":"2020-01-01T00:00:00Z","big":123456789012345678901234567890,"float":1.50e0,"customProfile":{"b": [1,  2],"a":"é"},"apiProfile":"{\"x\":1}","nothing":null}"#;
    let workspace = Workspace::with_tenant(lumsync::sandbox::SandboxSettings {
        tenant: lumsync::sandbox::TenantSource::Lines(before.to_owned()),
        fixed_time: Some("2020-01-01T00:00:00Z".parse().unwrap()),
        ..lumsync::sandbox::SandboxSettings::default()
    });
    workspace.write_csv("email,firstName,isHidden\nann@example.com,Anne,\n");
    workspace.sync(&[]).exits_with(0);
    let after = before.replace(r#""Ann""#, r#""Anne""#).replace("Ann Lee", "Anne Lee");
    assert_eq!(workspace.sandbox().lines().trim_end(), after);
}

#[test]
fn people_get_in_first_and_lose_access_last() {
    let mut users = people(3);
    users.push(with(person(9, "Zoe"), &[("status", json!("disabled"))]));
    let workspace = Workspace::serving(&users);
    workspace.write_csv(concat!(
        "email,firstName,lastName,status\n",
        "p1@example.com,P1,Lee,disabled\n",
        "p2@example.com,Pat,Lee,enabled\n",
        "zoe@example.com,Zoe,Lee,enabled\n",
        "new@example.com,New,Person,enabled\n",
        "p3@example.com,P3,Lee,enabled\n",
    ));
    workspace.sync(&[]).exits_with(0);
    let written: Vec<String> = workspace.saves().into_iter().filter_map(|call| call.email).collect();
    let place = |email: &str| written.iter().position(|written| written == email).unwrap();
    assert_eq!(written.len(), 4);
    assert!(place("zoe@example.com") < 2 && place("new@example.com") < 2, "{written:?}");
    assert_eq!((place("p2@example.com"), place("p1@example.com")), (2, 3));
}

#[test]
fn without_a_terminal_and_without_yes_it_refuses_and_asks_the_tenant_nothing() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(1)));
    workspace.run(&["sync", "users.csv"]).exits_with(2).stderr_contains(&["--yes"]);
    workspace.run_with_input(&["sync", "-"], &csv_of(&people(1))).exits_with(2).stderr_contains(&["--yes"]);
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn passwords_are_sent_with_creates_and_with_nothing_else() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv(concat!(
        "email,firstName,lastName,password\n",
        "p1@example.com,Pat,Lee,never-sent-1\n",
        "new@example.com,New,Person,s3cret-of-new\n",
        "other@example.com,Other,Person,\n",
    ));
    workspace.sync(&[]).exits_with(0);
    let with_password: Vec<_> = workspace.saves().into_iter().filter(|call| call.has_password).collect();
    assert_eq!(with_password.len(), 1);
    assert_eq!(with_password[0].email.as_deref(), Some("new@example.com"));
}

#[test]
fn a_create_is_one_call_and_a_change_is_a_get_and_a_save() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(
        "email,firstName,lastName\np1@example.com,Pat,Lee\nnew@example.com,New,Person\np2@example.com,P2,Lee\n",
    );
    workspace.sync(&[]).exits_with(0);
    let count = |kind| workspace.calls(kind).len();
    assert_eq!((count(CallKind::SaveCreate), count(CallKind::SaveUpdate)), (1, 1));
    // One get asks whom the new address belongs to, the other reads the user that changes.
    assert_eq!(count(CallKind::Get), 2);
}

#[test]
fn json_output_is_the_report_and_nothing_else() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(3)));
    let report = workspace.sync(&["--output", "json"]).exits_with(0).json();
    assert_eq!((&report["format"], &report["version"]), (&json!("lumsync-report"), &json!(2)));
    assert_eq!(report["summary"]["create"]["applied"], 1);
    assert_eq!(report, workspace.report());
}

#[test]
fn a_user_that_changes_while_the_run_is_under_way_is_left_alone() {
    let mut workspace = Workspace::serving(&people(6));
    workspace.write_csv(&csv_of(&people(6)).replace(",P2,", ",Pat,").replace(",P3,", ",Pia,"));
    workspace.change_before(CallKind::Get, |sandbox| {
        sandbox.edit("p2@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Other"))));
        sandbox.edit("p3@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Pia"))));
    });
    workspace.sync(&["--concurrency", "1"]).exits_with(4);
    assert_eq!(workspace.user("p2@example.com").unwrap()["firstName"], "Other");
    let outcomes = workspace.report()["outcomes"].clone();
    assert_eq!((&outcomes[0]["result"], &outcomes[1]["result"]), (&json!("drifted"), &json!("already")));
    assert!(workspace.saves().is_empty());
}
