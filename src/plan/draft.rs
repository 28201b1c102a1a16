//! Decides what becomes of each row and each user: the contract's table "What becomes of each user", in its order.
//!
//! A draft is a plan but for one question: whether an address that nobody in the list has belongs to somebody out
//! of scope. [`Draft::addresses_to_check`] says which addresses, the caller asks the tenant, and
//! [`Draft::finish`](super::finish) makes the plan.

use super::action::{Action, ActionKind, Change, Changes, Reason};
use super::diff::{Difference, creation, difference, wanted_status};
use super::document::{LeftAlone, OnMissing, PolicyFacts, RemoteFacts};
use super::index::UserIndex;
use super::matching::{ConflictReason, Matching, Meaning};
use super::scope::Scope;
use crate::model::{
    DesiredUser, DesiredUsers, Held, ManagedColumns, Status, TenantStatus, TenantUser, TenantUsers, Uid,
    comparison_key, is_same_address,
};

/// What the CSV says, as the loader hands it over.
#[derive(Debug, Clone, Copy)]
pub struct Desired<'a> {
    /// The valid rows.
    pub users: &'a DesiredUsers,
    /// The columns that there are.
    pub managed: ManagedColumns,
    /// What the invalid rows still tell.
    pub held: &'a Held,
}

/// A plan but for the addresses that may belong to somebody out of scope.
#[derive(Debug, Default)]
pub struct Draft<'a> {
    pub(super) newcomers: Vec<DesiredUser<'a>>,
    pub(super) actions: Vec<Action>,
    pub(super) conflicts: Vec<LeftAlone>,
    pub(super) protected: Vec<LeftAlone>,
    pub(super) skipped: Vec<LeftAlone>,
    pub(super) unchanged: u64,
    pub(super) remote: RemoteFacts,
    pub(super) warnings: Vec<String>,
}

impl<'a> Draft<'a> {
    /// Compares what is wanted with what is there.
    pub fn new(desired: Desired<'a>, tenant: &TenantUsers, scope: &Scope, policy: PolicyFacts) -> Self {
        let with_uids = desired.managed.uid || !desired.held.uids.is_empty();
        let index = UserIndex::new(tenant, with_uids);
        let matching = Matching::new(desired, tenant, &index, scope);
        let mut draft = Self::default();
        for (index, &meaning) in matching.meanings.iter().enumerate() {
            // Nearly all rows: their texts need not be looked at again.
            if matching.is_settled(meaning) {
                draft.unchanged += 1;
            } else {
                draft.take_row(desired.users.get(index), meaning, desired, tenant, &matching, scope);
            }
        }
        draft.take_users(desired.held, tenant, &matching, scope, policy);
        draft
    }

    /// Addresses that nobody in the list has and that a create or a change of address would use.
    pub fn addresses_to_check(&self) -> impl Iterator<Item = &str> {
        let renames = self.actions.iter().filter_map(|action| action.changes.email.as_ref());
        self.newcomers.iter().map(|row| row.email).chain(renames.map(|change| &*change.after))
    }

    fn take_row(
        &mut self,
        row: DesiredUser<'a>,
        meaning: Meaning,
        desired: Desired<'_>,
        tenant: &TenantUsers,
        matching: &Matching,
        scope: &Scope,
    ) {
        match meaning {
            Meaning::Conflict(reason) => self.conflicts.push(row_left_alone(&row, reason.to_string())),
            Meaning::Nobody => self.take_newcomer(row, desired.managed, scope),
            Meaning::User { position, .. } if matching.claims[position as usize] > 1 => {
                let reason = format!("another row means the same user ({})", tenant.email(position as usize));
                self.conflicts.push(row_left_alone(&row, reason));
            }
            Meaning::User { position, .. } => {
                self.take_pair(&row, &tenant.get(position as usize), desired.managed, scope);
            }
        }
    }

    fn take_newcomer(&mut self, row: DesiredUser<'a>, managed: ManagedColumns, scope: &Scope) {
        if wanted_status(&row, managed) == Some(Status::Disabled) {
            let reason = "is to be disabled, and no user in scope has this address".to_owned();
            self.skipped.push(row_left_alone(&row, reason));
        } else if scope.has_domain(&comparison_key(row.email)) {
            self.newcomers.push(row);
        } else {
            self.conflicts.push(row_left_alone(&row, "its domain is not one of --email-domain".to_owned()));
        }
    }

