//! From a draft and the owners of its addresses to the plan: creates, order, notes, figures, guardrails, checksum.

use super::address_changes;
use super::compare::diff::creation;
use super::draft::{Draft, Newcomer, row_left_alone};
use super::file::action::{Action, Reason, UserChange};
use super::file::document::{LeftAlone, Plan, PlanSummary, Waiting};
use super::file::membership;
use super::guardrail::{Figures, Guardrail};
use super::input::{LastColumns, PlanInput};
use crate::model::{
    AccountType, AddressOwners, Attention, DesiredUser, Doubt, LastGood, ManagedField, SourceFacts, full_name,
};

impl Draft<'_> {
    /// Makes the plan.
    pub fn finish(mut self, owners: &AddressOwners) -> Result<Plan, serde_json::Error> {
        refuse_taken_addresses(&mut self.plan.actions, &mut self.plan.conflicts, owners);
        self.create_newcomers(owners);
        self.spare_absent_users();
        sort(&mut self.plan);
        self.plan.waiting.sort_by(|left, right| when_due(left).cmp(&when_due(right)));
        membership::settle(
            &mut self.plan.memberships,
            &self.plan.actions,
            [&self.plan.conflicts, &self.plan.invalid, &self.plan.skipped],
        );
        let mut warnings = self.input.desired.warnings.to_vec();
        warnings.extend(self.input.groups.iter().flat_map(|groups| groups.resolved.remarks()));
        warnings.append(&mut self.plan.warnings);
        warnings.append(&mut address_changes::note_likely_ones(&mut self.plan.actions, &self.plan.waiting));
        let columns_gone = self.note_columns();
        self.note_lost_leavers();
        let known = self.input.desired.attention.len();
        warnings.extend(self.plan.attention[known..].iter().map(ToString::to_string));
        let Draft { input: PlanInput { policy, limits, last_good, .. }, mut plan, unchanged, .. } = self;
        plan.source.valid_rows -= plan.invalid.len() as u64;
        plan.source.invalid_rows += plan.invalid.len() as u64;
        let unjudged = match last_good {
            Some(LastGood { in_scope: Some(_), .. }) => None,
            None if !policy.partial => Some("max_shrink and max_remote_shrink were"),
            None | Some(_) => Some("max_remote_shrink was"),
        };
        warnings.extend(
            unjudged.map(|which| format!("{which} not judged, since no good run of this tenant and scope is known")),
        );
        plan.warnings = warnings;
        plan.last_changes = last_good.filter(|_| !policy.partial).and_then(|run| run.changes);
        let figures = plan.figures();
        plan.summary = summary(&figures, unchanged, &plan);
        plan.guardrails = limits.judge(&figures, last_good.as_ref(), policy.partial);
        plan.guardrails.extend(limits.judge_leaves(&plan.memberships));
        plan.guardrails.extend(columns_gone.map(|gone| Guardrail::column_change(gone, limits.allow_column_change)));
        plan.seal()?;
        Ok(plan)
    }

    /// Compares the columns with those of the last good run; hands back how many managed ones are gone.
    fn note_columns(&mut self) -> Option<u64> {
        let SourceFacts { columns, ignored_columns, .. } = self.input.desired.facts;
        let LastColumns { full, same_kind } = self.input.last_columns.clone().unwrap_or_default();
        let is_new = |header: &&String| same_kind.as_ref().is_none_or(|last| !last.ignored_columns.contains(header));
        let new: Vec<String> = ignored_columns.iter().filter(is_new).cloned().collect();
        if !new.is_empty() {
            self.plan.attention.push(Attention::ColumnsNewlyIgnored { columns: new });
        }
        let gone = full?.lacking(columns, self.input.policy.partial)?;
        let count = gone.len() as u64;
        if count > 0 {
            self.plan.attention.push(Attention::ColumnsGone { columns: gone });
        }
        Some(count)
    }

    fn note_lost_leavers(&mut self) {
        if let Some(&row) = self.lost_leavers.iter().min() {
            let count = self.lost_leavers.len() as u64;
            self.plan.attention.push(Attention::LeaversNotFound { count, row });
        }
    }

    /// Turns newcomers into creates, conflicts, or invalid rows. Whose such a row is, its address does not tell.
    fn create_newcomers(&mut self, owners: &AddressOwners) {
        for Newcomer { row, doubt, .. } in std::mem::take(&mut self.newcomers) {
            if let Some(reason) = refusal_of(owners, row.email()) {
                self.plan.conflicts.push(row_left_alone(&row, format!("the address {reason}")));
                continue;
            }
            let nobody_has = |doubt: Doubt| format!("{}; there is no such user", doubt.sentence(&row));
            if let Some(reason) = doubt.map(nobody_has).or_else(|| missing_names(&row)) {
                self.unidentified.push(row.row);
                self.plan.invalid.push(row_left_alone(&row, reason));
            } else {
                let needs_password = self.input.desired.users.password(row.row).is_some();
                self.plan.actions.push(create(&row, needs_password));
            }
        }
        self.unidentified.sort_unstable();
    }
}

