//! The plan that takes a run back: from what the run changed and what the tenant holds now.
//!
//! Every change is turned round, and nothing is decided by a row: there is no CSV. A user who is not as the run left it
//! is a conflict, so that an undo never takes away what somebody else did since.

use jiff::Timestamp;

use super::compare::index::UserIndex;
use super::draft::remote_facts;
use super::file::action::{Action, Change, Changes, Reason, UserChange};
use super::file::document::{LeftAlone, OnMissing, Plan, PolicyFacts};
use super::finish::{refuse_taken_addresses, sort, summary};
use super::guardrail::Limits;
use super::scope::{Judgement, Scope};
use super::undo_members::{GroupsNow, PastMember, TurnedRound, UndoneMembers};
use crate::model::{
    AddressOwners, FieldValue, ManagedField, SourceFacts, Status, Tenant, TenantUser, TenantUsers, Uid, is_same_address,
};

/// A change that a run made, or may have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastChange {
    /// As the run planned it.
    pub action: Action,
    /// The user's identifier; for a create the one that the tenant gave, where that is known.
    pub uid: Option<Uid>,
    /// Whether the run knows that the change was made. What is unclear is judged by the user as it is now.
    pub is_certain: bool,
}

/// What the plan of an undo is made from, beside the tenant's users.
#[derive(Debug, Clone)]
pub struct UndoInput<'a> {
    /// The run that is taken back.
    pub run_id: &'a str,
    /// What it changed, or may have changed.
    pub changes: &'a [PastChange],
    /// Whom it added to groups and removed from them, or may have.
    pub members: &'a [PastMember],
    /// Those groups as they are now.
    pub groups: &'a GroupsNow,
    /// Which tenant it was about.
    pub tenant: Tenant,
    /// Which users the job may change.
    pub scope: &'a Scope,
    /// The limits in force.
    pub limits: Limits,
    /// What a reader should know of the run.
    pub warnings: Vec<String>,
    /// When the plan is made.
    pub now: Timestamp,
}

/// A plan but for who has the addresses that users would get back.
#[derive(Debug)]
pub struct UndoDraft<'a> {
    input: UndoInput<'a>,
    plan: Plan,
    /// Accounts of the run that are to be disabled.
    created: u64,
    unchanged: u64,
    members: UndoneMembers,
}

/// How a user stands to a change of the run.
enum Standing {
    /// As the run left it.
    AsLeft,
    /// As it was before the run.
    AsBefore,
    /// Otherwise: the fields that differ, in words.
    Otherwise(String),
}

impl<'a> UndoDraft<'a> {
    /// Turns every change round that its user still shows.
    pub fn new(input: UndoInput<'a>, users: &TenantUsers) -> Self {
        let index = UserIndex::new(users, true);
        let plan = empty_plan(&input, users);
        let changes = input.changes;
        let mut draft = Self { input, plan, created: 0, unchanged: 0, members: UndoneMembers::new(&[]) };
        for change in changes {
            match find(change, &index) {
                Some(position) => draft.judge(change, &users.get(position), &index),
                None => draft.judge_missing(change),
            }
        }
        draft.members = UndoneMembers::new(&draft.plan.actions);
        for past in draft.input.members {
            draft.judge_member(past, users, &index);
        }
        draft
    }

    /// Addresses that users would get back, and that nobody in the list has.
    pub fn addresses(&self) -> Vec<&str> {
        let renames = self.plan.actions.iter().filter_map(|action| action.fields().get(ManagedField::Email));
        renames.map(|change| change.after.as_str()).collect()
    }

    /// Makes the plan.
    pub fn finish(mut self, owners: &AddressOwners) -> Result<Plan, serde_json::Error> {
        refuse_taken_addresses(&mut self.plan.actions, &mut self.plan.conflicts, owners);
        sort(&mut self.plan);
        let Self { input: UndoInput { limits, .. }, mut plan, .. } = self;
        plan.warnings.extend(warning_of_creates(self.created));
        plan.memberships = self.members.into_memberships(&plan.actions);
        let figures = plan.figures();
        plan.summary = summary(&figures, self.unchanged, &plan);
        plan.guardrails = limits.judge_changes(&figures);
        plan.guardrails.extend(limits.judge_leaves(&plan.memberships));
        plan.seal()?;
        Ok(plan)
    }

    fn judge_member(&mut self, past: &PastMember, users: &TenantUsers, index: &UserIndex<'_>) {
        let user = index.with_uid(past.uid.as_str()).map(|position| users.get(position));
        let Some(user) = user.filter(|user| user.traits.is_readable) else {
            let reason = "no user in scope has the uid any more".to_owned();
            let email = past.email.to_string();
            return self.plan.conflicts.push(LeftAlone { email, name: None, row: None, reason });
        };
        match self.members.judge(past, &user, self.input.groups, self.input.scope) {
            TurnedRound::Planned => {}
            TurnedRound::Unmade => self.unchanged += 1,
            TurnedRound::Protected(reason) => self.plan.protected.push(left_alone(&user, reason)),
            TurnedRound::Conflict(reason) => self.leave(&user, reason),
        }
    }

    fn judge_missing(&mut self, change: &PastChange) {
        let is_create = change.action.uid().is_none();
        if is_create && !change.is_certain {
            self.unchanged += 1;
            return;
        }
        let reason = "no user in scope has the uid any more".to_owned();
        let reason =
            if is_create { "the account that the run created is not in scope any more".to_owned() } else { reason };
        self.plan.conflicts.push(LeftAlone {
            email: change.action.email.to_string(),
            name: change.action.name.clone(),
            row: None,
            reason,
        });
    }

