//! A state dir that can't be written, or a disk that is full, is found out before the first write to the tenant.

use std::process::Command;

use crate::support::operator::{Ended, Operator, csv_of, ended, people};

fn operator() -> Operator {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(40)));
    operator
}

/// Syncs with a state dir on a file system of its own, which ends with the process.
fn sync_on(operator: &Operator, mount_options: &str) -> Ended {
    std::fs::create_dir_all(operator.state()).unwrap();
    let script = format!(
        "mount -t tmpfs -o {mount_options} tmpfs '{}' && exec '{}' sync users.csv --yes",
        operator.state().display(),
        env!("CARGO_BIN_EXE_lumsync")
    );
    let plain = operator.command(&[]);
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", &script]).current_dir(operator.folder());
    let variables = plain.get_envs().filter_map(|(name, value)| Some((name, value?)));
    ended(&command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").envs(variables).output().unwrap())
}

#[test]
fn a_disk_without_room_for_the_journal_ends_the_run_before_its_first_write() {
    let operator = operator();
    sync_on(&operator, "size=96k").expect(1).says(&["state dir", "KiB"]);
    assert!(operator.saves().is_empty());
    sync_on(&operator, "size=4m").expect(0);
    assert_eq!(operator.saves().len(), 38);
}

#[test]
fn a_full_disk_and_one_that_is_read_only_end_the_run_before_any_call() {
    for options in ["size=4k,nr_inodes=2", "ro"] {
        let operator = operator();
        sync_on(&operator, options).expect(1).says(&["state dir"]);
        assert!(operator.sandbox.traffic().is_empty(), "{options}");
    }
}

#[test]
fn a_state_dir_that_is_none_ends_the_run_before_any_call() {
    let operator = operator();
    operator.write("state", "a file");
    operator.sync(&[]).expect(1).says(&["state dir"]);
    assert!(operator.sandbox.traffic().is_empty());
}

#[test]
fn a_report_that_can_not_be_written_is_told_by_the_exit_code() {
    let operator = operator();
    operator.sync(&["--report", "no-such-folder/report.csv"]).expect(1).says(&["no-such-folder"]);
    assert_eq!(operator.saves().len(), 38);
}