/// Drops changes of address to one that somebody has.
pub(super) fn refuse_taken_addresses(
    actions: &mut Vec<Action>,
    conflicts: &mut Vec<LeftAlone>,
    owners: &AddressOwners,
) {
    let refusal = |action: &Action| refusal_of(owners, action.fields().get(ManagedField::Email)?.after.as_str());
    actions.retain(|action| match refusal(action) {
        None => true,
        Some(reason) => {
            conflicts.push(LeftAlone {
                email: action.email.to_string(),
                name: action.name.clone(),
                row: action.row,
                reason: format!("the new address {reason}"),
            });
            false
        }
    });
}

pub(super) fn summary(figures: &Figures, unchanged: u64, plan: &Plan) -> PlanSummary {
    let Figures { create, update, enable, disable, join, leave, .. } = *figures;
    PlanSummary {
        create,
        update,
        enable,
        disable,
        join,
        leave,
        unchanged,
        conflicts: plan.conflicts.len() as u64,
        protected: plan.protected.len() as u64,
        skipped: plan.skipped.len() as u64,
        invalid: plan.source.invalid_rows,
    }
}

/// Why nobody else can get this address; `None` when it is free.
/// Puts actions in the order of applying, and the rest in that of the CSV.
pub(super) fn sort(plan: &mut Plan) {
    plan.actions.sort_by(|left, right| order_of(left).cmp(&order_of(right)));
    for left_alone in [&mut plan.conflicts, &mut plan.protected, &mut plan.skipped, &mut plan.invalid] {
        left_alone.sort_by(|left, right| place_of(left).cmp(&place_of(right)));
    }
}

fn refusal_of(owners: &AddressOwners, address: &str) -> Option<String> {
    let account_type = owners.of(address)?.map_or("unknown", AccountType::as_str);
    Some(format!("belongs to a user that is not in this job's list (account type {account_type})"))
}

fn create(row: &DesiredUser<'_>, needs_password: bool) -> Action {
    let change = UserChange::Create { fields: creation(row), needs_password };
    let name = full_name(&row.values);
    Action { email: row.email().into(), row: Some(row.row), name, reason: Reason::Row, note: None, change }
}

/// The API's least payload for a create needs both names.
fn missing_names(row: &DesiredUser<'_>) -> Option<String> {
    let is_missing = |field| row.values.text(field).is_empty();
    let missing = match (is_missing(ManagedField::FirstName), is_missing(ManagedField::LastName)) {
        (false, false) => return None,
        (true, false) => "a first name",
        (false, true) => "a last name",
        (true, true) => "a first and a last name",
    };
    Some(format!("there is no such user, and a create needs {missing}"))
}

/// As applied, then by CSV line, then by address; absent users come after rows.
fn order_of(action: &Action) -> impl Ord + '_ {
    (action.kind().phase(), action.row.unwrap_or(u64::MAX), &*action.email, action.uid())
}

fn place_of(left_alone: &LeftAlone) -> impl Ord + '_ {
    (left_alone.row.unwrap_or(u64::MAX), left_alone.email.as_str())
}

fn when_due(waiting: &Waiting) -> impl Ord + '_ {
    (waiting.disable_after, waiting.email.as_str(), &waiting.uid)
}
