//! Limits on the whole plan, judged before the first write (`docs/interface.md`, "Guardrails").

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::file::membership::{GroupName, Membership};
use crate::model::{Amount, LastGood};

/// The limits in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Disables, by row or absence, against the enabled users in scope.
    pub max_disable: Amount,
    /// Enables, against the same.
    pub max_enable: Amount,
    /// Updates, against the users in scope.
    pub max_update: Amount,
    /// Creates, against the enabled users in scope.
    pub max_create: Option<Amount>,
    /// Members that one group loses, against those that it has.
    pub max_leave: Amount,
    /// Valid rows at least.
    pub min_rows: u64,
    /// Rows exactly, valid or not.
    pub expect_rows: Option<u64>,
    /// Whether managed columns of the last good run may be gone.
    pub allow_column_change: bool,
    /// Valid rows fewer than in the last good run, against that run's.
    pub max_shrink: Amount,
    /// Listed users in scope fewer than in the last good run, against that run's.
    pub max_remote_shrink: Amount,
}

impl Limits {
    /// The documented defaults.
    pub const DEFAULT: Self = Self {
        max_disable: Amount::Share(1_000),
        max_enable: Amount::Share(1_000),
        max_update: Amount::Share(5_000),
        max_create: None,
        max_leave: Amount::Share(2_000),
        min_rows: 1,
        expect_rows: None,
        allow_column_change: false,
        max_shrink: Amount::Share(2_000),
        max_remote_shrink: Amount::Share(2_000),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What is held against the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Accounts to create.
    pub create: u64,
    /// Users to update.
    pub update: u64,
    /// Users to enable.
    pub enable: u64,
    /// Users to disable.
    pub disable: u64,
    /// Users to add to groups.
    pub join: u64,
    /// Users to remove from groups.
    pub leave: u64,
    /// Enabled users in scope.
    pub enabled: u64,
    /// Users in scope.
    pub in_scope: u64,
    /// Of the CSV, valid or not.
    pub rows: u64,
    /// Of the CSV.
    pub valid_rows: u64,
    /// Rows that are a conflict.
    pub rows_in_conflict: u64,
    /// Rows that ask for nothing.
    pub rows_skipped: u64,
}

/// However few users a tenant has, so many changes pass a percentage: two leavers of eight are no accident.
pub const ALWAYS_ALLOWED: [(GuardrailName, u64); 4] = [
    (GuardrailName::MaxDisable, 5),
    (GuardrailName::MaxEnable, 5),
    (GuardrailName::MaxUpdate, 50),
    (GuardrailName::MaxLeave, 5),
];

impl Limits {
    /// Judges a plan. What compares with the last good run is not judged where none is known, or where the CSV is only
    /// a part of the truth.
    pub fn judge(&self, figures: &Figures, last_good: Option<&LastGood>, is_partial: bool) -> Vec<Guardrail> {
        let Figures { in_scope, valid_rows, .. } = *figures;
        let mut judged = self.judge_changes(figures);
        judged.extend(self.judge_rows(figures.rows, valid_rows));
        judged.push(nothing_matched(figures, is_partial));
        if let Some(last_good) = last_good {
            if !is_partial {
                let fewer = last_good.valid_rows.saturating_sub(valid_rows);
                judged.push(at_most(GuardrailName::MaxShrink, self.max_shrink, fewer, last_good.valid_rows));
            }
            if let Some(in_scope_then) = last_good.in_scope {
                let fewer = in_scope_then.saturating_sub(in_scope);
                judged.push(at_most(GuardrailName::MaxRemoteShrink, self.max_remote_shrink, fewer, in_scope_then));
            }
        }
        judged
    }

