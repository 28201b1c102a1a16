//! What can't be written to the journal is not sent.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

use lumsync::sandbox::CallKind;
use rustix::process::{Resource, Rlimit, prlimit};

use crate::support::assertions::journal::assert_journals_account_for;
use crate::support::data::users::{csv_of, people};
use crate::support::run::Run;
use crate::support::signals::pid;
use crate::support::workspace::Workspace;

/// The journal of the only run under this state dir, once it has this many whole lines.
fn journal_with_lines(state: &Path, lines: usize) -> String {
    loop {
        let run = fs::read_dir(state.join("runs")).unwrap().next().unwrap().unwrap();
        let journal = fs::read_to_string(run.path().join("journal.jsonl")).unwrap();
        if journal.matches('\n').count() >= lines {
            return journal;
        }
        std::thread::yield_now();
    }
}

/// From now on no file of this process grows beyond this length, as if the disk were full.
fn limit_file_size(process: u32, bytes: usize) {
    let bytes = Some(bytes as u64);
    prlimit(Some(pid(process)), Resource::Fsize, Rlimit { current: bytes, maximum: bytes }).unwrap();
}

/// Renames users one after another. At the second `get`, when the journal has so many lines, nothing more fits in it.
fn sync_with_a_full_journal(workspace: &mut Workspace, lines: usize) -> Run {
    let process = Arc::new(OnceLock::new());
    let (asked, state) = (Arc::clone(&process), workspace.state());
    let mut gets = 0;
    workspace.intercept(move |request, _| {
        gets += usize::from(request.kind() == CallKind::Get);
        if gets == 2 && request.kind() == CallKind::Get {
            limit_file_size(*asked.wait(), journal_with_lines(&state, lines).len());
        }
        None
    });
    let sync = workspace.command(&["sync", "users.csv", "--yes", "--concurrency", "1"]);
    // Whoever ignores the signal gets an error from the write, as on a full disk.
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(sync.get_program()).args(sync.get_args());
    shell
        .current_dir(workspace.folder())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    shell.envs(sync.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child = shell.spawn().unwrap();
    process.set(child.id()).unwrap();
    Run::of(&child.wait_with_output().unwrap())
}

fn renaming(users: u32) -> Workspace {
    let workspace = Workspace::serving(&people(users));
    workspace.write_csv(&csv_of(&people(users)).replace(",P", ",Q"));
    workspace
}

#[test]
fn a_save_whose_attempt_is_not_on_disk_never_leaves() {
    let mut workspace = renaming(4);
    // The attempt of the first action and its outcome are in the journal, the attempt of the second one is not.
    let run = sync_with_a_full_journal(&mut workspace, 2).exits_with(4);
    // The report is longer than the journal, so that it can't be written either: standard output has it.
    assert!(run.stdout.contains("Applied 1 of 4 changes") && run.stdout.contains("3 not attempted"), "{}", run.stdout);
    assert_eq!(workspace.saves().len(), 1);
    assert_journals_account_for(&workspace.journal(), &workspace.saves());
    run.stderr_contains(&["the journal can't be written"]);
}

#[test]
fn a_save_is_not_even_sent_again_when_its_attempt_is_not_on_disk() {
    let mut workspace = renaming(1);
    workspace.faults(&["reset-before:save-update:1"]);
    // The second `get` looks what became of the first save.
    let run = sync_with_a_full_journal(&mut workspace, 1).exits_with(4);
    assert!(run.stdout.contains("1 failed"), "{}", run.stdout);
    assert_eq!(workspace.saves().len(), 1);
    run.stderr_contains(&["the journal can't be written"]);
}
