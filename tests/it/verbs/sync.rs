//! `lumsync sync`: the nightly job.

use lumsync::sandbox::CallKind;
use serde_json::json;

use crate::support::operator::{Operator, csv_of, people, person, with};

#[test]
fn a_sync_makes_the_tenant_what_the_csv_says_and_a_second_one_has_nothing_to_do() {
    let operator = Operator::of(&[
        person(1, "Ann"),
        person(2, "Bob"),
        with(person(3, "Cleo"), &[("status", json!("disabled"))]),
        person(4, "Dan"),
    ]);
    operator.csv(concat!(
        "email,firstName,lastName,isHidden\n",
        "ann@example.com,Anne,Lee,true\n",
        "bob@example.com,,,\n",
        "cleo@example.com,Cleo,Lee,false\n",
        "new@example.com,New,Person,true\n",
    ));
    operator.sync(&[]).expect(0);
    let ann = operator.user("ann@example.com").unwrap();
    assert_eq!((&ann["firstName"], &ann["isHidden"]), (&json!("Anne"), &json!(true)));
    assert!(operator.is_enabled("bob@example.com") && operator.is_enabled("cleo@example.com"));
    assert!(!operator.is_enabled("dan@example.com"));
    let new = operator.user("new@example.com").unwrap();
    assert_eq!(
        (&new["accountType"], &new["isHidden"], &new["status"]),
        (&json!("external"), &json!(true), &json!("enabled"))
    );
    let plan = operator.plan(&[]);
    assert_eq!(plan["actions"], json!([]));
}

#[test]
fn attributes_that_nobody_manages_come_back_byte_for_byte() {
    let before = r#"{"uid":"7","id":"7","email":"ann@example.com","firstName":"Ann","lastName":"Lee","accountType":"external","status":"enabled","customer":"sandbox","createdAt":"2020-01-01T00:00:00Z","fullName":"Ann Lee","updatedAt":"2020-01-01T00:00:00Z","big":123456789012345678901234567890,"float":1.50e0,"customProfile":{"b": [1,  2],"a":"é"},"apiProfile":"{\"x\":1}","nothing":null}"#;
    let operator = Operator::with(lumsync::sandbox::SandboxSettings {
        tenant: lumsync::sandbox::TenantSource::Lines(before.to_owned()),
        fixed_time: Some("2020-01-01T00:00:00Z".parse().unwrap()),
        ..lumsync::sandbox::SandboxSettings::default()
    });
    operator.csv("email,firstName,isHidden\nann@example.com,Anne,\n");
    operator.sync(&[]).expect(0);
    let after = before.replace(r#""Ann""#, r#""Anne""#).replace("Ann Lee", "Anne Lee");
    assert_eq!(operator.sandbox.lines().trim_end(), after);
}

#[test]
fn people_get_in_first_and_lose_access_last() {
    let mut users = people(3);
    users.push(with(person(9, "Zoe"), &[("status", json!("disabled"))]));
    let operator = Operator::of(&users);
    operator.csv(concat!(
        "email,firstName,lastName,status\n",
        "p1@example.com,P1,Lee,disabled\n",
        "p2@example.com,Pat,Lee,enabled\n",
        "zoe@example.com,Zoe,Lee,enabled\n",
        "new@example.com,New,Person,enabled\n",
        "p3@example.com,P3,Lee,enabled\n",
    ));
    operator.sync(&[]).expect(0);
    let written: Vec<String> = operator.saves().into_iter().filter_map(|call| call.email).collect();
    let place = |email: &str| written.iter().position(|written| written == email).unwrap();
    assert_eq!(written.len(), 4);
    assert!(place("zoe@example.com") < 2 && place("new@example.com") < 2, "{written:?}");
    assert_eq!((place("p2@example.com"), place("p1@example.com")), (2, 3));
}

#[test]
fn without_a_terminal_and_without_yes_it_refuses_and_asks_the_tenant_nothing() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(1)));
    operator.run(&["sync", "users.csv"]).expect(2).says(&["--yes"]);
    operator.run_with_input(&["sync", "-"], &csv_of(&people(1))).expect(2).says(&["--yes"]);
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn passwords_are_sent_with_creates_and_with_nothing_else() {
    let operator = Operator::of(&people(1));
    operator.csv(concat!(
        "email,firstName,lastName,password\n",
        "p1@example.com,Pat,Lee,never-sent-1\n",
        "new@example.com,New,Person,s3cret-of-new\n",
        "other@example.com,Other,Person,\n",
    ));
    operator.sync(&[]).expect(0);
    let with_password: Vec<_> = operator.saves().into_iter().filter(|call| call.has_password).collect();
    assert_eq!(with_password.len(), 1);
    assert_eq!(with_password[0].email.as_deref(), Some("new@example.com"));
}

#[test]
fn a_create_is_one_call_and_a_change_is_a_get_and_a_save() {
    let operator = Operator::of(&people(2));
    operator
        .csv("email,firstName,lastName\np1@example.com,Pat,Lee\nnew@example.com,New,Person\np2@example.com,P2,Lee\n");
    operator.sync(&[]).expect(0);
    let count = |kind| operator.calls(kind).len();
    assert_eq!((count(CallKind::SaveCreate), count(CallKind::SaveUpdate)), (1, 1));
    // One get asks whom the new address belongs to, the other reads the user that changes.
    assert_eq!(count(CallKind::Get), 2);
}

#[test]
fn json_output_is_the_report_and_nothing_else() {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(3)));
    let report = operator.sync(&["--output", "json"]).expect(0).json();
    assert_eq!((&report["format"], &report["version"]), (&json!("lumsync-report"), &json!(1)));
    assert_eq!(report["summary"]["create"]["applied"], 1);
    assert_eq!(report, operator.report());
}

#[test]
fn a_user_that_changes_while_the_run_is_under_way_is_left_alone() {
    let operator = Operator::of(&people(6));
    operator.csv(&csv_of(&people(6)).replace(",P2,", ",Pat,").replace(",P3,", ",Pia,"));
    operator.faults(&["429=1:get:1"]);
    let mut child = operator.spawn(&["sync", "users.csv", "--yes", "--concurrency", "1"]);
    operator.wait_for_calls(2, &mut child);
    operator.sandbox.edit("p2@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Other"))));
    operator.sandbox.edit("p3@example.com", |user| drop(user.insert("firstName".to_owned(), json!("Pia"))));
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(4));
    assert_eq!(operator.user("p2@example.com").unwrap()["firstName"], "Other");
    let outcomes = operator.report()["outcomes"].clone();
    assert_eq!((&outcomes[0]["result"], &outcomes[1]["result"]), (&json!("drifted"), &json!("already")));
    assert!(operator.saves().is_empty());
}
