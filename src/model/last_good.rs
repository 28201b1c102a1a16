//! What the last good full run of a tenant and scope had, for the guardrails that compare with it.

use serde::{Deserialize, Serialize};

/// The columns that say who is in and who has left.
const SAYING_WHO_IS_IN: [&str; 4] = ["status", "disabled", "startDate", "endDate"];

/// Figures of the last good full run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastGood {
    /// Valid rows of its CSV.
    pub valid_rows: u64,
    /// Users in scope that its list brought.
    pub in_scope: Option<u64>,
    /// What it changed; nothing where an older version noted the run.
    #[serde(default)]
    pub changes: Option<ChangeCounts>,
}

/// How many changes of users a plan holds, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChangeCounts {
    /// Accounts to create.
    pub create: u64,
    /// Users to change without a change of status.
    pub update: u64,
    /// Users to enable.
    pub enable: u64,
    /// Users to disable.
    pub disable: u64,
}

/// The columns of the last good run, for what compares with them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownColumns {
    /// The fields that had a column.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Headers that nothing was read from.
    #[serde(default)]
    pub ignored_columns: Vec<String>,
}

impl KnownColumns {
    /// Managed columns that a CSV with these lacks; `None` where there is nothing to compare.
    pub fn lacking(&self, columns: &[String], is_partial: bool) -> Option<Vec<String>> {
        if self.columns.is_empty() || columns.is_empty() {
            return None;
        }
        // A part of the truth may name fewer fields, but not lose the one that says who has left.
        let counts = |field: &String| !is_partial || SAYING_WHO_IS_IN.contains(&field.as_str());
        let known = self.columns.iter();
        Some(known.filter(|field| counts(field) && !columns.contains(field)).cloned().collect())
    }
}
