//! Pure: from what is wanted and what is there to a [`Plan`]. No clock, no I/O, no async.
//!
//! | file | answers |
//! | --- | --- |
//! | `input` | what a plan is made from |
//! | `scope` | which users the job may change |
//! | `index`, `matching` | which user a row refers to |
//! | `diff` | what differs between a row and its user |
//! | `draft` | what becomes of each row and each user |
//! | `finish` | creates, order, figures: the plan |
//! | `address_changes` | who has likely changed address |
//! | `undo` | the plan that takes a run back |
//! | `guardrail` | when a plan is too much |
//! | `groups` | which groups the cells of rows mean |
//! | `membership` | who joins and leaves them |
//! | `action`, `document` | what a plan file holds |

mod action;
mod address_changes;
mod diff;
mod document;
mod draft;
mod finish;
mod groups;
mod guardrail;
mod index;
mod input;
mod matching;
mod membership;
mod scope;
mod undo;

pub use action::{Action, ActionKind, Change, Changes, FieldChange, Phase, Reason, UserChange};
pub use document::{
    LeftAlone, OnInvalid, OnMissing, PLAN_FORMAT, PLAN_VERSION, Plan, PlanFileError, PlanSummary, PolicyFacts,
    RemoteFacts, Waiting,
};
pub use draft::Draft;
pub use groups::{GroupFinding, GroupMode, GroupPattern, GroupProblem, GroupRules, OnUnknownGroup, ResolvedGroups};
pub use guardrail::{ALWAYS_ALLOWED, Figures, Guardrail, GuardrailName, Limits};
pub use input::PlanInput;
pub use membership::{ComparedGroups, GroupName, Member, MemberChange, Membership, member_changes};
pub use scope::{Border, Judgement, PatternError, Protection, Scope};
pub use undo::{PastChange, UndoDraft, UndoInput};

#[cfg(test)]
mod tests;