    fn take_pair(&mut self, row: &DesiredUser<'_>, user: &TenantUser<'_>, managed: ManagedColumns, scope: &Scope) {
        let (kind, changes) = match difference(row, user, managed) {
            Difference::None => {
                self.unchanged += 1;
                return;
            }
            Difference::Unreadable => {
                let reason = "the tenant's answer about this user can't be read: an undocumented status, or a name that is no text".to_owned();
                self.conflicts.push(row_left_alone(row, reason));
                return;
            }
            Difference::Some(kind, changes) => (kind, changes),
        };
        if let Some(protection) = scope.protection(user) {
            let reason = protection.to_string();
            self.protected.push(user_left_alone(user, Some(row.row), reason));
        } else if !is_same_address(row.email, user.email) && !scope.has_domain(&comparison_key(row.email)) {
            self.conflicts
                .push(row_left_alone(row, "the new address's domain is not one of --email-domain".to_owned()));
        } else {
            self.actions.push(Action {
                kind,
                email: user.email.into(),
                uid: Some(Uid::new(user.uid)),
                row: Some(row.row),
                name: full_name(user.first_name, user.last_name),
                reason: Reason::Row,
                changes: *changes,
                needs_password: false,
                note: None,
            });
        }
    }

    fn take_users(
        &mut self,
        held: &Held,
        tenant: &TenantUsers,
        matching: &Matching,
        scope: &Scope,
        policy: PolicyFacts,
    ) {
        self.remote.listed = tenant.len() as u64;
        let judges_absence = judges_absence(held, policy);
        let mut held_users: u64 = 0;
        for (position, user) in tenant.iter().enumerate() {
            if !scope.includes(&user) {
                continue;
            }
            self.remote.in_scope += 1;
            if user.status != TenantStatus::Enabled {
                continue;
            }
            self.remote.enabled += 1;
            if judges_absence && matching.is_absent(position) {
                if held.holds(&comparison_key(user.email), user.uid) {
                    held_users += 1;
                } else {
                    self.take_absent(&user, scope);
                }
            }
        }
        self.warn_of_absence(held, policy, held_users);
    }

    fn take_absent(&mut self, user: &TenantUser<'_>, scope: &Scope) {
        if let Some(protection) = scope.protection(user) {
            let reason = format!("no row names it, but it {protection}");
            self.protected.push(user_left_alone(user, None, reason));
            return;
        }
        let status = Some(Change { before: user.status.known(), after: Status::Disabled });
        self.actions.push(Action {
            kind: ActionKind::Disable,
            email: user.email.into(),
            uid: Some(Uid::new(user.uid)),
            row: None,
            name: full_name(user.first_name, user.last_name),
            reason: Reason::Absent,
            changes: Changes { status, ..Changes::default() },
            needs_password: false,
            note: None,
        });
    }

    fn warn_of_absence(&mut self, held: &Held, policy: PolicyFacts, held_users: u64) {
        let looks_at_absence = !policy.partial && policy.on_missing == OnMissing::Disable;
        if let (true, [first, rest @ ..]) = (looks_at_absence, held.untold_rows.as_slice()) {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            self.warnings.push(format!(
                "nobody is disabled for absence in this run: the address of an invalid row can't be told (line {first}{more})"
            ));
        }
        if held_users > 0 {
            self.warnings.push(format!("{held_users} absent users are left alone, since an invalid row means them"));
        }
    }
}

fn judges_absence(held: &Held, policy: PolicyFacts) -> bool {
    !policy.partial && policy.on_missing == OnMissing::Disable && held.untold_rows.is_empty()
}

pub(super) fn row_left_alone(row: &DesiredUser<'_>, reason: String) -> LeftAlone {
    let name = full_name(row.first_name, row.last_name);
    LeftAlone { email: row.email.to_owned(), name, row: Some(row.row), reason }
}

fn user_left_alone(user: &TenantUser<'_>, row: Option<u64>, reason: String) -> LeftAlone {
    LeftAlone { email: user.email.to_owned(), name: full_name(user.first_name, user.last_name), row, reason }
}

impl std::fmt::Display for ConflictReason {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::UidUnknown => "no user in scope has this uid",
            Self::AddressTaken => "the uid's user has another address, and this address is another user's",
            Self::AddressShared => "two users of the tenant share this address",
            Self::OutOfScope => "the address belongs to a user out of scope (account type or e-mail domain)",
        })
    }
}

/// The row's changes as an action, once its address is known to be free.
pub(super) fn create_action(row: &DesiredUser<'_>, needs_password: bool) -> Action {
    Action {
        kind: ActionKind::Create,
        email: row.email.into(),
        uid: None,
        row: Some(row.row),
        name: full_name(row.first_name, row.last_name),
        reason: Reason::Row,
        changes: creation(row),
        needs_password,
        note: None,
    }
}

fn full_name(first: &str, last: &str) -> Option<Box<str>> {
    match (first.trim(), last.trim()) {
        ("", "") => None,
        (name, "") | ("", name) => Some(name.into()),
        (first, last) => Some(format!("{first} {last}").into()),
    }
}
