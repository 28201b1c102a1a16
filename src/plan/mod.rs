//! Pure: from what is wanted and what is there to a [`Plan`]. No clock, no I/O, no async.
//!
//! | file | answers |
//! | --- | --- |
//! | `input` | what a plan is made from |
//! | `scope` | which users the job may change |
//! | `index`, `matching` | which user a row refers to |
//! | `diff` | what differs between a row and its user |
//! | `doubts` | which doubtful values stand, since their user has them |
//! | `held` | which users invalid rows refer to |
//! | `lookalikes` | which new address looks like that of a user without a row |
//! | `draft` | what becomes of each row and each user |
//! | `finish` | creates, order, figures: the plan |
//! | `address_changes` | who has likely changed address |
//! | `grace` | how long a user without a row keeps its access |
//! | `undo` | the plan that takes a run back |
//! | `guardrail` | when a plan is too much |
//! | `action`, `membership`, `document` | what a plan file holds |

mod action;
mod address_changes;
mod diff;
mod document;
mod doubts;
mod draft;
mod finish;
mod grace;
mod guardrail;
mod held;
mod index;
mod input;
mod lookalikes;
mod matching;
mod membership;
mod scope;
mod undo;

pub use action::{Action, ActionKind, Change, Changes, FieldChange, Phase, Reason, UserChange};
pub use document::{
    LeftAlone, OnInvalid, OnLookalike, OnMissing, PLAN_FORMAT, PLAN_VERSION, Plan, PlanFileError, PlanSummary,
    PolicyFacts, RemoteFacts, Waiting,
};
pub use draft::Draft;
pub use grace::{Grace, MissingUsers};
pub use guardrail::{ALWAYS_ALLOWED, Figures, Guardrail, GuardrailName, Limits};
pub use input::{LastColumns, PlanInput};
pub use membership::{GroupName, Member, Membership};
pub use scope::{Border, Judgement, PatternError, Protection, Scope};
pub use undo::{PastChange, UndoDraft, UndoInput};

#[cfg(test)]
mod tests;
