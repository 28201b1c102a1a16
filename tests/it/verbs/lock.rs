//! One run at a time for each tenant and state dir.

use crate::support::operator::{Operator, csv_of, people};

/// A run that the tenant keeps waiting with its list.
fn busy() -> Operator {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(2)));
    operator.faults(&["hang:list:1"]);
    operator
}

#[test]
fn a_second_run_exits_6_and_a_plan_does_not_mind() {
    let operator = busy();
    let mut first = operator.spawn(&["sync", "users.csv", "--yes"]);
    operator.wait_for_calls(1, &mut first);
    let calls = operator.sandbox.traffic().len();
    operator.sync(&[]).expect(6).says(&["another run"]);
    assert_eq!(operator.sandbox.traffic().len(), calls);
    operator.run(&["plan", "users.csv"]).expect(0);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_crash_releases_the_lock() {
    let operator = busy();
    let mut first = operator.spawn(&["sync", "users.csv", "--yes"]);
    operator.wait_for_calls(1, &mut first);
    first.kill().unwrap();
    first.wait().unwrap();
    operator.sync(&[]).expect(0);
}

#[test]
fn other_tenants_and_other_state_dirs_are_free() {
    let operator = busy();
    let mut first = operator.spawn(&["sync", "users.csv", "--yes"]);
    operator.wait_for_calls(1, &mut first);
    operator.sync(&["--state-dir", "elsewhere"]).expect(0);
    let other = Operator::of(&people(2));
    other.csv(&csv_of(&people(2)));
    let mut command = other.command(&["sync", "users.csv", "--yes"]);
    assert_eq!(command.env("LUMSYNC_STATE_DIR", operator.state()).output().unwrap().status.code(), Some(0));
    first.kill().unwrap();
    first.wait().unwrap();
}
