//! Every fault of the sandbox on every call about groups, and kills at any moment.

use std::time::Duration;

use lumsync::sandbox::{CATALOGUE, CallKind, SandboxSettings, hostile_catalogue};
use serde_json::{Value, json};

use super::job::{CSV, EXACT, assert_done, assert_no_harm, assert_report_is_true, members, settings};
use crate::support::parallel::for_each;
use crate::support::soak;
use crate::support::workspace::Workspace;

const PATIENCE: [&str; 6] = ["--concurrency", "1", "--retries", "2", "--timeout", "1500ms"];

/// Faults that nothing in the answers betrays.
const UNSEEN: [&str; 5] = ["skipped-user", "null-items", "reverted-save", "stale-read", "ignored-field"];

fn sync(workspace: &Workspace) -> crate::support::run::Run {
    workspace.run(&[&["sync", "users.csv", "--yes"][..], &EXACT, &PATIENCE].concat())
}

/// Every user of every change that the tenant saw stands in the journal, before the call left.
fn assert_journal_accounts_for(workspace: &Workspace, what: &str) {
    let journal = workspace.journal();
    for call in workspace.calls(CallKind::FeedSave) {
        for (kind, users) in [("join", &call.added), ("leave", &call.removed)] {
            for user in users {
                let is_this = |line: &&Value| {
                    line["event"] == "attempt"
                        && line["kind"] == kind
                        && line["uid"] == json!(user)
                        && line["group"]["id"] == json!(call.uid)
                };
                assert!(journal.iter().any(|line| is_this(&line)), "{what}: {kind} of {user} is in no journal");
            }
        }
    }
}

#[test]
fn no_fault_of_a_call_about_groups_does_harm() {
    let faults: Vec<String> = CATALOGUE.into_iter().map(str::to_owned).chain(hostile_catalogue()).collect();
    let calls = [(CallKind::FeedList, 1), (CallKind::FeedMembers, 2), (CallKind::FeedSave, 1), (CallKind::FeedSave, 4)];
    let cells = calls.into_iter().flat_map(|(call, moment)| {
        let commands = if call == CallKind::FeedSave { &[false, true][..] } else { &[false] };
        faults.iter().flat_map(move |fault| commands.iter().map(move |applies| (fault, call, moment, *applies)))
    });
    // Lies are tried at one moment, by one command.
    let cells =
        cells.filter(|(fault, _, moment, applies)| CATALOGUE.contains(&fault.as_str()) || (*moment < 4 && !applies));
    for_each(cells, |(fault, call, moment, applies)| {
        let what = format!("{fault}:{call}:{moment}");
        let workspace = Workspace::with_tenant(settings());
        workspace.write_csv(CSV);
        if applies {
            workspace.run(&[&["plan", "users.csv", "-o", "plan.json"][..], &EXACT].concat()).exits_with(0);
        }
        let before = members(workspace.sandbox());
        workspace.faults(&[&what]);
        let ended =
            if applies { workspace.run(&[&["apply", "plan.json"][..], &PATIENCE].concat()) } else { sync(&workspace) };
        let now = members(workspace.sandbox());
        assert!([0, 1, 2, 4].contains(&ended.code), "{what}: {ended:?}");
        assert_no_harm(&before, &now, &what);
        if !UNSEEN.iter().any(|unseen| fault.starts_with(unseen)) {
            assert_report_is_true(&workspace.report(), &now, &what);
            if ended.code == 0 && workspace.report()["summary"]["conflicts"] == 0 && call == CallKind::FeedSave {
                assert_done(workspace.sandbox(), &what);
            }
        }
        if ended.code == 1 {
            assert_eq!(now, before, "{what}: exit 1, but something was written");
        }
        assert_journal_accounts_for(&workspace, &what);
        workspace.faults(&[]);
        sync(&workspace).exits_with(0);
        assert_done(workspace.sandbox(), &what);
    });
}

#[test]
fn a_run_that_was_killed_at_any_moment_can_simply_be_run_again() {
    const ARGUMENTS: [&str; 9] =
        ["sync", "users.csv", "--yes", "--groups", "exact", "--managed-group", "*", "--concurrency", "2"];
    let mut in_the_middle = 0;
    for seed in 0..soak::count("LUMSYNC_KILLS", 20) {
        let workspace = Workspace::with_tenant(SandboxSettings { latency: Duration::from_millis(4), ..settings() });
        workspace.write_csv(CSV);
        let before = members(workspace.sandbox());
        let mut child = workspace.spawn(&ARGUMENTS);
        let moment = fastrand::Rng::with_seed(seed).usize(0..=14);
        workspace.wait_for_calls(moment, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        let what = format!("seed {seed}, killed after {moment} calls");
        let now = members(workspace.sandbox());
        assert_no_harm(&before, &now, &what);
        assert_journal_accounts_for(&workspace, &what);
        in_the_middle += u32::from(now != before);
        workspace.run(&ARGUMENTS).exits_with(0);
        assert_done(workspace.sandbox(), &what);
        assert_eq!(workspace.plan(&EXACT)["memberships"], json!([]), "{what}");
    }
    assert!(in_the_middle >= 2, "only {in_the_middle} runs were killed between writes");
}
