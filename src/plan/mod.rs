//! Pure: from what is wanted and what is there to a [`Plan`]. No clock, no I/O, no async.
//!
//! | file | answers |
//! | --- | --- |
//! | `action` | what can be done to a user |
//! | `guardrail` | when a plan is too much |
//! | `document` | what a plan file holds |

mod action;
mod document;
mod guardrail;

pub use action::{Action, ActionKind, Change, Changes, FieldChange, Phase, Reason};
pub use document::{
    LeftAlone, OnInvalid, OnMissing, PLAN_FORMAT, PLAN_VERSION, Plan, PlanSummary, PolicyFacts, RemoteFacts,
};
pub use guardrail::{Guardrail, GuardrailName};
