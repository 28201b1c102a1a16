//! What the engine tells; journal, progress and tally listen.

use serde::{Deserialize, Serialize};

use crate::model::Uid;
use crate::plan::{ActionKind, Phase};

/// How one action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outcome {
    /// Of the action.
    pub kind: ActionKind,
    /// Of the action.
    pub email: Box<str>,
    /// The user's identifier; for a create, the one that the tenant gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// Of the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// What became of it.
    pub result: ActionResult,
    /// How many saves were sent for it.
    pub attempts: u32,
    /// Why it failed, drifted or was not attempted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<str>>,
}

/// What became of an action (contract, "Files", `outcomes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ActionResult {
    /// Saved, and the answer agrees.
    Applied,
    /// The user already was as the plan wants it.
    Already,
    /// The user is not as the plan found it: left alone.
    Drifted,
    /// Refused, or tried until nothing was left to try.
    Failed,
    /// The run stopped before its turn.
    NotAttempted,
}

impl ActionResult {
    /// All results, as the contract lists them.
    pub const ALL: [Self; 5] = [Self::Applied, Self::Already, Self::Drifted, Self::Failed, Self::NotAttempted];

    /// The word of reports and journals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Already => "already",
            Self::Drifted => "drifted",
            Self::Failed => "failed",
            Self::NotAttempted => "notAttempted",
        }
    }
}

/// Something happened while a plan was being applied.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A phase with so many actions begins.
    PhaseStarted {
        /// Which.
        phase: Phase,
        /// How many actions it has.
        actions: u64,
    },
    /// An action ended.
    Ended(Outcome),
    /// The run will start nothing new, and why.
    Stopping {
        /// For a person to read.
        reason: String,
    },
}
