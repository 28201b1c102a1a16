//! What both documents have in common, so that each format is written once.

use std::borrow::Cow;

use super::{Report, verdict};
use crate::execute::{ActionResult, Outcome};
use crate::model::{SourceFacts, Tenant};
use crate::plan::{Action, ActionKind, FieldChange, Guardrail, LeftAlone, Plan, Reason};

/// A finished document to be written in some format.
#[derive(Debug, Clone, Copy)]
pub enum Document<'a> {
    /// What would be done.
    Plan(&'a Plan),
    /// What was done.
    Run {
        /// The run's figures and outcomes.
        report: &'a Report,
        /// The plan that was applied, which tells before and after; left out where it is not at hand.
        plan: Option<&'a Plan>,
    },
}

/// One line of a table: an action with what became of it, or somebody who was left alone.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub(super) kind: LineKind,
    pub(super) email: &'a str,
    pub(super) uid: Option<&'a str>,
    pub(super) row: Option<u64>,
    pub(super) reason: Cow<'a, str>,
    pub(super) outcome: Option<&'a Outcome>,
    pub(super) action: Option<&'a Action>,
}

/// What a line tells of; the order is that of the formats' tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LineKind {
    Action(ActionKind),
    Conflict,
    Protected,
    Skipped,
    Invalid,
}

impl LineKind {
    pub(super) const LEFT_ALONE: [Self; 4] = [Self::Conflict, Self::Protected, Self::Skipped, Self::Invalid];

    /// The word in a table's column.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Action(kind) => kind.as_str(),
            Self::Conflict => "conflict",
            Self::Protected => "protected",
            Self::Skipped => "skipped",
            Self::Invalid => "invalid",
        }
    }

    /// The heading of a list.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Action(ActionKind::Create) => "Create",
            Self::Action(ActionKind::Update) => "Update",
            Self::Action(ActionKind::Enable) => "Enable",
            Self::Action(ActionKind::Disable) => "Disable",
            Self::Conflict => "Conflicts",
            Self::Protected => "Protected",
            Self::Skipped => "Skipped",
            Self::Invalid => "Invalid rows",
        }
    }
}

impl<'a> Line<'a> {
    fn from_action(action: &'a Action) -> Self {
        Self {
            kind: LineKind::Action(action.kind()),
            email: &action.email,
            uid: action.uid().map(crate::model::Uid::as_str),
            row: action.row,
            reason: Cow::Borrowed(reason_words(action.reason)),
            outcome: None,
            action: Some(action),
        }
    }

    fn from_outcome(outcome: &'a Outcome, action: Option<&'a Action>) -> Self {
        Self {
            kind: LineKind::Action(outcome.kind),
            email: &outcome.email,
            uid: outcome.uid.as_ref().map(crate::model::Uid::as_str),
            row: outcome.row,
            reason: Cow::Borrowed(action.map_or("", |action| reason_words(action.reason))),
            outcome: Some(outcome),
            action,
        }
    }

    fn from_left_alone(kind: LineKind, left_alone: &'a LeftAlone) -> Self {
        Self {
            kind,
            email: &left_alone.email,
            uid: None,
            row: left_alone.row,
            reason: Cow::Borrowed(&left_alone.reason),
            outcome: None,
            action: None,
        }
    }

    /// The managed fields that change, where the plan is at hand.
    pub(super) fn changes(&self) -> impl Iterator<Item = FieldChange<'a>> + use<'a> {
        self.action.into_iter().flat_map(|action| action.field_changes())
    }

    /// What a reviewer should look at.
    pub(super) fn note(&self) -> Option<&'a str> {
        self.action.and_then(|action| action.note.as_deref())
    }

    /// What became of the action.
    pub(super) fn result(&self) -> Option<ActionResult> {
        self.outcome.map(|outcome| outcome.result)
    }

    /// Why the action failed, drifted or was not attempted.
    pub(super) fn error(&self) -> Option<&'a str> {
        self.outcome.and_then(|outcome| outcome.error.as_deref())
    }
}

pub(super) fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Row => "row in the CSV",
        Reason::Absent => "no row in the CSV",
    }
}

