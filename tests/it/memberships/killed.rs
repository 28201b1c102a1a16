//! A run that joins and leaves groups and is killed, at any moment.

use std::time::Duration;

use lumsync::sandbox::{CallKind, SandboxSettings};
use serde_json::json;

use crate::support::assertions::journal::assert_journal_accounts_for_members;
use crate::support::data::groups::{CSV, EXACT, assert_done, assert_no_harm, members, settings};
use crate::support::soak;
use crate::support::workspace::Workspace;

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
        assert_journal_accounts_for_members(&workspace.journal(), &workspace.calls(CallKind::FeedSave), &what);
        in_the_middle += u32::from(now != before);
        workspace.run(&ARGUMENTS).exits_with(0);
        assert_done(workspace.sandbox(), &what);
        assert_eq!(workspace.plan(&EXACT)["memberships"], json!([]), "{what}");
    }
    assert!(in_the_middle >= 2, "only {in_the_middle} runs were killed between writes");
}
