//! Decides what becomes of each row and each user (`docs/interface.md`, "What becomes of each user").
//!
//! A draft is a plan but for one question: who has the addresses that it would create or change to. No create rests on
//! one list alone, so [`Draft::addresses`] names them, the caller asks the tenant once more, and
//! [`Draft::finish`] makes the plan from the answer.

use std::collections::BTreeMap;

use super::compare::diff::{difference, status_in_the_end, wanted_status};
use super::compare::doubts::{Doubtful, is_misread};
use super::compare::held::HeldUsers;
use super::compare::index::UserIndex;
use super::compare::lookalikes::{self, Look, Looks};
use super::compare::matching::{ConflictReason, Matching, RowMatch};
use super::file::action::{Action, Change, Changes, Reason, UserChange};
use super::file::document::{LeftAlone, OnLookalike, OnMissing, Plan, RemoteFacts};
use super::file::membership::Memberships;
use super::input::PlanInput;
use super::scope::{Judgement, Scope};
use crate::model::{
    Attention, Desired, DesiredUser, Doubt, FieldValue, ManagedField, Status, TenantUser, TenantUsers, Uid,
    check_address, counted, full_name,
};

/// A plan but for who has the addresses that it would use.
#[derive(Debug)]
pub struct Draft<'a> {
    pub(super) input: PlanInput<'a>,
    /// What is decided so far.
    pub(super) plan: Plan,
    pub(super) newcomers: Vec<Newcomer<'a>>,
    /// Lines of invalid rows whose user is not known.
    pub(super) unidentified: Vec<u64>,
    pub(super) unchanged: u64,
    /// Lines of rows that want users disabled who are not to be found.
    pub(super) lost_leavers: Vec<u64>,
}

/// A row that no listed user has.
#[derive(Debug)]
pub(super) struct Newcomer<'a> {
    pub(super) row: DesiredUser<'a>,
    /// Then it is no create: the address is somebody's beyond the list, or the row is invalid.
    pub(super) doubt: Option<Doubt>,
    /// Then it is no create either, but may be somebody whom the list shows under another address.
    refusal: Option<Refusal>,
}

/// Why nobody is created for a row, and where that is told.
#[derive(Debug)]
enum Refusal {
    Skipped(String),
    Conflict(String),
}

/// The tenant's users, and what the rows say about them.
struct UsersFound<'b> {
    users: &'b TenantUsers,
    index: UserIndex<'b>,
    matching: Matching,
    held: HeldUsers,
    /// Users that look like a new address, which is held for it.
    alike: BTreeMap<usize, String>,
}

impl<'a> Draft<'a> {
    /// Compares what is wanted with what is there.
    pub fn new(input: PlanInput<'a>, users: &TenantUsers) -> Self {
        let desired = input.desired;
        let with_uids =
            desired.columns.uid || desired.held.0.iter().any(|row| !row.uids.is_empty()) || input.groups.is_some();
        let index = UserIndex::new(users, with_uids);
        let matching = Matching::new(desired, users, &index, input.scope);
        let held = HeldUsers::new(desired.held, &index);
        let doubtful = Doubtful::new(desired);
        let plan = Plan {
            attention: desired.attention.to_vec(),
            ..Plan::new(input.now, input.tenant.clone(), desired.facts.clone(), input.policy)
        };
        let mut draft = Self {
            input,
            plan,
            newcomers: Vec::new(),
            unidentified: Vec::new(),
            unchanged: 0,
            lost_leavers: Vec::new(),
        };
        for (row, &row_match) in matching.rows.iter().enumerate() {
            match doubtful.doubt_of(row, row_match, users, &index) {
                Some(doubt) => draft.judge_doubtful(row, row_match, doubt),
                None => draft.judge_row(row, row_match, users, (&matching, &index)),
            }
        }
        let alike = draft.hold_lookalikes(users, &matching);
        draft.refuse_newcomers();
        draft.judge_groups(users, &matching, &index);
        draft.judge_users(&UsersFound { users, index, matching, held, alike });
        draft.note_scope_without_match(users);
        draft
    }

    /// Addresses that a create or a change of address would use, and that nobody in the list has.
    pub fn addresses(&self) -> Vec<&str> {
        let renames = self.plan.actions.iter().filter_map(|action| action.fields().get(ManagedField::Email));
        let new_addresses = renames.map(|change| change.after.as_str());
        self.newcomers.iter().map(|newcomer| newcomer.row.email()).chain(new_addresses).collect()
    }

