//! One run at a time for each tenant and state dir.

use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

/// A run that the tenant keeps waiting with its list.
fn busy() -> Workspace {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(2)));
    workspace.faults(&["hang:list:1"]);
    workspace
}

#[test]
fn a_second_run_exits_6_and_a_plan_does_not_mind() {
    let workspace = busy();
    let mut first = workspace.spawn(&["sync", "users.csv", "--yes"]);
    workspace.wait_for_calls(1, &mut first);
    let calls = workspace.sandbox().traffic().len();
    workspace.sync(&[]).exits_with(6).stderr_contains(&["another run"]);
    assert_eq!(workspace.sandbox().traffic().len(), calls);
    workspace.run(&["plan", "users.csv"]).exits_with(0);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_crash_releases_the_lock() {
    let workspace = busy();
    let mut first = workspace.spawn(&["sync", "users.csv", "--yes"]);
    workspace.wait_for_calls(1, &mut first);
    first.kill().unwrap();
    first.wait().unwrap();
    workspace.sync(&[]).exits_with(0);
}

#[test]
fn other_tenants_and_other_state_dirs_are_free() {
    let workspace = busy();
    let mut first = workspace.spawn(&["sync", "users.csv", "--yes"]);
    workspace.wait_for_calls(1, &mut first);
    workspace.sync(&["--state-dir", "elsewhere"]).exits_with(0);
    let other = Workspace::serving(&people(2));
    other.write_csv(&csv_of(&people(2)));
    let mut command = other.command(&["sync", "users.csv", "--yes"]);
    assert_eq!(command.env("LUMSYNC_STATE_DIR", workspace.state()).output().unwrap().status.code(), Some(0));
    first.kill().unwrap();
    first.wait().unwrap();
}
