//! Decides what becomes of each row and each user (`docs/interface.md`, "What becomes of each user").
//!
//! A draft is a plan but for one question: who has the addresses that it would create or change to. No create rests on
//! one list alone, so [`Draft::addresses`] names them, the caller asks the tenant once more, and
//! [`Draft::finish`] makes the plan from the answer.

use super::action::{Action, Change, Changes, Reason, UserChange};
use super::diff::{difference, wanted_status};
use super::document::{LeftAlone, OnMissing, RemoteFacts};
use super::index::UserIndex;
use super::input::PlanInput;
use super::matching::{Matching, RowMatch};
use super::membership::{Membership, Memberships};
use super::scope::{Judgement, Scope};
use crate::model::{
    DesiredUser, FieldValue, ManagedField, Status, TenantUser, TenantUsers, Uid, comparison_key, full_name,
};

/// A plan but for who has the addresses that it would use.
#[derive(Debug)]
pub struct Draft<'a> {
    pub(super) input: PlanInput<'a>,
    pub(super) newcomers: Vec<DesiredUser<'a>>,
    pub(super) actions: Vec<Action>,
    pub(super) conflicts: Vec<LeftAlone>,
    pub(super) protected: Vec<LeftAlone>,
    pub(super) skipped: Vec<LeftAlone>,
    pub(super) unchanged: u64,
    pub(super) remote: RemoteFacts,
    pub(super) warnings: Vec<String>,
    pub(super) memberships: Vec<Membership>,
}

impl<'a> Draft<'a> {
    /// Compares what is wanted with what is there.
    pub fn new(input: PlanInput<'a>, users: &TenantUsers) -> Self {
        let desired = input.desired;
        let with_uids = desired.columns.uid || !desired.held.uids.is_empty() || input.groups.is_some();
        let index = UserIndex::new(users, with_uids);
        let matching = Matching::new(desired, users, &index, input.scope);
        let mut draft = Self {
            input,
            newcomers: Vec::new(),
            actions: Vec::new(),
            conflicts: Vec::new(),
            protected: Vec::new(),
            skipped: Vec::new(),
            unchanged: 0,
            remote: RemoteFacts::default(),
            warnings: Vec::new(),
            memberships: Vec::new(),
        };
        for (index, &row_match) in matching.rows.iter().enumerate() {
            draft.judge_row(index, row_match, users, &matching);
        }
        draft.judge_users(users, &matching);
        draft.judge_groups(users, &matching, &index);
        draft
    }

    /// Addresses that a create or a change of address would use, and that nobody in the list has.
    pub fn addresses(&self) -> Vec<&str> {
        let renames = self.actions.iter().filter_map(|action| action.fields().get(ManagedField::Email));
        let new_addresses = renames.map(|change| change.after.as_str());
        self.newcomers.iter().map(DesiredUser::email).chain(new_addresses).collect()
    }

    fn judge_row(&mut self, index: usize, row_match: RowMatch, users: &TenantUsers, matching: &Matching) {
        let row = |draft: &Self| draft.input.desired.users.get(index);
        match row_match {
            RowMatch::User { position, .. } if matching.is_claimed_twice(position) => {
                let reason = format!("another row refers to the same user ({})", users.email(position as usize));
                self.conflicts.push(row_left_alone(&row(self), reason));
            }
            RowMatch::User { is_equal: true, .. } => self.unchanged += 1,
            RowMatch::User { position, is_equal: false } => {
                self.judge_pair(&row(self), &users.get(position as usize));
            }
            RowMatch::Nobody => self.judge_newcomer(index),
            RowMatch::Conflict(reason) => self.conflicts.push(row_left_alone(&row(self), reason.to_string())),
        }
    }

    fn judge_newcomer(&mut self, index: usize) {
        let row = self.input.desired.users.get(index);
        if wanted_status(&row, self.input.desired.columns) == Some(Status::Disabled) {
            let reason = "is to be disabled, and no user in scope has this address".to_owned();
            self.skipped.push(row_left_alone(&row, reason));
        } else if self.input.scope.has_domain(row.email()) {
            self.newcomers.push(row);
        } else {
            self.conflicts.push(row_left_alone(&row, "its domain is not one of --email-domain".to_owned()));
        }
    }

    fn judge_pair(&mut self, row: &DesiredUser<'_>, user: &TenantUser<'_>) {
        let fields = difference(row, user, self.input.desired.columns);
        let new_address = fields.get(ManagedField::Email).map(|change| change.after.as_str());
        if let Judgement::Protected(protection) = self.input.scope.judge(user.email(), user.traits) {
            let reason = protection.to_string();
            self.protected.push(user_left_alone(user, Some(row.row), reason));
        } else if new_address.is_some_and(|address| !self.input.scope.has_domain(address)) {
            self.conflicts
                .push(row_left_alone(row, "the new address's domain is not one of --email-domain".to_owned()));
        } else {
            self.actions.push(edit(user, Some(row.row), Reason::Row, fields));
        }
    }

    fn judge_groups(&mut self, users: &TenantUsers, matching: &Matching, index: &UserIndex<'_>) {
        let Some(groups) = self.input.groups else { return };
        let mut memberships = Memberships::new(groups, users.len(), index);
        for (index, &row_match) in matching.rows.iter().enumerate() {
            let Some(cell) = self.input.desired.users.groups().of(index) else { continue };
            match row_match {
                RowMatch::User { position, is_equal } if !matching.is_claimed_twice(position) => {
                    if memberships.differs(cell, position as usize) {
                        let row = self.input.desired.users.get(index);
                        self.judge_groups_of(&row, cell, (position as usize, is_equal), users, &mut memberships);
                    }
                }
                RowMatch::Nobody => {
                    let row = self.input.desired.users.get(index);
                    memberships.add_newcomer(cell, row.row, row.email());
                }
                RowMatch::User { .. } | RowMatch::Conflict(_) => {}
            }
        }
        self.memberships = memberships.into_changes();
    }

