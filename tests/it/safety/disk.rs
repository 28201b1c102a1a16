//! A state dir that can't be written, or a disk that is full, is found out before the first write to the tenant.

use std::process::Command;

use lumsync::sandbox::CallKind;

use crate::support::data::users::{csv_of, people};
use crate::support::run::Run;
use crate::support::workspace::Workspace;

fn workspace() -> Workspace {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(40)));
    workspace
}

/// Syncs with a state dir on a file system of its own, which ends with the process.
fn sync_on(workspace: &Workspace, mount_options: &str) -> Run {
    std::fs::create_dir_all(workspace.state()).unwrap();
    let script = format!(
        "mount -t tmpfs -o {mount_options} tmpfs '{}' && exec '{}' sync users.csv --yes",
        workspace.state().display(),
        env!("CARGO_BIN_EXE_lumsync")
    );
    let plain = workspace.command(&[]);
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", &script]).current_dir(workspace.folder());
    let variables = plain.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let run =
        Run::of(&command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").envs(variables).output().unwrap());
    assert!(!run.stderr.starts_with("unshare:"), "the test needs user namespaces: {}", run.stderr);
    run
}

#[test]
fn a_disk_without_room_for_the_journal_ends_the_run_before_its_first_write() {
    let workspace = workspace();
    sync_on(&workspace, "size=96k").exits_with(1).stderr_contains(&["state dir", "KiB"]);
    assert!(workspace.saves().is_empty());
    sync_on(&workspace, "size=4m").exits_with(0);
    assert_eq!(workspace.saves().len(), 38);
}

#[test]
fn a_full_disk_and_one_that_is_read_only_end_the_run_before_any_call() {
    for options in ["size=4k,nr_inodes=2", "ro"] {
        let workspace = workspace();
        sync_on(&workspace, options).exits_with(1).stderr_contains(&["state dir"]);
        assert!(workspace.sandbox().traffic().is_empty(), "{options}");
    }
}

#[test]
fn a_state_dir_that_is_none_ends_the_run_before_any_call() {
    let workspace = workspace();
    workspace.write("state", "a file");
    workspace.sync(&[]).exits_with(1).stderr_contains(&["state dir"]);
    assert!(workspace.sandbox().traffic().is_empty());
}

#[test]
fn a_report_that_can_not_be_written_is_told_by_the_exit_code() {
    let mut workspace = workspace();
    let folder = workspace.path("reports");
    std::fs::create_dir(&folder).unwrap();
    workspace.change_before(CallKind::SaveCreate, move |_| std::fs::remove_dir(folder).unwrap());
    workspace.sync(&["--report", "reports/report.csv"]).exits_with(1).stderr_contains(&["reports/report.csv"]);
    assert_eq!(workspace.saves().len(), 38);
}
