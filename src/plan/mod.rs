//! Pure: from what is wanted and what is there to a [`Plan`]. No clock, no I/O, no async.
//!
//! | file | answers |
//! | --- | --- |
//! | `compare/` | which user each row refers to, and what differs |
//! | `file/` | what a plan file holds |
//! | `input` | what a plan is made from |
//! | `scope` | which users the job may change |
//! | `draft` | what becomes of each row and each user |
//! | `finish` | creates, order, figures: the plan |
//! | `address_changes` | who has likely changed address |
//! | `grace` | how long a user without a row keeps its access |
//! | `undo`, `undo_members` | the plan that takes a run back |
//! | `guardrail` | when a plan is too much |
//! | `groups` | which groups the cells of rows mean |

mod address_changes;
mod compare;
mod draft;
mod file;
mod finish;
mod grace;
mod groups;
mod guardrail;
mod input;
mod scope;
mod undo;
mod undo_members;

pub use draft::Draft;
pub use file::action::{Action, ActionKind, Change, Changes, FieldChange, Phase, Reason, UserChange};
pub use file::document::{
    LeftAlone, OnInvalid, OnLookalike, OnMissing, PLAN_FORMAT, PLAN_VERSION, Plan, PlanFileError, PlanSummary,
    PolicyFacts, RemoteFacts, Waiting,
};
pub use file::membership::{ComparedGroups, GroupName, Member, MemberChange, Membership, member_changes};
pub use grace::{Grace, MissingUsers};
pub use groups::{
    GroupFinding, GroupMode, GroupPattern, GroupProblem, GroupRules, OnUnknownGroup, ResolvedGroups, cell_names,
};
pub use guardrail::{ALWAYS_ALLOWED, Figures, Guardrail, GuardrailName, Limits};
pub use input::{LastColumns, PlanInput};
pub use scope::{Border, Judgement, PatternError, Protection, Scope};
pub use undo::{PastChange, UndoDraft, UndoInput};
pub use undo_members::{GroupsNow, PastMember};

#[cfg(test)]
mod tests;