    /// The row of a listed user is invalid; whether another one is, the addresses beyond the list will tell.
    fn judge_doubtful(&mut self, index: usize, row_match: RowMatch, doubt: Doubt) {
        let row = self.input.desired.users.get(index);
        match row_match {
            RowMatch::User { .. } => {
                self.plan
                    .invalid
                    .push(row_left_alone(&row, format!("{}; its user has another value", doubt.sentence(&row))));
            }
            RowMatch::Nobody | RowMatch::Conflict(_) => {
                self.newcomers.push(Newcomer { row, doubt: Some(doubt), refusal: None });
            }
        }
    }

    fn judge_row(
        &mut self,
        index: usize,
        row_match: RowMatch,
        users: &TenantUsers,
        (matching, users_index): (&Matching, &UserIndex<'_>),
    ) {
        let row = |draft: &Self| draft.input.desired.users.get(index);
        match row_match {
            RowMatch::User { position, .. } if matching.is_claimed_twice(position) => {
                let reason = format!("another row refers to the same user ({})", users.email(position as usize));
                self.plan.conflicts.push(row_left_alone(&row(self), reason));
            }
            RowMatch::User { position, .. } if self.waits_for_its_first_day(index, users, position) => {
                let row = row(self);
                self.plan.skipped.push(row_left_alone(&row, first_day_to_come(&row)));
            }
            RowMatch::User { is_equal: true, .. } => self.unchanged += 1,
            RowMatch::User { position, is_equal: false } => {
                self.judge_pair(&row(self), &users.get(position as usize));
            }
            RowMatch::Nobody => self.judge_newcomer(index),
            RowMatch::Conflict(reason) => {
                let row = row(self);
                let wants_access = wanted_status(&row, self.input.desired.columns) != Some(Status::Disabled);
                let is_nobodys = || users_index.with_address(row.email()).next().is_none();
                if reason == ConflictReason::UidUnknown && wants_access && is_nobodys() {
                    let refusal = Some(Refusal::Conflict(reason.to_string()));
                    self.newcomers.push(Newcomer { row, doubt: None, refusal });
                } else {
                    self.plan.conflicts.push(row_left_alone(&row, reason.to_string()));
                }
            }
        }
    }

    /// Whether the row will enable its user, on a day that is still to come.
    fn waits_for_its_first_day(&self, index: usize, users: &TenantUsers, position: u32) -> bool {
        let Desired { users: rows, columns, .. } = self.input.desired;
        rows.not_before(index).is_some()
            && status_in_the_end(&rows.get(index), columns) == Some(Status::Enabled)
            && users.get(position as usize).values.status() == Some(Status::Disabled)
    }

    fn judge_newcomer(&mut self, index: usize) {
        let row = self.input.desired.users.get(index);
        if wanted_status(&row, self.input.desired.columns) == Some(Status::Disabled) {
            let reason = "is to be disabled, and no user in scope has this address".to_owned();
            self.lost_leavers.push(row.row);
            self.plan.skipped.push(row_left_alone(&row, reason));
        } else {
            let refusal = if row.not_before.is_some() {
                Some(Refusal::Skipped(first_day_to_come(&row)))
            } else if self.input.scope.has_domain(row.email()) {
                None
            } else {
                Some(Refusal::Conflict("its domain is not one of --email-domain".to_owned()))
            };
            self.newcomers.push(Newcomer { row, doubt: None, refusal });
        }
    }

    fn judge_pair(&mut self, row: &DesiredUser<'_>, user: &TenantUser<'_>) {
        let fields = difference(row, user, self.input.desired.columns);
        let new_address = fields.get(ManagedField::Email).map(|change| change.after.as_str());
        if let Judgement::Protected(protection) = self.input.scope.judge(user.email(), user.traits) {
            let reason = protection.to_string();
            self.plan.protected.push(user_left_alone(user, Some(row.row), reason));
        } else if new_address.is_some_and(|address| !self.input.scope.has_domain(address)) {
            self.plan
                .conflicts
                .push(row_left_alone(row, "the new address's domain is not one of --email-domain".to_owned()));
        } else if let Some(reason) = self.misread(&fields) {
            self.plan.invalid.push(row_left_alone(row, reason));
        } else {
            self.plan.actions.push(edit(user, Some(row.row), Reason::Row, fields));
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
        self.plan.memberships = memberships.into_changes();
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
                self.plan.protected.push(user_left_alone(&user, Some(row.row), reason));
            }
            Judgement::Protected(_) | Judgement::OutOfScope(_) => return,
        }
        self.unchanged -= u64::from(is_equal);
    }