    /// Judges the changes alone: a plan that takes a run back has no rows.
    pub fn judge_changes(&self, figures: &Figures) -> Vec<Guardrail> {
        let Figures { create, update, enable, disable, enabled, in_scope, .. } = *figures;
        let mut judged = vec![
            at_most(GuardrailName::MaxDisable, self.max_disable, disable, enabled),
            at_most(GuardrailName::MaxEnable, self.max_enable, enable, enabled),
            at_most(GuardrailName::MaxUpdate, self.max_update, update, in_scope),
        ];
        judged.extend(self.max_create.map(|limit| at_most(GuardrailName::MaxCreate, limit, create, enabled)));
        judged
    }
}

impl Limits {
    /// Judges each group that loses members.
    pub fn judge_leaves(&self, memberships: &[Membership]) -> impl Iterator<Item = Guardrail> {
        memberships.iter().filter(|membership| !membership.leave.is_empty()).map(|membership| {
            let leaves = membership.leave.len() as u64;
            let judged = at_most(GuardrailName::MaxLeave, self.max_leave, leaves, membership.members);
            Guardrail { group: Some(membership.group.clone()), ..judged }
        })
    }
}

fn at_most(name: GuardrailName, limit: Amount, value: u64, base: u64) -> Guardrail {
    let tripped = !is_always_allowed(name, limit, value) && !limit.allows(value, base);
    Guardrail { base: limit.is_share().then_some(base), ..Guardrail::new(name, limit, value, tripped) }
}

impl Limits {
    /// Judges what the CSV alone shows.
    pub fn judge_rows(&self, rows: u64, valid_rows: u64) -> impl Iterator<Item = Guardrail> + use<> {
        let of_rows = |name, limit, value, tripped| Guardrail::new(name, Amount::Count(limit), value, tripped);
        let least = of_rows(GuardrailName::MinRows, self.min_rows, valid_rows, valid_rows < self.min_rows);
        let exact = self.expect_rows.map(|limit| of_rows(GuardrailName::ExpectRows, limit, rows, rows != limit));
        std::iter::once(least).chain(exact)
    }
}

impl Guardrail {
    /// Managed columns of the last good full run that are gone.
    pub fn column_change(gone: u64, is_allowed: bool) -> Self {
        Self::new(GuardrailName::ColumnChange, Amount::Count(0), gone, gone > 0 && !is_allowed)
    }

    fn new(name: GuardrailName, limit: Amount, value: u64, tripped: bool) -> Self {
        Self { name, limit, value, base: None, group: None, tripped }
    }
}

fn is_always_allowed(name: GuardrailName, limit: Amount, value: u64) -> bool {
    limit.is_share() && ALWAYS_ALLOWED.iter().any(|&(known, allowed)| known == name && value <= allowed)
}

/// Rows that lead to nothing at all: every one a conflict or skipped. In a partial CSV, leavers who never had an account
/// are usual, so there it takes a conflict among them.
fn nothing_matched(figures: &Figures, is_partial: bool) -> Guardrail {
    let without_effect = figures.rows_in_conflict + figures.rows_skipped;
    let is_all = figures.valid_rows > 0 && without_effect >= figures.valid_rows;
    let tripped = is_all && (!is_partial || figures.rows_in_conflict > 0);
    let limit = Amount::Count(figures.valid_rows.saturating_sub(1));
    Guardrail::new(GuardrailName::NothingMatched, limit, without_effect, tripped)
}

/// One limit and the figure that was held against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Guardrail {
    /// Which limit.
    pub name: GuardrailName,
    /// What is allowed: for `min_rows` at least, for `expect_rows` exactly, for the others at most.
    pub limit: Amount,
    /// What the plan has: users or rows; for the two shrinks, how many fewer than in the last good run.
    pub value: u64,
    /// What a percentage was taken of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<u64>,
    /// Which group, for a limit of each group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
    /// Whether the run must stop.
    pub tripped: bool,
}

/// The limits that there are; the words are the config file's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GuardrailName {
    /// Users to disable.
    MaxDisable,
    /// Users to enable.
    MaxEnable,
    /// Users to update.
    MaxUpdate,
    /// Accounts to create.
    MaxCreate,
    /// Members that one group loses.
    MaxLeave,
    /// Valid rows of the CSV.
    MinRows,
    /// Rows of the CSV, when another number was foretold.
    ExpectRows,
    /// Managed columns of the last good full run that are gone.
    ColumnChange,
    /// Rows that lead to nothing, when that is all of them.
    NothingMatched,
    /// Valid rows fewer than in the last good full run.
    MaxShrink,
    /// Listed users in scope fewer than in the last good full run.
    MaxRemoteShrink,
}

