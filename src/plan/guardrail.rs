//! Limits on the whole plan, judged before the first write (contract, "What becomes of each user").

use serde::{Deserialize, Serialize};

use super::document::PlanSummary;
use crate::model::Amount;

/// However few users a tenant has, so many disables pass a percentage: two leavers of eight are no accident
/// (contract, "What becomes of each user").
pub const DISABLES_ALWAYS_ALLOWED: u64 = 5;

/// The limits in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Disables, by row or absence, against the enabled users in scope.
    pub max_disable: Amount,
    /// Creates, against the same.
    pub max_create: Option<Amount>,
    /// Updates, against the same.
    pub max_update: Option<Amount>,
    /// Valid rows at least.
    pub min_rows: u64,
    /// Valid rows fewer than last time, against last time's.
    pub max_shrink: Amount,
}

impl Default for Limits {
    /// The contract's defaults.
    fn default() -> Self {
        Self {
            max_disable: Amount::Share(1_000),
            max_create: None,
            max_update: None,
            min_rows: 1,
            max_shrink: Amount::Share(2_000),
        }
    }
}

/// What is held against the limits.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Of the plan.
    pub summary: PlanSummary,
    /// Enabled users in scope: what a percentage is taken of.
    pub enabled: u64,
    /// Of the CSV.
    pub valid_rows: u64,
}

impl Limits {
    /// Judges a plan. `last_good_rows` is `None` where there is no earlier run to shrink against, or where the CSV is
    /// only a part of the truth.
    pub fn judge(&self, figures: Figures, last_good_rows: Option<u64>) -> Vec<Guardrail> {
        let Figures { summary, enabled, valid_rows } = figures;
        let at_most = |name, limit: Amount, value| {
            let base = limit.is_share().then_some(enabled);
            let is_few = name == GuardrailName::MaxDisable && limit.is_share() && value <= DISABLES_ALWAYS_ALLOWED;
            Guardrail { name, limit, value, base, tripped: !is_few && !limit.allows(value, enabled) }
        };
        let mut judged = vec![at_most(GuardrailName::MaxDisable, self.max_disable, summary.disable)];
        judged.extend(self.max_create.map(|limit| at_most(GuardrailName::MaxCreate, limit, summary.create)));
        judged.extend(self.max_update.map(|limit| at_most(GuardrailName::MaxUpdate, limit, summary.update)));
        judged.push(Guardrail {
            name: GuardrailName::MinRows,
            limit: Amount::Count(self.min_rows),
            value: valid_rows,
            base: None,
            tripped: valid_rows < self.min_rows,
        });
        judged.extend(last_good_rows.map(|last_good| self.judge_shrink(valid_rows, last_good)));
        judged
    }

    fn judge_shrink(&self, valid_rows: u64, last_good: u64) -> Guardrail {
        let value = last_good.saturating_sub(valid_rows);
        Guardrail {
            name: GuardrailName::MaxShrink,
            limit: self.max_shrink,
            value,
            base: Some(last_good),
            tripped: !self.max_shrink.allows(value, last_good),
        }
    }
}

/// One limit and the figure that was held against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Guardrail {
    /// Which limit.
    pub name: GuardrailName,
    /// What is allowed: for `min_rows` at least, for the others at most.
    pub limit: Amount,
    /// What the plan has: users or rows; for `max_shrink`, how many rows fewer than last time.
    pub value: u64,
    /// What a percentage was taken of: enabled users in scope, or the rows of the last good run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<u64>,
    /// Whether the run must stop.
    pub tripped: bool,
}

/// The limits that there are; the words are the config file's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardrailName {
    /// Users to disable.
    MaxDisable,
    /// Accounts to create.
    MaxCreate,
    /// Users to update.
    MaxUpdate,
    /// Valid rows of the CSV.
    MinRows,
    /// Valid rows fewer than in the last good full run.
    MaxShrink,
}

impl GuardrailName {
    /// The config file's key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MaxDisable => "max_disable",
            Self::MaxCreate => "max_create",
            Self::MaxUpdate => "max_update",
            Self::MinRows => "min_rows",
            Self::MaxShrink => "max_shrink",
        }
    }

    /// The option that would allow it.
    pub fn option(self) -> &'static str {
        match self {
            Self::MaxDisable => "--max-disable",
            Self::MaxCreate => "--max-create",
            Self::MaxUpdate => "--max-update",
            Self::MinRows => "--min-rows",
            Self::MaxShrink => "--max-shrink",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disables(limit: Amount, disable: u64, enabled: u64) -> bool {
        let limits = Limits { max_disable: limit, ..Limits::default() };
        let summary = PlanSummary { disable, ..PlanSummary::default() };
        limits.judge(Figures { summary, enabled, valid_rows: 1 }, None)[0].tripped
    }

    #[test]
    fn a_percentage_lets_five_disables_through_and_a_number_does_not() {
        assert!(!disables(Amount::Share(1_000), 5, 8));
        assert!(disables(Amount::Share(1_000), 6, 8));
        assert!(!disables(Amount::Share(0), 5, 100));
        assert!(disables(Amount::Count(4), 5, 1_000));
        assert!(!disables(Amount::Share(1_000), 10, 100));
        assert!(disables(Amount::Share(1_000), 11, 100));
    }

    #[test]
    fn rows_are_held_against_the_minimum_and_the_last_good_run() {
        let limits = Limits { min_rows: 3, ..Limits::default() };
        let figures = |valid_rows| Figures { summary: PlanSummary::default(), enabled: 0, valid_rows };
        let tripped = |valid_rows, last| -> Vec<_> {
            limits.judge(figures(valid_rows), last).into_iter().filter(|one| one.tripped).map(|one| one.name).collect()
        };
        assert_eq!(tripped(2, None), [GuardrailName::MinRows]);
        assert_eq!(tripped(80, Some(100)), []);
        assert_eq!(tripped(79, Some(100)), [GuardrailName::MaxShrink]);
        assert_eq!(tripped(200, Some(100)), []);
    }
}