    /// Why a change of names is hardly one: the encoding was assumed, and the letters differ that it decides on.
    fn misread(&self, fields: &Changes) -> Option<String> {
        let (field, change) = fields.iter().find(|(_, change)| is_misread(change))?;
        self.input.desired.facts.encoding_assumed.then(|| {
            format!(
                "{field} `{}` and the user's `{}` differ only in letters that depend on the encoding, which was assumed: \
                 say --encoding",
                change.after.as_str(),
                change.before.as_ref().map_or("", FieldValue::as_str)
            )
        })
    }

    /// Leaves the rows alone for which nobody is created, once it is known that they look like nobody's.
    fn refuse_newcomers(&mut self) {
        for Newcomer { row, refusal, .. } in self.newcomers.extract_if(.., |newcomer| newcomer.refusal.is_some()) {
            match refusal {
                Some(Refusal::Skipped(reason)) => self.plan.skipped.push(row_left_alone(&row, reason)),
                Some(Refusal::Conflict(reason)) => self.plan.conflicts.push(row_left_alone(&row, reason)),
                None => {}
            }
        }
    }

    /// Makes conflicts of newcomers that look like users without a row, and returns the positions of these users with the
    /// address that looks the same.
    fn hold_lookalikes(&mut self, users: &TenantUsers, matching: &Matching) -> BTreeMap<usize, String> {
        if self.input.policy.on_lookalike == OnLookalike::Act || self.newcomers.is_empty() {
            return BTreeMap::new();
        }
        let without_row: Vec<usize> = (0..users.len())
            .filter(|&position| matching.is_absent(position) && is_ours(users, position, self.input.scope))
            .collect();
        let newcomers: Vec<usize> =
            (0..self.newcomers.len()).filter(|&position| self.newcomers[position].doubt.is_none()).collect();
        let names = [ManagedField::FirstName, ManagedField::LastName];
        let newcomer_at = |position: usize| {
            let row = &self.newcomers[newcomers[position]].row;
            Look { email: row.email(), names: names.map(|field| row.values.text(field)) }
        };
        let user_at = |position: usize| {
            let user = without_row[position];
            Look { email: users.email(user), names: names.map(|field| users.packed(user, field)) }
        };
        let pairs = lookalikes::pairs(
            Looks { count: newcomers.len(), at: &newcomer_at },
            Looks { count: without_row.len(), at: &user_at },
        );
        let mut held_newcomers = BTreeMap::new();
        let mut held_users = BTreeMap::new();
        for (newcomer, user) in pairs {
            let (newcomer, user) = (newcomers[newcomer], without_row[user]);
            held_newcomers.entry(newcomer).or_insert(user);
            held_users.entry(user).or_insert_with(|| self.newcomers[newcomer].row.email().to_owned());
        }
        let mut position = 0;
        self.newcomers.retain(|newcomer| {
            let user = held_newcomers.get(&position);
            position += 1;
            let Some(&user) = user else { return true };
            let reason = format!(
                "looks like {}, a user without a row: it is not created; --on-lookalike act takes them for two people",
                users.email(user)
            );
            self.plan.conflicts.push(row_left_alone(&newcomer.row, reason));
            false
        });
        held_users
    }

    fn judge_users(&mut self, found: &UsersFound<'_>) {
        let users = found.users;
        self.plan.remote = remote_facts(users, self.input.scope);
        let mut held_users: u64 = 0;
        for position in 0..users.len() {
            if !is_ours(users, position, self.input.scope) || !found.matching.is_absent(position) {
                continue;
            }
            let user = users.get(position);
            if !user.traits.is_readable {
                self.leave_unreadable(&user);
            } else if let Some(address) = found.alike.get(&position) {
                let reason =
                    format!("no row names it, but {address}, which would be new, looks the same: it is left as it is");
                self.plan.conflicts.push(user_left_alone(&user, None, reason));
                self.go_on_waiting(&user);
            } else if self.judges_absence() && is_enabled(users, position) {
                if found.held.holds(position) {
                    held_users += 1;
                    self.go_on_waiting(&user);
                } else {
                    self.judge_absent(&user, found);
                }
            }
        }
        if held_users > 0 {
            let users = counted(held_users, "absent user is", "absent users are");
            self.plan.warnings.push(format!("{users} left alone, since an invalid row names them"));
        }
        self.unidentified.clone_from(&found.held.unidentified);
        if let (true, Some(problem)) = (self.judges_absence(), self.input.grace.problem()) {
            self.plan.warnings.push(format!("nobody is disabled for absence in this run: {problem}"));
        }
    }

