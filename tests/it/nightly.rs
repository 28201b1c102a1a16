//! The nightly job at the size of a company: everything at once, and nothing left to do afterwards.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::data::users::{person, with};
use crate::support::workspace::Workspace;

const CREATES: u32 = 500;
const UPDATES: u32 = 300;
const DISABLES: u32 = 100;
const ENABLES: u32 = 50;
const UNCHANGED: u32 = 600;

/// Users by what is to become of them: updated, disabled for absence, enabled, left as they are.
fn users() -> Vec<Value> {
    let enabled_from = UPDATES + DISABLES;
    let one = |uid: u32| {
        let is_off = (enabled_from..enabled_from + ENABLES).contains(&uid);
        with(person(uid, &format!("P{uid}")), &[("status", json!(if is_off { "disabled" } else { "enabled" }))])
    };
    (0..UPDATES + DISABLES + ENABLES + UNCHANGED).map(one).collect()
}

fn csv() -> String {
    let mut text = "email,firstName,lastName,status\n".to_owned();
    let is_absent = |uid: &u32| (UPDATES..UPDATES + DISABLES).contains(uid);
    for uid in (0..UPDATES + DISABLES + ENABLES + UNCHANGED).filter(|uid| !is_absent(uid)) {
        let last_name = if uid < UPDATES { "Lind" } else { "Lee" };
        writeln!(text, "P{uid}@Example.com,P{uid},{last_name},enabled").unwrap();
    }
    for number in 0..CREATES {
        writeln!(text, "new{number}@example.com,New,Person {number},enabled").unwrap();
    }
    text
}

#[test]
fn a_night_with_hundreds_of_every_change_leaves_nothing_to_do() {
    let users = users();
    let workspace = Workspace::serving(&users);
    workspace.write_csv(&csv());
    let report = workspace.sync(&["--output", "json"]).exits_with(0).json();
    for (kind, count) in [("create", CREATES), ("update", UPDATES), ("disable", DISABLES), ("enable", ENABLES)] {
        assert_eq!(
            (&report["summary"][kind]["planned"], &report["summary"][kind]["applied"]),
            (&count.into(), &count.into())
        );
    }
    workspace.run(&["plan", "users.csv", "--detailed-exitcode"]).exits_with(0);

    let after = workspace.sandbox().users();
    assert_eq!(after.len(), users.len() + CREATES as usize);
    for (before, after) in users.iter().zip(&after) {
        assert_eq!(before["customProfile"], after["customProfile"], "{}", before["email"]);
        assert_eq!(before["apiProfile"], after["apiProfile"], "{}", before["email"]);
    }
}
