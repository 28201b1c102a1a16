//! A user who changes between the list and the save is judged again as it is then.

use lumsync::sandbox::{CallKind, Sandbox};
use serde_json::{Value, json};

use crate::support::data::users::{people, person, with};
use crate::support::parallel::for_each;
use crate::support::workspace::Workspace;

/// Changes after which nobody may touch the user any more, however the rest looks.
fn changes() -> [(&'static str, Value); 6] {
    [
        ("accountType", json!("google")),
        ("isSuperAdmin", json!(true)),
        ("isGod", json!("perhaps")),
        ("email", json!("moved@example.org")),
        ("email", json!("vip@example.com")),
        ("email", json!("admin@example.com")),
    ]
}

const SCOPE: [&str; 4] = ["--email-domain", "example.com", "--protect", "vip*"];

/// One user each to update, to disable by its row, to disable for absence, and to enable, and what is left of them.
const CHANGED: [&str; 4] = ["p1@example.com", "p2@example.com", "p3@example.com", "zoe@example.com"];

fn workspace() -> Workspace {
    let mut users = people(3);
    users.push(with(person(9, "Zoe"), &[("status", json!("disabled"))]));
    let workspace = Workspace::serving(&users).with_application();
    workspace.write_csv(concat!(
        "email,firstName,lastName,status\n", "p1@example.com,Pat,Lee,enabled\n", "p2@example.com,P2,Lee,disabled\n",
        "zoe@example.com,Zoe,Lee,enabled\n",
    ));
    workspace
}

fn change(sandbox: &Sandbox, email: &str, (name, value): &(&str, Value)) {
    assert!(sandbox.edit(email, |user| drop(user.insert((*name).to_owned(), value.clone()))));
}

/// Panics unless every user but this one was changed, and this one was left as it is.
fn assert_left_alone(workspace: &Workspace, email: &str, change: &(&str, Value)) {
    let outcomes = workspace.report()["outcomes"].as_array().unwrap().clone();
    let of = |wanted: &str| outcomes.iter().filter(|one| one["result"] == wanted).collect::<Vec<_>>();
    assert_eq!((of("drifted").len(), of("applied").len()), (1, 3), "{email} {change:?}: {outcomes:?}");
    assert_eq!(of("drifted")[0]["email"], email, "{change:?}");
    let uid = of("drifted")[0]["uid"].as_str();
    assert!(workspace.saves().iter().all(|save| save.uid.as_deref() != uid), "{email} {change:?}");
}

fn cases() -> impl Iterator<Item = (&'static str, (&'static str, Value))> {
    CHANGED.into_iter().flat_map(|email| changes().into_iter().map(move |change| (email, change)))
}

#[test]
fn a_sync_leaves_alone_who_left_its_scope_after_the_list() {
    for_each(cases(), |(email, what)| {
        let mut workspace = workspace();
        let meanwhile = what.clone();
        workspace.change_before(CallKind::Get, move |sandbox| change(sandbox, email, &meanwhile));
        workspace.sync(&SCOPE).exits_with(4);
        assert_left_alone(&workspace, email, &what);
    });
}

#[test]
fn an_apply_leaves_alone_who_left_its_scope_after_the_plan() {
    for_each(cases(), |(email, what)| {
        let workspace = workspace();
        workspace.run(&[&["plan", "users.csv", "-o", "plan.json"], &SCOPE[..]].concat()).exits_with(0);
        change(workspace.sandbox(), email, &what);
        workspace.run(&[&["apply", "plan.json"], &SCOPE[..]].concat()).exits_with(4);
        assert_left_alone(&workspace, email, &what);
    });
}

/// Ann's row, by her identifier, has an address that belongs to nobody yet.
const NEW_ADDRESS: &str = "uid,email,firstName,lastName\n1,anna@example.com,Ann,Lee\n2,bob@example.com,Bob,Lee\n";

#[test]
fn a_new_address_that_somebody_has_by_now_is_left_to_that_one() {
    let is_saved_plan = [false, true];
    for_each(is_saved_plan, |is_saved_plan| {
        let of_directory = with(person(9, "Gil"), &[("accountType", json!("google"))]);
        let mut workspace = Workspace::serving(&[person(1, "Ann"), person(2, "Bob"), of_directory]);
        workspace.write_csv(NEW_ADDRESS);
        let mut is_waiting = true;
        workspace.intercept(move |request, sandbox| {
            if is_waiting && request.parameter("uid") == "1" {
                is_waiting = false;
                change(sandbox, "gil@example.com", &("email", json!("anna@example.com")));
            }
            None
        });
        if is_saved_plan {
            workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
        }
        let command: &[&str] = if is_saved_plan { &["apply", "plan.json"] } else { &["sync", "users.csv", "--yes"] };
        workspace.run(command).exits_with(4);
        let outcome = workspace.report()["outcomes"][0].clone();
        assert_eq!(outcome["result"], "drifted", "{outcome}");
        assert!(outcome["error"].as_str().unwrap().contains("anna@example.com"), "{outcome}");
        assert!(workspace.saves().is_empty() && workspace.user("ann@example.com").is_some());
    });
}
