//! `lumsync export`: the tenant as a desired-state CSV.

use serde_json::json;

use crate::support::data::users::{people, person, with};
use crate::support::workspace::Workspace;

#[test]
fn a_plan_on_an_export_right_after_shows_no_change() {
    let workspace = Workspace::serving(&[
        person(1, "Ann"),
        with(person(2, "Bob"), &[("status", json!("disabled")), ("isHidden", json!(true))]),
        with(person(3, "Cleo"), &[("firstName", json!("=HYPERLINK(\"x\")")), ("lastName", json!("+1,\"2\""))]),
        with(person(4, "Dan"), &[("firstName", json!("-")), ("lastName", json!("'quoted'"))]),
        with(person(5, "Eve"), &[("firstName", json!("Zoe\u{308}")), ("lastName", json!("  Lee "))]),
        with(person(6, "Fay"), &[("firstName", json!("@\u{202e}evil")), ("lastName", json!("a\u{200b}b"))]),
        with(person(7, "Gus"), &[("firstName", json!("multi\nline")), ("lastName", json!("tab\there\u{1b}[31m"))]),
        with(person(8, "Hal"), &[("firstName", json!("")), ("lastName", json!("\u{a0}"))]),
        with(person(9, "Ida"), &[("firstName", json!("李")), ("lastName", json!("O'Brien; DROP"))]),
        with(person(10, "Jon"), &[("email", json!("Jon.O'Neil+tag@EXAMPLE.com"))]),
        with(person(11, "Kim"), &[("accountType", json!("google"))]),
        with(person(12, "Lou"), &[("status", json!("archived"))]),
    ]);
    workspace.run(&["export", "-o", "users.csv"]).exits_with(0);
    let plan = workspace.plan(&["--detailed-exitcode"]);
    assert_eq!((&plan["actions"], &plan["summary"]["invalid"]), (&json!([]), &json!(0)), "{plan}");
    assert_eq!(plan["source"]["rows"], 11);
    // A status that the API does not document is reported, and decides nothing.
    assert_eq!((&plan["summary"]["conflicts"], &plan["conflicts"][0]["email"]), (&json!(1), &json!("lou@example.com")));
}

#[test]
fn no_cell_of_an_export_starts_a_formula() {
    let names = ["=1", "+1", "-1", "@x", "\t=1", "|x", "'=1"];
    let users: Vec<_> = (1..)
        .zip(names)
        .map(|(uid, name)| with(person(uid, &format!("P{uid}")), &[("firstName", json!(name))]))
        .collect();
    let workspace = Workspace::serving(&users);
    let exported = workspace.run(&["export"]).exits_with(0).stdout;
    let mut reader = csv::Reader::from_reader(exported.as_bytes());
    for record in reader.records() {
        for cell in &record.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
    }
}

#[test]
fn filters_and_columns_choose_what_is_exported() {
    let mut users = people(3);
    users[1] = with(users[1].clone(), &[("status", json!("disabled"))]);
    users[2] = with(users[2].clone(), &[("isHidden", json!(true))]);
    let workspace = Workspace::serving(&users);
    let rows =
        |arguments: &[&str]| workspace.run(&[&["export"], arguments].concat()).exits_with(0).stdout.lines().count() - 1;
    assert_eq!(rows(&[]), 3);
    assert_eq!(rows(&["--status", "disabled"]), 1);
    assert_eq!(rows(&["--no-hidden"]), 2);
    assert_eq!(rows(&["--types", "google"]), 0);
    assert_eq!(rows(&["--email-domain", "example.org"]), 0);
    let columns = workspace.run(&["export", "--columns", "email,createdAt"]).exits_with(0).stdout;
    assert!(columns.starts_with("email,createdAt\n"), "{columns}");
}
