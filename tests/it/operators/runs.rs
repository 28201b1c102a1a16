//! Run folders that are kept, and those that are removed.

use std::fs;

use crate::support::data::users::{csv_of, people};
use crate::support::workspace::Workspace;

fn names(workspace: &Workspace) -> Vec<String> {
    workspace.runs().iter().map(|run| run.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn the_oldest_runs_go_and_the_newest_and_what_is_remembered_stay() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(2)));
    for _ in 0..4 {
        workspace.sync(&[]).exits_with(0);
    }
    let before = names(&workspace);
    workspace.sync(&["--keep-runs", "3"]).exits_with(0);
    let after = names(&workspace);
    assert_eq!((before.len(), after.len()), (4, 3));
    assert_eq!(after[..2], before[2..]);
    assert_eq!(workspace.report()["exitCode"], 0, "the newest is the run itself");
    let judged = workspace.run(&["plan", "users.csv"]).exits_with(0).stdout;
    assert!(judged.contains("2 valid rows, as then"), "what the last good run had is still known: {judged}");
    workspace.sync(&["--keep-runs", "0"]).exits_with(2);
}

#[test]
fn a_run_under_way_and_what_is_no_run_are_never_removed() {
    let workspace = Workspace::serving(&people(2));
    workspace.write_csv(&csv_of(&people(2)));
    workspace.faults(&["hang:list:1"]);
    let mut under_way = workspace.spawn(&["sync", "users.csv", "--yes"]);
    workspace.wait_for_calls(1, &mut under_way);
    let held = names(&workspace);
    for other in ["notes", "20260101-mine"] {
        fs::create_dir(workspace.state().join("runs").join(other)).unwrap();
    }
    // A name does not tell whose a run of an older version is: only that it is held keeps it.
    let [old, old_and_held] = ["20200102T000000000Z-bbbbbb", "20200102T000000000Z-cccccc"];
    for name in [old, old_and_held] {
        fs::create_dir(workspace.state().join("runs").join(name)).unwrap();
    }
    let holder = fs::File::open(workspace.state().join("runs").join(old_and_held)).unwrap();
    holder.lock().unwrap();
    fs::create_dir(workspace.path("elsewhere")).unwrap();
    let link = workspace.state().join("runs/20200101T000000000Z-aaaaaa");
    std::os::unix::fs::symlink(workspace.path("elsewhere"), &link).unwrap();
    workspace.write("tenant.jsonl", "");
    for _ in 0..3 {
        workspace.run(&["sync", "users.csv", "--yes", "--sandbox", "tenant.jsonl", "--keep-runs", "1"]).exits_with(0);
    }
    let kept = names(&workspace);
    under_way.kill().unwrap();
    under_way.wait().unwrap();
    assert!(held.iter().all(|run| kept.contains(run)), "{held:?} {kept:?}");
    assert!(kept.iter().any(|run| run == "notes") && kept.iter().any(|run| run == "20260101-mine"), "{kept:?}");
    assert!(workspace.path("elsewhere").exists() && link.symlink_metadata().is_ok());
    assert!(kept.iter().any(|run| run == old_and_held) && !kept.iter().any(|run| run == old), "{kept:?}");
    assert_eq!(kept.len(), 6, "the runs under way, the last one, and what is no run: {kept:?}");
}
