//! The calls about groups: six users join, two leave, and one of those who join is new.

use std::collections::BTreeSet;
use std::fmt::Write;

use lumsync::sandbox::{CallKind, TenantSource};
use serde_json::Value;

use super::{Cell, Command, FaultyJob, Moments};
use crate::support::assertions::journal::{assert_journal_accounts_for_members, assert_journals_account_for};
use crate::support::data::groups::{
    CSV, Members, WRITABLE, assert_no_harm, assert_report_is_true, members, settings, wanted,
};
use crate::support::data::job::{State, state};
use crate::support::workspace::Workspace;

pub(super) const MOMENTS: Moments =
    &[(CallKind::FeedList, [1, 2, 3]), (CallKind::FeedMembers, [1, 2, 4]), (CallKind::FeedSave, [1, 3, 5])];

/// Groups that nobody names, so that the list has three pages.
const MORE_GROUPS: usize = 220;

/// What these hide or take back is found by the next run.
const UNSEEN: [&str; 4] = ["skipped-user", "null-items", "reverted-save", "stale-read"];

/// One member is shown as another, or as nobody whom a plan could know.
const OTHER_MEMBERS: [&str; 2] = ["other-", "double-key=uid"];

/// Faults of pages and of what they list, which the empty answer to a save has not.
const OF_LISTS: [&str; 20] = [
    "repeated-cursor", "more-", "cut-list", "restarted-list", "skipped-user", "repeated-user", "duplicate-user",
    "item-without-", "wrong-type", "drifting-type", "other-", "lone-surrogate", "invalid-utf8", "odd-flag",
    "double-key", "ignored-field", "foreign-json", "empty-json", "null-items", "stale-read",
];
/// Faults of attributes that neither a group nor a member is asked for, and of saves.
const OF_OTHERS: [&str; 10] = [
    "lone-surrogate", "invalid-utf8", "odd-flag", "double-key=firstName", "double-key=lastName", "double-key=status",
    "double-key=isHidden", "ignored-field", "reverted-save", "other-type",
];
/// Faults of attributes that a group has not, and reads whose saves are none of groups.
const OF_MEMBERS: [&str; 4] = ["item-without-email", "double-key=email", "other-email", "stale-read"];

/// The tenant as it was before.
pub(super) struct GroupJob {
    members: Members,
    users: State,
}

impl GroupJob {
    pub(super) fn new() -> Self {
        let workspace = Workspace::with_tenant(settings());
        Self { members: members(workspace.sandbox()), users: state(workspace.sandbox()) }
    }
}

impl FaultyJob for GroupJob {
    fn moments(&self) -> Moments {
        MOMENTS
    }

    fn is_possible(&self, cell: &Cell) -> bool {
        match cell.call {
            CallKind::FeedList => {
                cell.command == Command::Sync && !cell.is_fault(&OF_OTHERS) && !cell.is_fault(&OF_MEMBERS)
            }
            CallKind::FeedMembers => !cell.is_fault(&OF_OTHERS),
            _ => !cell.is_fault(&OF_LISTS),
        }
    }

    fn workspace(&self) -> Workspace {
        let mut settings = settings();
        let TenantSource::Lines(lines) = &mut settings.tenant else { unreachable!() };
        for number in 0..MORE_GROUPS {
            write!(lines, "\n{{\"kind\":\"feed\",\"uid\":\"{}\",\"name\":\"Club {number}\"}}", 1_000 + number).unwrap();
        }
        let workspace = Workspace::with_tenant(settings);
        workspace.write_csv(CSV);
        workspace
    }

    fn options(&self) -> &'static [&'static str] {
        &["--groups", "exact", "--managed-group", "Sales", "--managed-group", "Team *", "--page-size", "1"]
    }

    fn further_faults(&self, _: &Cell) -> &'static [&'static str] {
        &[]
    }

    fn is_unseen(&self, cell: &Cell) -> bool {
        cell.is_fault(&UNSEEN) || (cell.call == CallKind::FeedMembers && cell.is_fault(&OTHER_MEMBERS))
    }

    fn assert_no_harm(&self, workspace: &Workspace, cell: &Cell) {
        let what = cell.to_string();
        assert_no_harm(&self.members, &members(workspace.sandbox()), &what);
        let users: Vec<String> = state(workspace.sandbox()).into_keys().collect();
        assert!(users.iter().all(|email| self.users.contains_key(email) || email == "eve@example.com"), "{what}");
        assert_journal_accounts_for_members(&workspace.journal(), &workspace.calls(CallKind::FeedSave), &what);
        assert_journals_account_for(&workspace.journal(), &workspace.saves());
    }

    fn assert_report_is_true(&self, report: &Value, workspace: &Workspace, what: &str) {
        assert_report_is_true(report, &members(workspace.sandbox()), what);
    }

    fn is_untouched(&self, workspace: &Workspace) -> bool {
        state(workspace.sandbox()) == self.users
    }

    fn open(&self, workspace: &Workspace) -> usize {
        let (now, wanted) = (members(workspace.sandbox()), wanted());
        let open = WRITABLE.iter().flat_map(|group| now[*group].symmetric_difference(&wanted[*group]));
        open.collect::<BTreeSet<_>>().len()
    }
}
