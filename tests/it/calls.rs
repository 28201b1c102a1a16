//! No call that the job does not need: at ten calls a second, one too many a user is minutes.

use std::fmt::Write;

use lumsync::sandbox::CallKind;
use serde_json::{Value, json};

use crate::support::workspace::Workspace;

const USERS: usize = 25;

fn users() -> Vec<Value> {
    let user = |number: usize| {
        json!({
            "uid": format!("{number}"), "email": format!("user{number}@example.com"), "firstName": "Ann",
            "lastName": "Lee", "accountType": "external", "status": "enabled",
        })
    };
    (0..USERS).map(user).collect()
}

/// All users as they are, but the first `renamed` of them.
fn csv(renamed: usize) -> String {
    let mut text = "email,firstName,lastName\n".to_owned();
    for number in 0..USERS {
        let last_name = if number < renamed { "Lind" } else { "Lee" };
        writeln!(text, "user{number}@example.com,Ann,{last_name}").unwrap();
    }
    text
}

fn counts(workspace: &Workspace) -> Vec<(CallKind, usize)> {
    let kinds = CallKind::OF_THE_API.into_iter();
    kinds.map(|kind| (kind, workspace.calls(kind).len())).filter(|&(_, count)| count > 0).collect()
}

/// The calls of `after` that are not among those `before`.
fn difference(before: &[(CallKind, usize)], after: &[(CallKind, usize)]) -> Vec<(CallKind, usize)> {
    let earlier = |kind| before.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
    after.iter().map(|&(kind, count)| (kind, count - earlier(kind))).filter(|&(_, count)| count > 0).collect()
}

#[test]
fn a_run_without_changes_costs_the_pages_of_the_list_and_one_token() {
    let workspace = Workspace::serving(&users()).with_application();
    workspace.write_csv(&csv(0));
    workspace.sync(&["--page-size", "10"]).exits_with(0);
    assert_eq!(counts(&workspace), [(CallKind::Token, 1), (CallKind::List, 3)]);
}

#[test]
fn an_update_is_one_look_and_one_save() {
    let workspace = Workspace::serving(&users());
    workspace.write_csv(&csv(4));
    workspace.sync(&[]).exits_with(0);
    assert_eq!(counts(&workspace), [(CallKind::List, 1), (CallKind::Get, 4), (CallKind::SaveUpdate, 4)]);
}

#[test]
fn a_create_is_one_save_once_its_address_is_known_to_be_free() {
    let workspace = Workspace::serving(&users());
    let newcomers = "ann.new@example.com,Ann,New\nbob.new@example.com,Bob,New\n";
    workspace.write_csv(&(csv(0) + newcomers));
    workspace.sync(&[]).exits_with(0);
    // One more list of all account types is fewer calls than two look-ups.
    assert_eq!(counts(&workspace), [(CallKind::List, 2), (CallKind::SaveCreate, 2)]);
    workspace.write_csv(&(csv(0) + newcomers + "cyd.new@example.com,Cyd,New\n"));
    let before = counts(&workspace);
    workspace.sync(&["--page-size", "10"]).exits_with(0);
    let expected = [(CallKind::List, 3), (CallKind::Get, 1), (CallKind::SaveCreate, 1)];
    assert_eq!(difference(&before, &counts(&workspace)), expected);
}

#[test]
fn many_creates_share_one_more_list() {
    let workspace = Workspace::serving(&users());
    let newcomers: String = (0..30).map(|number| format!("new{number}@example.com,Ann,New\n")).collect();
    workspace.write_csv(&(csv(0) + &newcomers));
    workspace.sync(&[]).exits_with(0);
    assert_eq!(counts(&workspace), [(CallKind::List, 2), (CallKind::SaveCreate, 30)]);
}