impl<'a> Document<'a> {
    /// Which tenant it is about.
    pub(super) fn tenant(self) -> &'a Tenant {
        match self {
            Self::Plan(plan) => &plan.tenant,
            Self::Run { report, .. } => &report.tenant,
        }
    }

    /// Which CSV it was made from.
    pub(super) fn source(self) -> &'a SourceFacts {
        match self {
            Self::Plan(plan) => &plan.source,
            Self::Run { report, .. } => &report.source,
        }
    }

    /// The limits in force.
    pub(super) fn guardrails(self) -> &'a [Guardrail] {
        match self {
            Self::Plan(plan) => &plan.guardrails,
            Self::Run { report, .. } => &report.guardrails,
        }
    }

    /// What a reader should know before trusting the document.
    pub(super) fn warnings(self) -> &'a [String] {
        match self {
            Self::Plan(plan) => &plan.warnings,
            Self::Run { report, .. } => &report.warnings,
        }
    }

    /// The plan itself, or the one that a run applied.
    pub(super) fn plan(self) -> Option<&'a Plan> {
        match self {
            Self::Plan(plan) => Some(plan),
            Self::Run { plan, .. } => plan,
        }
    }

    /// The one-line verdict.
    pub fn verdict(self) -> String {
        match self {
            Self::Plan(plan) => verdict::of_plan(plan),
            Self::Run { report, .. } => verdict::of_report(report),
        }
    }

    /// Whether somebody has to look: something stopped, failed, was refused or could not be understood. What `-q` goes by.
    pub fn needs_a_person(self) -> bool {
        let counts_or_stop = match self {
            Self::Plan(plan) => plan.summary.conflicts + plan.summary.invalid > 0,
            Self::Run { report, .. } => {
                report.exit_code != 0
                    || report.summary.conflicts + report.summary.invalid + report.summary.total().open() > 0
            }
        };
        counts_or_stop || !self.warnings().is_empty() || self.guardrails().iter().any(|guardrail| guardrail.tripped)
    }

    /// Everybody that the document tells of: actions in their order, then those left alone.
    pub(super) fn lines(self) -> Box<dyn Iterator<Item = Line<'a>> + 'a> {
        let left_alone = LineKind::LEFT_ALONE.into_iter().flat_map(move |kind| {
            self.left_alone(kind).iter().map(move |left_alone| Line::from_left_alone(kind, left_alone))
        });
        Box::new(self.action_lines().chain(left_alone))
    }

    /// The actions, or the outcomes with their actions.
    pub(super) fn action_lines(self) -> Box<dyn Iterator<Item = Line<'a>> + 'a> {
        match self {
            Self::Plan(plan) => Box::new(plan.actions.iter().map(Line::from_action)),
            Self::Run { report, plan } => {
                let actions = plan.filter(|plan| is_plan_of(plan, report)).map_or(&[][..], |plan| &plan.actions);
                let outcomes = report.outcomes.iter().enumerate();
                Box::new(outcomes.map(|(index, outcome)| Line::from_outcome(outcome, actions.get(index))))
            }
        }
    }

    /// Those of one kind whom nothing was done to.
    pub(super) fn left_alone(self, kind: LineKind) -> &'a [LeftAlone] {
        match (kind, self) {
            (LineKind::Conflict, Self::Plan(plan)) => &plan.conflicts,
            (LineKind::Protected, Self::Plan(plan)) => &plan.protected,
            (LineKind::Skipped, Self::Plan(plan)) => &plan.skipped,
            (LineKind::Conflict, Self::Run { report, .. }) => &report.conflicts,
            (LineKind::Protected, Self::Run { report, .. }) => &report.protected,
            (LineKind::Skipped, Self::Run { report, .. }) => &report.skipped,
            (LineKind::Invalid, _) => self.plan().map_or(&[], |plan| &plan.invalid),
            (LineKind::Action(_), _) => &[],
        }
    }
}

/// Outcomes stand in the order of the plan's actions, one for each; a file laid beside by mistake must not lend its
/// before and after to another run.
fn is_plan_of(plan: &Plan, report: &Report) -> bool {
    let same = |(action, outcome): (&Action, &Outcome)| action.kind() == outcome.kind && action.email == outcome.email;
    plan.actions.len() == report.outcomes.len() && plan.actions.iter().zip(&report.outcomes).all(same)
}