    fn judge(&mut self, change: &PastChange, user: &TenantUser<'_>, index: &UserIndex<'_>) {
        if !user.traits.is_readable {
            return self.leave(user, "the tenant's answer about this user can't be read".to_owned());
        }
        match (standing(&change.action, user), change.is_certain) {
            (Standing::AsLeft, _) => {}
            (Standing::AsBefore, false) => {
                self.unchanged += 1;
                return;
            }
            (Standing::AsBefore, true) => {
                return self.leave(user, "is not as the run left it, but already as it was before".to_owned());
            }
            (Standing::Otherwise(differing), _) => {
                return self.leave(user, format!("is not as the run left it: {differing}"));
            }
        }
        match self.input.scope.judge(user.email(), user.traits) {
            Judgement::Changeable => {}
            Judgement::Protected(protection) => {
                return self.plan.protected.push(left_alone(user, protection.to_string()));
            }
            Judgement::OutOfScope(border) => return self.leave(user, format!("is out of scope: {border}")),
        }
        match self.turned_round(change, user, index) {
            Ok(action) => {
                self.created += u64::from(change.action.uid().is_none());
                self.plan.actions.push(action);
            }
            Err(reason) => self.leave(user, reason),
        }
    }

    fn leave(&mut self, user: &TenantUser<'_>, reason: String) {
        self.plan.conflicts.push(left_alone(user, reason));
    }

    fn turned_round(
        &self,
        change: &PastChange,
        user: &TenantUser<'_>,
        index: &UserIndex<'_>,
    ) -> Result<Action, String> {
        let fields = match &change.action.change {
            UserChange::Create { .. } => {
                let before = Some(user.value(ManagedField::Status).into_owned());
                let after = FieldValue::Status(Status::Disabled);
                Changes::from_iter([(ManagedField::Status, Change { before, after })])
            }
            UserChange::Edit { fields, .. } => fields
                .iter()
                .map(|(field, change)| {
                    let after =
                        change.before.clone().ok_or_else(|| format!("the run's plan has no earlier {field}"))?;
                    Ok((field, Change { before: Some(user.value(field).into_owned()), after }))
                })
                .collect::<Result<_, String>>()?,
        };
        if let Some(address) = fields.get(ManagedField::Email).map(|change| change.after.as_str()) {
            if !self.input.scope.has_domain(address) {
                return Err("the domain of its earlier address is not one of --email-domain".to_owned());
            }
            if index.with_address(address).next().is_some() {
                return Err(format!("another user has its earlier address ({address})"));
            }
        }
        Ok(Action {
            email: user.email().into(),
            row: None,
            name: user.full_name(),
            reason: Reason::Undo,
            note: None,
            change: UserChange::Edit { uid: Uid::new(user.uid), fields },
        })
    }
}

/// Undoes nothing yet. There is no CSV, and nobody is absent.
fn empty_plan(input: &UndoInput<'_>, users: &TenantUsers) -> Plan {
    let count = (input.changes.len() + input.members.len()) as u64;
    let path = format!("run {}", input.run_id);
    let source = SourceFacts { path, rows: count, valid_rows: count, ..SourceFacts::default() };
    let policy = PolicyFacts { partial: true, on_missing: OnMissing::Keep, ..PolicyFacts::default() };
    Plan {
        remote: remote_facts(users, input.scope),
        warnings: input.warnings.clone(),
        undoes: Some(input.run_id.to_owned()),
        ..Plan::new(input.now, input.tenant.clone(), source, policy)
    }
}

/// The user by its identifier; one that an unclear create may have made, by its address.
fn find(change: &PastChange, index: &UserIndex<'_>) -> Option<usize> {
    match &change.uid {
        Some(uid) => index.with_uid(uid.as_str()),
        None => index.with_address(&change.action.email).next(),
    }
}

fn standing(action: &Action, user: &TenantUser<'_>) -> Standing {
    let differing = |wanted: &dyn Fn(&Change) -> Option<FieldValue<'static>>| -> Vec<String> {
        let fields = action
            .fields()
            .iter()
            .filter(|(field, change)| wanted(change).is_none_or(|wanted| !field.is_same(&user.value(*field), &wanted)));
        fields.map(|(field, _)| format!("{field} is now \"{}\"", user.value(field).as_str())).collect()
    };
    let mut from_left = differing(&|change| Some(change.after.clone()));
    let is_disabled = user.value(ManagedField::Status) == FieldValue::Status(Status::Disabled);
    if action.uid().is_none() && action.fields().get(ManagedField::Status).is_none() && is_disabled {
        from_left.push("status is now \"disabled\"".to_owned());
    }
    let is_moved = action.fields().get(ManagedField::Email).is_none() && !is_same_address(user.email(), &action.email);
    if is_moved {
        from_left.push(format!("email is now \"{}\"", user.email()));
    }
    if from_left.is_empty() {
        Standing::AsLeft
    } else if action.uid().is_some() && !is_moved && differing(&|change| change.before.clone()).is_empty() {
        Standing::AsBefore
    } else {
        Standing::Otherwise(from_left.join(", "))
    }
}

fn left_alone(user: &TenantUser<'_>, reason: String) -> LeftAlone {
    LeftAlone { email: user.email().to_owned(), name: user.full_name(), row: None, reason }
}

fn warning_of_creates(count: u64) -> Option<String> {
    match count {
        0 => None,
        1 => Some("the account that the run created is disabled and stays: no account is ever deleted".to_owned()),
        _ => Some(format!("{count} accounts that the run created are disabled and stay: no account is ever deleted")),
    }
}
