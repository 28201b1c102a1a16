//! Joins and leaves of the run that is taken back.

use lumsync::sandbox::{CallKind, SandboxSettings, TenantSource};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::data::users::{lines_of, person, with};
use crate::support::signals;
use crate::support::workspace::Workspace;

/// Two groups, Ann in none of them, and Eve without access.
fn workspace() -> Workspace {
    let users = [person(1, "Ann"), with(person(2, "Eve"), &[("status", json!("disabled"))])];
    let groups = concat!(
        r#"{"kind":"feed","uid":"50","name":"Sales"}"#,
        "\n",
        r#"{"kind":"feed","uid":"52","name":"Team Lyon"}"#,
    );
    Workspace::with_tenant(SandboxSettings {
        tenant: TenantSource::Lines(format!("{groups}\n{}", lines_of(&users))),
        ..SandboxSettings::default()
    })
}

/// Eve comes back, Cid is new, and both join.
const CSV: &str = "email,firstName,lastName,groups\n\
    ann@example.com,Ann,Lee,\n\
    eve@example.com,Eve,Lee,Team Lyon\n\
    cid@example.com,Cid,Moe,Sales;Team Lyon\n";

fn members(workspace: &Workspace) -> [Vec<String>; 2] {
    ["50", "52"].map(|group| {
        let mut members = workspace.sandbox().members(group);
        members.sort();
        members
    })
}

fn all_in() -> [Vec<String>; 2] {
    let [cid, eve] = ["cid", "eve"].map(|name| format!("{name}@example.com"));
    [vec![cid.clone()], vec![cid, eve]]
}

fn nobody_in() -> [Vec<String>; 2] {
    Default::default()
}

fn undo_last(workspace: &Workspace) -> Value {
    let plan = workspace.run(&["undo", "last", "-o", "undo.json", "--output", "json"]).exits_with(0).json();
    assert_eq!(plan["conflicts"], json!([]), "{plan}");
    workspace.run(&["apply", "undo.json"]).exits_with(0);
    plan
}

#[test]
fn who_gets_access_back_by_an_undo_of_an_undo_gets_the_groups_back() {
    let workspace = workspace();
    workspace.sync_csv(CSV, &[]).exits_with(0);
    assert_eq!(members(&workspace), all_in());
    undo_last(&workspace);
    assert_eq!(members(&workspace), nobody_in());
    assert!(!workspace.is_enabled("cid@example.com") && !workspace.is_enabled("eve@example.com"));
    undo_last(&workspace);
    assert!(workspace.is_enabled("cid@example.com") && workspace.is_enabled("eve@example.com"));
    assert_eq!(members(&workspace), all_in());
}

#[test]
fn who_was_disabled_since_keeps_to_the_groups() {
    let workspace = workspace();
    workspace.sync_csv(CSV, &[]).exits_with(0);
    workspace.sandbox().edit("eve@example.com", |user| drop(user.insert("status".to_owned(), json!("disabled"))));
    let plan = workspace.run(&["undo", "last", "--output", "json"]).exits_with(0).json();
    assert!(!plan["memberships"].to_string().contains("eve@"), "{plan}");
}

#[test]
fn joins_of_a_user_whom_the_run_found_created_are_taken_back_and_the_user_stays() {
    let by_hand = |workspace: &Workspace| {
        let csv = "email,firstName,lastName\ncid@example.com,Cid,Moe\n";
        workspace.write("by-hand.csv", csv);
        workspace.run(&["sync", "by-hand.csv", "--yes", "--partial", "--state-dir", "elsewhere"]).exits_with(0);
    };
    let killed = |workspace: &Workspace| {
        workspace.faults(&["hang:feed-save:1"]);
        let mut child = workspace.spawn(&["apply", "plan.json", "--concurrency", "1"]);
        while workspace.calls(CallKind::FeedSave).is_empty() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        signals::send(child.id(), Signal::KILL);
        child.wait().unwrap();
        workspace.faults(&[]);
    };
    let ways: [&dyn Fn(&Workspace); 2] = [&by_hand, &killed];
    for first in ways {
        let workspace = workspace();
        workspace.write_csv(CSV);
        workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
        first(&workspace);
        assert!(workspace.is_enabled("cid@example.com"));
        workspace.run(&["apply", "plan.json"]).exits_with(0);
        assert_eq!(members(&workspace), all_in());
        let plan = undo_last(&workspace);
        assert!(!plan["actions"].to_string().contains("cid@"), "the run did not create Cid: {plan}");
        assert_eq!(members(&workspace), nobody_in());
        assert!(workspace.is_enabled("cid@example.com"));
    }
}
