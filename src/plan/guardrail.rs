//! Limits on the whole plan, judged before the first write (contract, "What becomes of each user").

use serde::{Deserialize, Serialize};

use crate::model::Amount;

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