    /// A pattern or a domain that is misspelt protects or selects nobody.
    fn note_scope_without_match(&mut self, users: &TenantUsers) {
        let rows = self.input.desired.users;
        let addresses =
            || (0..users.len()).map(|index| users.email(index)).chain((0..rows.len()).map(|index| rows.email(index)));
        let idle = self.input.scope.without_match(addresses);
        self.plan.attention.extend(idle.into_iter().map(|(option, value)| Attention::MatchesNobody { option, value }));
    }

    fn leave_unreadable(&mut self, user: &TenantUser<'_>) {
        let whom = if user.uid.is_empty() { "a user".to_owned() } else { format!("the user {}", user.uid) };
        let reason = format!("the tenant's answer about {whom} can't be read: it is left alone");
        self.plan.conflicts.push(user_left_alone(user, None, reason));
    }

    fn judge_absent(&mut self, user: &TenantUser<'_>, found: &UsersFound<'_>) {
        if let Some(reason) = found.why_no_row_can_name(user.email()) {
            self.plan.conflicts.push(user_left_alone(user, None, format!("no row can name it: {reason}")));
        } else if let Judgement::Protected(protection) = self.input.scope.judge(user.email(), user.traits) {
            let reason = format!("no row names it, but it {protection}");
            self.plan.protected.push(user_left_alone(user, None, reason));
        } else if let Some(before) = user.values.status() {
            if let Some(waiting) = self.input.grace.wait(user, self.input.now) {
                self.plan.waiting.push(waiting);
                return;
            }
            let change =
                Change { before: Some(FieldValue::Status(before)), after: FieldValue::Status(Status::Disabled) };
            let fields = Changes::from_iter([(ManagedField::Status, change)]);
            self.plan.actions.push(edit(user, None, Reason::Absent, fields));
        } else {
            let reason = "no row names it, but the tenant does not say whether it is enabled".to_owned();
            self.plan.conflicts.push(user_left_alone(user, None, reason));
        }
    }

    fn judges_absence(&self) -> bool {
        !self.input.policy.partial && self.input.policy.on_missing == OnMissing::Disable
    }

    /// Takes back every disable for absence where an invalid row does not tell whose it is.
    pub(super) fn spare_absent_users(&mut self) {
        let [first, rest @ ..] = self.unidentified.as_slice() else { return };
        if !self.judges_absence() {
            return;
        }
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        self.plan.warnings.push(format!(
            "nobody is disabled for absence in this run: the user of an invalid row can't be told (line {first}{more})"
        ));
        let grace = self.input.grace;
        self.plan.waiting.retain(|waiting| grace.has_begun(&waiting.uid));
        for action in self.plan.actions.extract_if(.., |action| action.reason == Reason::Absent) {
            let whose = (&*action.email, action.name.clone());
            self.plan.waiting.extend(action.uid().and_then(|uid| grace.wait_in_doubt(whose, uid)));
        }
    }

    /// Whether a user has a row is not known: that ends no wait and begins none.
    fn go_on_waiting(&mut self, user: &TenantUser<'_>) {
        if self.judges_absence() && user.values.status() != Some(Status::Disabled) {
            let whose = (user.email(), user.full_name());
            self.plan.waiting.extend(self.input.grace.wait_in_doubt(whose, &Uid::new(user.uid)));
        }
    }
}

impl UsersFound<'_> {
    /// A user that no row can name is not absent for having none.
    fn why_no_row_can_name(&self, email: &str) -> Option<&'static str> {
        if check_address(email).is_err() {
            Some("its address is none that a row may have")
        } else {
            self.index.with_address(email).nth(1).map(|_| "another user has the same address")
        }
    }
}

fn first_day_to_come(row: &DesiredUser<'_>) -> String {
    let day = row.not_before.map(|day| day.to_string()).unwrap_or_default();
    format!("begins on {day}: nobody is created or enabled before")
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
