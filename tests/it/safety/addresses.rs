//! Who has the addresses of creates: the list that stands in for looking each of them up is held against what is known.

use lumsync::sandbox::CallKind;
use serde_json::{Value, json};

use crate::support::data::users::{csv_of, newcomers, people, person, with};
use crate::support::parallel::for_each;
use crate::support::server::Reply;
use crate::support::workspace::Workspace;

/// As many rows are new; the first half of their addresses belong to users of a directory.
const NEWCOMERS: usize = 40;

fn of_directory(number: usize) -> Value {
    let user = person(100 + u32::try_from(number).unwrap(), "New");
    with(user, &[("email", json!(format!("new{number}@example.com"))), ("accountType", json!("google"))])
}

fn workspace() -> Workspace {
    let mut users = people(30);
    users.extend((1..=NEWCOMERS / 2).map(of_directory));
    let workspace = Workspace::serving(&users);
    workspace.write_csv(&(csv_of(&people(30)) + &newcomers(NEWCOMERS)));
    workspace
}

fn page(users: &[Value]) -> Reply {
    Reply::json(json!({"items": users, "more": false}).to_string())
}

#[test]
fn a_second_list_that_leaves_users_out_stands_in_for_no_look_up() {
    let renumbered: Vec<Value> = people(30).into_iter().map(|user| with(user, &[("uid", json!("7000"))])).collect();
    let lies = [
        ("empty", page(&[])),
        ("nothing at all", Reply::json(r#"{"callId":"x"}"#)),
        ("a part", page(&people(5))),
        ("all but one", page(&people(29))),
        ("others", page(&[of_directory(90)])),
        ("other identifiers", page(&renumbered[..1])),
    ];
    for_each(lies, |(lie, reply)| {
        let mut workspace = workspace();
        workspace.intercept(move |request, _| {
            (request.kind() == CallKind::List && request.parameter("types").is_empty()).then(|| reply.clone())
        });
        workspace.sync(&["--rps", "unlimited"]).exits_with(0);
        let created = workspace.calls(CallKind::SaveCreate);
        assert_eq!((created.len(), workspace.sandbox().users().len()), (20, 70), "{lie}");
    });
}

#[test]
fn without_a_user_of_the_job_a_list_of_nobody_stands_in_for_no_look_up() {
    let users: Vec<Value> = (1..=3).map(of_directory).collect();
    let mut workspace = Workspace::serving(&users);
    workspace.write_csv(&("email,firstName,lastName\n".to_owned() + &newcomers(30)));
    workspace.intercept(|request, _| (request.kind() == CallKind::List).then(|| page(&[])));
    workspace.sync(&["--rps", "unlimited"]).exits_with(0);
    assert_eq!((workspace.calls(CallKind::SaveCreate).len(), workspace.sandbox().users().len()), (27, 30));
}

#[test]
fn one_list_of_all_account_types_stands_in_for_all_look_ups() {
    let workspace = workspace();
    workspace.sync(&["--rps", "unlimited"]).exits_with(0);
    assert_eq!((workspace.calls(CallKind::List).len(), workspace.calls(CallKind::Get).len()), (2, 0));
}
