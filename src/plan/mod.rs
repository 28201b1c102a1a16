//! Pure: from what is wanted and what is there to a [`Plan`]. No clock, no I/O, no async.
//!
//! | file | answers |
//! | --- | --- |
//! | `scope` | whom the job may touch |
//! | `index`, `matching` | which user a row means |
//! | `diff` | what differs between a row and its user |
//! | `draft` | what becomes of each row and each user |
//! | `finish` | creates, order, figures: the plan |
//! | `moved` | who has likely changed address |
//! | `guardrail` | when a plan is too much |
//! | `action`, `document` | what a plan file holds |

mod action;
mod diff;
mod document;
mod draft;
mod finish;
mod guardrail;
mod index;
mod matching;
mod moved;
mod scope;

pub use action::{Action, ActionKind, Change, Changes, FieldChange, Phase, Reason};
pub use document::{
    LeftAlone, OnInvalid, OnMissing, PLAN_FORMAT, PLAN_VERSION, Plan, PlanSummary, PolicyFacts, RemoteFacts,
};
pub use draft::{Desired, Draft};
pub use finish::{Elsewhere, PlanFacts};
pub use guardrail::{DISABLES_ALWAYS_ALLOWED, Figures, Guardrail, GuardrailName, Limits};
pub use scope::{PatternError, Protection, Scope};

#[cfg(test)]
mod tests;
