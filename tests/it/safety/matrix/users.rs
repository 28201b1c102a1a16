//! The calls about users: three creates, two updates, an enable and two disables.

use lumsync::sandbox::CallKind;
use serde_json::Value;

use super::{Cell, Command, FaultyJob, Moments};
use crate::support::assertions::journal::assert_journals_account_for;
use crate::support::data::job::{JOB_CSV, Job, job_settings, state};
use crate::support::workspace::Workspace;

pub(super) const MOMENTS: Moments = &[
    (CallKind::Token, [1, 2, 3]),
    (CallKind::List, [1, 2, 3]),
    (CallKind::Get, [1, 5, 8]),
    (CallKind::SaveCreate, [1, 2, 3]),
    (CallKind::SaveUpdate, [1, 3, 5]),
];

/// What these hide or take back is found by the next run.
const UNSEEN: [&str; 3] = ["skipped-user", "null-items", "reverted-save"];

/// Faults of a page, which no other answer has.
const OF_LISTS: [&str; 4] = ["cut-list", "restarted-list", "skipped-user", "repeated-user"];
/// Faults of a user, and so of every answer but a token.
const OF_USERS: [&str; 10] = [
    "other-", "lone-surrogate", "invalid-utf8", "odd-flag", "double-key", "stale-read", "reverted-save",
    "ignored-field", "error-member", "success-false",
];

impl FaultyJob for Job {
    fn moments(&self) -> Moments {
        MOMENTS
    }

    fn is_possible(&self, cell: &Cell) -> bool {
        match cell.call {
            CallKind::List => cell.command == Command::Sync,
            CallKind::Token => !cell.is_fault(&OF_USERS) && !cell.is_fault(&OF_LISTS),
            _ => !cell.is_fault(&OF_LISTS),
        }
    }

    fn workspace(&self) -> Workspace {
        let workspace = Workspace::with_tenant(job_settings()).with_application();
        workspace.write_csv(JOB_CSV);
        workspace
    }

    fn options(&self) -> &'static [&'static str] {
        &["--page-size", "2"]
    }

    /// Tokens run out on the way, so that there is a second and a third one to ask for.
    fn further_faults(&self, cell: &Cell) -> &'static [&'static str] {
        match (cell.call, cell.command) {
            (CallKind::Token, Command::Sync) => &["expired-token:list:2", "expired-token:save-update:2"],
            (CallKind::Token, Command::Apply) => &["expired-token:get:2", "expired-token:save-update:2"],
            _ => &[],
        }
    }

    fn is_unseen(&self, cell: &Cell) -> bool {
        cell.is_fault(&UNSEEN) || is_half_made(cell)
    }

    fn assert_no_harm(&self, workspace: &Workspace, cell: &Cell) {
        if !is_half_made(cell) {
            Job::assert_no_harm(self, &state(workspace.sandbox()), &cell.to_string());
        }
        assert_journals_account_for(&workspace.journal(), &workspace.saves());
    }

    fn assert_report_is_true(&self, report: &Value, workspace: &Workspace, what: &str) {
        Job::assert_report_is_true(self, report, &state(workspace.sandbox()), what);
    }

    fn is_untouched(&self, workspace: &Workspace) -> bool {
        state(workspace.sandbox()) == self.before
    }

    fn open(&self, workspace: &Workspace) -> usize {
        let now = state(workspace.sandbox());
        now.keys()
            .chain(self.wanted.keys().filter(|email| !now.contains_key(*email)))
            .filter(|email| !self.is_done(email, &now))
            .count()
    }
}

/// Whether the tenant saves a user but for one field; whether the answer shows that is for it to choose.
fn is_half_made(cell: &Cell) -> bool {
    cell.is_fault(&["ignored-field"]) && matches!(cell.call, CallKind::SaveCreate | CallKind::SaveUpdate)
}