    /// Only users who are enabled after the plan join and leave groups; a disabled one keeps its own.
    fn judge_groups_of(
        &mut self,
        row: &DesiredUser<'_>,
        cell: usize,
        (position, is_equal): (usize, bool),
        users: &TenantUsers,
        memberships: &mut Memberships<'_>,
    ) {
        let user = users.get(position);
        let status = wanted_status(row, self.input.desired.columns).map(FieldValue::Status);
        if status.unwrap_or_else(|| user.value(ManagedField::Status).into_owned())
            == FieldValue::Status(Status::Disabled)
        {
            return;
        }
        match self.input.scope.judge(user.email(), user.traits) {
            Judgement::Changeable => memberships.compare(cell, row.row, position, &user),
            Judgement::Protected(protection) if is_equal => {
                let reason = format!("its groups are others than its row wants, but it {protection}");
                self.protected.push(user_left_alone(&user, Some(row.row), reason));
            }
            Judgement::Protected(_) | Judgement::OutOfScope(_) => return,
        }
        self.unchanged -= u64::from(is_equal);
    }

    fn judge_users(&mut self, users: &TenantUsers, matching: &Matching) {
        self.remote = remote_facts(users, self.input.scope);
        let mut held_users: u64 = 0;
        for position in 0..users.len() {
            if !is_ours(users, position, self.input.scope) || !matching.is_absent(position) {
                continue;
            }
            let user = users.get(position);
            if !user.traits.is_readable {
                self.leave_unreadable(&user);
            } else if self.judges_absence() && is_enabled(users, position) {
                if self.input.desired.held.holds(&comparison_key(user.email()), user.uid) {
                    held_users += 1;
                } else {
                    self.judge_absent(&user);
                }
            }
        }
        self.warn_of_absence(held_users);
    }

    fn leave_unreadable(&mut self, user: &TenantUser<'_>) {
        let reason = format!("the tenant's answer about the user {} can't be read: it is left alone", user.uid);
        self.conflicts.push(user_left_alone(user, None, reason));
    }

    fn judge_absent(&mut self, user: &TenantUser<'_>) {
        if let Judgement::Protected(protection) = self.input.scope.judge(user.email(), user.traits) {
            let reason = format!("no row names it, but it {protection}");
            self.protected.push(user_left_alone(user, None, reason));
        } else if let Some(before) = user.values.status() {
            let change =
                Change { before: Some(FieldValue::Status(before)), after: FieldValue::Status(Status::Disabled) };
            let fields = Changes::from_iter([(ManagedField::Status, change)]);
            self.actions.push(edit(user, None, Reason::Absent, fields));
        } else {
            let reason = "no row names it, but the tenant does not say whether it is enabled".to_owned();
            self.conflicts.push(user_left_alone(user, None, reason));
        }
    }

    fn judges_absence(&self) -> bool {
        self.looks_at_absence() && self.input.desired.held.rows_without_identity.is_empty()
    }

    fn looks_at_absence(&self) -> bool {
        !self.input.policy.partial && self.input.policy.on_missing == OnMissing::Disable
    }

    fn warn_of_absence(&mut self, held_users: u64) {
        if let (true, [first, rest @ ..]) =
            (self.looks_at_absence(), self.input.desired.held.rows_without_identity.as_slice())
        {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            self.warnings.push(format!(
                "nobody is disabled for absence in this run: the address of an invalid row can't be told (line {first}{more})"
            ));
        }
        if held_users > 0 {
            self.warnings
                .push(format!("{held_users} absent users are left alone, since an invalid row may refer to them"));
        }
    }
}

/// What the tenant holds of the scope.
pub(super) fn remote_facts(users: &TenantUsers, scope: &Scope) -> RemoteFacts {
    let mut facts = RemoteFacts { listed: users.len() as u64, ..RemoteFacts::default() };
    for position in (0..users.len()).filter(|&position| is_ours(users, position, scope)) {
        facts.in_scope += 1;
        facts.enabled += u64::from(is_enabled(users, position));
    }
    facts
}

/// In scope, as far as that can be read: a user whose address can't be read is nobody else's.
fn is_ours(users: &TenantUsers, position: usize, scope: &Scope) -> bool {
    let (email, traits) = (users.email(position), users.traits(position));
    let is_unknown = !traits.is_readable && email.is_empty();
    is_unknown || scope.includes(email, traits)
}

/// Enabled as far as is known: a missing status means enabled in the API's schema.
fn is_enabled(users: &TenantUsers, position: usize) -> bool {
    users.traits(position).is_readable && users.packed(position, ManagedField::Status) != Status::Disabled.as_str()
}

fn edit(user: &TenantUser<'_>, row: Option<u64>, reason: Reason, fields: Changes) -> Action {
    let change = UserChange::Edit { uid: Uid::new(user.uid), fields };
    Action { email: user.email().into(), row, name: full_name(&user.values), reason, note: None, change }
}

pub(super) fn row_left_alone(row: &DesiredUser<'_>, reason: String) -> LeftAlone {
    LeftAlone { email: row.email().to_owned(), name: full_name(&row.values), row: Some(row.row), reason }
}

fn user_left_alone(user: &TenantUser<'_>, row: Option<u64>, reason: String) -> LeftAlone {
    LeftAlone { email: user.email().to_owned(), name: full_name(&user.values), row, reason }
}