impl GuardrailName {
    /// The config file's key, where there is one.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The option that would allow it; nothing allows a run that matches nothing.
    pub fn option(self) -> Option<String> {
        match self {
            Self::NothingMatched => None,
            Self::ColumnChange => Some("--allow-column-change".to_owned()),
            limit => Some(format!("--{}", limit.as_str().replace('_', "-"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tripped(limits: Limits, figures: &Figures, last_good: Option<&LastGood>) -> Vec<GuardrailName> {
        let judged = limits.judge(figures, last_good, false);
        judged.into_iter().filter(|guardrail| guardrail.tripped).map(|guardrail| guardrail.name).collect()
    }

    #[test]
    fn a_percentage_lets_a_few_changes_through_and_a_number_does_not() {
        type With = fn(Amount, u64) -> (Limits, Figures);
        let kinds: [(With, u64); 3] = [
            (
                |max_disable, disable| {
                    (Limits { max_disable, ..Limits::DEFAULT }, Figures { disable, ..Figures::default() })
                },
                5,
            ),
            (
                |max_enable, enable| {
                    (Limits { max_enable, ..Limits::DEFAULT }, Figures { enable, ..Figures::default() })
                },
                5,
            ),
            (
                |max_update, update| {
                    (Limits { max_update, ..Limits::DEFAULT }, Figures { update, ..Figures::default() })
                },
                50,
            ),
        ];
        for (with, always) in kinds {
            let trips = |limit, value, enabled| {
                let (limits, figures) = with(limit, value);
                let figures = Figures { enabled, in_scope: enabled, valid_rows: 1, ..figures };
                !tripped(limits, &figures, None).is_empty()
            };
            assert!(!trips(Amount::Share(1_000), always, 8));
            assert!(trips(Amount::Share(1_000), always + 1, 8));
            assert!(!trips(Amount::Share(0), always, 100));
            assert!(trips(Amount::Count(always - 1), always, 1_000));
            assert!(!trips(Amount::Share(1_000), always * 2, always * 20));
            assert!(trips(Amount::Share(1_000), always * 2 + 1, always * 20));
        }
    }

    #[test]
    fn rows_and_listed_users_are_held_against_the_last_good_run() {
        let limits = Limits { min_rows: 3, ..Limits::default() };
        let last = LastGood { valid_rows: 100, in_scope: Some(100), changes: None };
        let of = |rows, in_scope, last| {
            let figures = Figures { in_scope, valid_rows: rows, ..Figures::default() };
            tripped(limits, &figures, last)
        };
        assert_eq!(of(2, 100, None), [GuardrailName::MinRows]);
        assert_eq!(of(80, 80, Some(&last)), []);
        assert_eq!(of(79, 100, Some(&last)), [GuardrailName::MaxShrink]);
        assert_eq!(of(100, 79, Some(&last)), [GuardrailName::MaxRemoteShrink]);
        assert_eq!(of(200, 200, Some(&last)), []);
    }

    #[test]
    fn rows_that_all_lead_to_nothing_trip_and_leavers_of_a_partial_csv_do_not() {
        let trips = |rows_in_conflict, rows_skipped, is_partial| {
            let figures = Figures { rows_in_conflict, rows_skipped, valid_rows: 3, ..Figures::default() };
            let judged = Limits::default().judge(&figures, None, is_partial);
            judged.iter().any(|guardrail| guardrail.name == GuardrailName::NothingMatched && guardrail.tripped)
        };
        assert!(trips(3, 0, false) && trips(1, 2, false) && trips(0, 3, false));
        assert!(!trips(2, 0, false) && !trips(0, 0, false));
        assert!(trips(1, 2, true) && !trips(0, 3, true));
    }
}
