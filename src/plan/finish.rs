//! From a draft and the owners of the asked addresses to the plan: creates, order, notes, figures, guardrails, seal.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::action::{Action, ActionKind};
use super::document::{LeftAlone, PLAN_FORMAT, PLAN_VERSION, Plan, PlanSummary, PolicyFacts};
use super::draft::{Desired, Draft, create_action, row_left_alone};
use super::guardrail::{Figures, Limits};
use super::moved;
use crate::model::{DesiredUser, SourceFacts, Tenant, comparison_key};

/// Addresses that belong to users outside the job's list, by comparison key, with their account type.
pub type Elsewhere = BTreeMap<String, String>;

/// What the plan must know beside the comparison.
#[derive(Debug, Clone)]
pub struct PlanFacts {
    /// When the list was taken.
    pub created_at: Timestamp,
    /// Which tenant it came from.
    pub tenant: Tenant,
    /// Which CSV was compared.
    pub source: SourceFacts,
    /// How absence and invalid rows are judged.
    pub policy: PolicyFacts,
    /// What the loader warned of.
    pub warnings: Vec<String>,
    /// The limits in force.
    pub limits: Limits,
    /// Valid rows of the last good full run of this tenant, where there was one.
    pub last_good_rows: Option<u64>,
}

impl Draft<'_> {
    /// Makes the plan.
    pub fn finish(
        mut self,
        desired: Desired<'_>,
        elsewhere: &Elsewhere,
        facts: PlanFacts,
    ) -> Result<Plan, serde_json::Error> {
        self.refuse_taken_renames(elsewhere);
        let invalid = self.take_newcomers(desired, elsewhere);
        self.actions.sort_by(|left, right| order_of(left).cmp(&order_of(right)));
        let mut warnings = facts.warnings;
        warnings.append(&mut self.warnings);
        warnings.append(&mut moved::flag_likely_changes_of_address(&mut self.actions));
        let mut source = facts.source;
        source.valid_rows -= invalid.len() as u64;
        source.invalid_rows += invalid.len() as u64;
        let summary = self.summary(&source);
        let figures = Figures { summary, enabled: self.remote.enabled, valid_rows: source.valid_rows };
        let last_good_rows = facts.last_good_rows.filter(|_| !facts.policy.partial);
        for left_alone in [&mut self.conflicts, &mut self.protected, &mut self.skipped] {
            left_alone.sort_by(|left, right| place_of(left).cmp(&place_of(right)));
        }
        let mut plan = Plan {
            format: PLAN_FORMAT.to_owned(),
            version: PLAN_VERSION,
            created_at: facts.created_at,
            tenant: facts.tenant,
            source,
            policy: facts.policy,
            remote: self.remote,
            summary,
            guardrails: facts.limits.judge(figures, last_good_rows),
            warnings,
            actions: self.actions,
            conflicts: self.conflicts,
            protected: self.protected,
            skipped: self.skipped,
            invalid,
            checksum: String::new(),
        };
        plan.seal()?;
        Ok(plan)
    }

    fn refuse_taken_renames(&mut self, elsewhere: &Elsewhere) {
        if elsewhere.is_empty() {
            return;
        }
        let owner_of_new_address = |action: &Action| {
            let change = action.changes.email.as_ref()?;
            elsewhere.get(&*comparison_key(&change.after))
        };
        let (refused, kept) = std::mem::take(&mut self.actions)
            .into_iter()
            .partition(|action: &Action| owner_of_new_address(action).is_some());
        self.actions = kept;
        for action in refused as Vec<Action> {
            if let Some(account_type) = owner_of_new_address(&action) {
                let reason = format!("the new address {}", belongs_to(account_type));
                self.conflicts.push(LeftAlone {
                    email: action.email.into(),
                    name: action.name,
                    row: action.row,
                    reason,
                });
            }
        }
    }

    /// Turns newcomers into creates, conflicts, or invalid rows, which are handed back.
    fn take_newcomers(&mut self, desired: Desired<'_>, elsewhere: &Elsewhere) -> Vec<LeftAlone> {
        let mut invalid = Vec::new();
        for row in std::mem::take(&mut self.newcomers) {
            if let Some(account_type) = elsewhere.get(&*comparison_key(row.email)) {
                self.conflicts.push(row_left_alone(&row, format!("the address {}", belongs_to(account_type))));
            } else if let Some(reason) = missing_names(&row) {
                invalid.push(row_left_alone(&row, reason));
            } else {
                let needs_password = desired.users.password(row.row).is_some();
                self.actions.push(create_action(&row, needs_password));
            }
        }
        invalid
    }

    fn summary(&self, source: &SourceFacts) -> PlanSummary {
        let count = |kind| self.actions.iter().filter(|action| action.kind == kind).count() as u64;
        PlanSummary {
            create: count(ActionKind::Create),
            update: count(ActionKind::Update),
            enable: count(ActionKind::Enable),
            disable: count(ActionKind::Disable),
            unchanged: self.unchanged,
            conflicts: self.conflicts.len() as u64,
            protected: self.protected.len() as u64,
            skipped: self.skipped.len() as u64,
            invalid: source.invalid_rows,
        }
    }
}

fn belongs_to(account_type: &str) -> String {
    format!("belongs to a user outside this job's list (account type {account_type})")
}

/// The API's least payload for a create needs both names (contract, "What becomes of each user").
fn missing_names(row: &DesiredUser<'_>) -> Option<String> {
    let missing = match (row.first_name.is_empty(), row.last_name.is_empty()) {
        (false, false) => return None,
        (true, false) => "a first name",
        (false, true) => "a last name",
        (true, true) => "a first and a last name",
    };
    Some(format!("there is no such user, and a create needs {missing}"))
}

/// As applied, then by CSV line, then by address (contract, "Files"); absent users come after rows.
fn order_of(action: &Action) -> impl Ord + '_ {
    (action.kind.phase(), action.row.unwrap_or(u64::MAX), &*action.email, action.uid.as_ref())
}

fn place_of(left_alone: &LeftAlone) -> impl Ord + '_ {
    (left_alone.row.unwrap_or(u64::MAX), left_alone.email.as_str())
}
