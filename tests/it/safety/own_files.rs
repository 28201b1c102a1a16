//! What is in the state dir is lumsync's own; what it writes elsewhere is nobody's input.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;

use lumsync::sandbox::CallKind;

use crate::support::data::users::{csv_of, people};
use crate::support::run::Run;
use crate::support::workspace::Workspace;

/// After a run, with two changes to make.
fn workspace() -> Workspace {
    let workspace = Workspace::serving(&people(2));
    workspace.sync_csv(&csv_of(&people(2)), &[]).exits_with(0);
    workspace.write_csv(&csv_of(&people(4)));
    workspace
}

fn only_file_in(folder: &Path) -> std::path::PathBuf {
    fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

fn refused(workspace: &Workspace, what: &str) {
    let run = workspace.sync(&[]);
    assert_eq!(run.code, 1, "{what}: {run:?}");
    assert!(run.stderr.contains("state dir"), "{what}: {run:?}");
    assert!(workspace.saves().is_empty(), "{what}");
}

#[test]
fn an_entry_that_is_a_link_is_refused() {
    for name in ["locks", "runs", "tenants"] {
        let workspace = workspace();
        let (entry, moved) = (workspace.state().join(name), workspace.path("moved"));
        fs::rename(&entry, &moved).unwrap();
        symlink(&moved, &entry).unwrap();
        refused(&workspace, name);
    }
    for name in ["locks", "tenants"] {
        let workspace = workspace();
        let (entry, moved) = (only_file_in(&workspace.state().join(name)), workspace.path("moved"));
        fs::rename(&entry, &moved).unwrap();
        let content = fs::read(&moved).unwrap();
        symlink(&moved, &entry).unwrap();
        refused(&workspace, name);
        assert_eq!(fs::read(&moved).unwrap(), content, "what a link leads to stays as it is");
    }
}

#[test]
fn an_entry_that_others_may_write_to_is_refused() {
    for (name, is_file) in [("locks", false), ("runs", false), ("tenants", false), ("locks", true), ("tenants", true)] {
        let workspace = workspace();
        let folder = workspace.state().join(name);
        let entry = if is_file { only_file_in(&folder) } else { folder };
        fs::set_permissions(&entry, Permissions::from_mode(if is_file { 0o666 } else { 0o777 })).unwrap();
        refused(&workspace, name);
    }
}

#[test]
fn an_entry_of_another_user_is_refused_and_a_state_dir_of_any_owner_is_fine() {
    let workspace = workspace();
    if fs::metadata(workspace.state()).unwrap().uid() != 0 {
        return; // Only root can give a folder away.
    }
    for name in ["locks", "runs", "tenants"] {
        chown(workspace.state().join(name), Some(65_534), None).unwrap();
        refused(&workspace, name);
        chown(workspace.state().join(name), Some(0), None).unwrap();
    }
    chown(workspace.state(), Some(65_534), None).unwrap();
    fs::set_permissions(workspace.state(), Permissions::from_mode(0o777)).unwrap();
    workspace.sync(&[]).exits_with(0);
}

#[test]
fn a_run_whose_lock_was_removed_sends_nothing_more() {
    let mut workspace = workspace();
    let state = workspace.state();
    workspace.change_before(CallKind::SaveCreate, move |_| fs::remove_dir_all(state.join("locks")).unwrap());
    let run = workspace.sync(&["--concurrency", "1"]);
    assert_eq!((run.code, workspace.saves().len()), (4, 1), "{run:?}");
    run.stderr_contains(&["the lock"]);
}

#[test]
fn a_pipe_in_place_of_a_report_keeps_nobody_waiting() {
    let workspace = workspace();
    let report = workspace.runs()[0].join("report.json");
    fs::remove_file(&report).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, &report, mode).unwrap();
    workspace.run(&["runs"]).exits_with(0);
    fs::remove_file(&report).unwrap();
}

fn output_refused(workspace: &Workspace, arguments: &[&str]) -> Run {
    let before = fs::read(workspace.path("users.csv")).unwrap();
    let run = workspace.run(arguments);
    assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
    assert!(workspace.sandbox().traffic().is_empty(), "{arguments:?}");
    assert_eq!(fs::read(workspace.path("users.csv")).unwrap(), before, "{arguments:?}");
    run
}

#[test]
fn an_output_that_is_an_input_or_another_output_is_refused() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(3)));
    workspace.write("lumsync.toml", "[rate]\nrps = 5\n");
    workspace.write("token", "a-token");
    fs::hard_link(workspace.path("users.csv"), workspace.path("hard.csv")).unwrap();
    symlink("users.csv", workspace.path("soft.csv")).unwrap();
    let sync = ["sync", "users.csv", "--yes"];
    for more in [
        &["--report", "users.csv"][..],
        &["--report", "./hard.csv"],
        &["--report", "soft.csv"],
        &["--metrics-file", "users.csv"],
        &["--metrics-file", "lumsync.toml"],
        &["--token-file", "token", "--metrics-file", "token"],
        &["--report", "r.csv", "--report", "./r.csv"],
        &["--report", "r.csv", "--metrics-file", "R.CSV"],
    ] {
        output_refused(&workspace, &[&sync[..], more].concat());
    }
    output_refused(&workspace, &["plan", "users.csv", "-o", "users.csv"]);
    output_refused(&workspace, &["plan", "users.csv", "-o", "p.json", "--report", "p.json"]);
    output_refused(&workspace, &["export", "-o", "lumsync.toml", "--force"]);
    output_refused(&workspace, &["check", "users.csv", "--report", "users.csv"]);
    workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    workspace.run(&["apply", "plan.json", "--report", "plan.json"]).exits_with(2);
    workspace.run(&["report", "plan.json", "-o", "plan.json"]).exits_with(2);
    assert!(workspace.saves().is_empty());
}

#[test]
fn an_output_that_can_not_be_written_is_found_out_before_any_call() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(3)));
    fs::create_dir(workspace.path("folder.csv")).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, workspace.path("pipe.csv"), mode).unwrap();
    for (more, code) in [
        (["--report", "none/report.csv"], 1),
        (["--metrics-file", "none/lumsync.prom"], 1),
        (["--report", "folder.csv"], 1),
        (["--report", "pipe.csv"], 2),
        (["--metrics-file", "pipe.csv"], 2),
    ] {
        workspace.sync(&more).exits_with(code).stderr_contains(&[more[1]]);
        assert!(workspace.sandbox().traffic().is_empty(), "{more:?}");
    }
}

#[test]
fn an_export_replaces_a_file_only_when_told_to() {
    let workspace = Workspace::serving(&people(2));
    workspace.write("out.csv", "mine");
    workspace.run(&["export", "-o", "out.csv"]).exits_with(2).stderr_contains(&["--force"]);
    assert!(workspace.sandbox().traffic().is_empty() && workspace.read("out.csv") == "mine");
    workspace.run(&["export", "-o", "out.csv", "--force"]).exits_with(0);
    assert!(workspace.read("out.csv").contains("p2@example.com"));
}
