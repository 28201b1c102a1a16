//! What plan and report have in common, so that each format is written once.

use jiff::Timestamp;

use super::Report;
use super::people::{Group, LineKind, UserLine};
use crate::execute::Outcome;
use crate::model::{Attention, Exit, SourceFacts, Tenant};
use crate::plan::{Action, Guardrail, LeftAlone, Plan, Waiting, member_changes};
use crate::report::Tone;
use crate::report::words::verdict;

/// A finished document to be written in some format.
#[derive(Debug, Clone, Copy)]
pub enum Document<'a> {
    /// What would be done.
    Plan {
        /// The plan itself.
        plan: &'a Plan,
        /// Requests a second at which it would be applied, where that is known.
        rate: Option<f64>,
    },
    /// What was done.
    Run {
        /// The run's figures and outcomes.
        report: &'a Report,
        /// The plan that was applied, which has before and after; left out where it is not at hand.
        plan: Option<&'a Plan>,
    },
}

/// What a plan and a report have in common.
pub(in crate::report) struct Facts<'a> {
    pub(in crate::report) time: Timestamp,
    pub(in crate::report) tenant: &'a Tenant,
    pub(in crate::report) source: &'a SourceFacts,
    pub(in crate::report) guardrails: &'a [Guardrail],
    pub(in crate::report) warnings: &'a [String],
    attention: &'a [Attention],
    conflicts: &'a [LeftAlone],
    protected: &'a [LeftAlone],
    skipped: &'a [LeftAlone],
    pub(super) waiting: &'a [Waiting],
    pub(super) undoes: Option<&'a str>,
}

impl<'a> From<&'a Plan> for Document<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self::Plan { plan, rate: None }
    }
}

impl<'a> Document<'a> {
    /// What both have, whichever it is.
    pub(in crate::report) fn facts(self) -> Facts<'a> {
        macro_rules! facts {
            ($document:expr, $time:ident) => {
                Facts {
                    time: $document.$time,
                    tenant: &$document.tenant,
                    source: &$document.source,
                    guardrails: &$document.guardrails,
                    warnings: &$document.warnings,
                    attention: &$document.attention,
                    conflicts: &$document.conflicts,
                    protected: &$document.protected,
                    skipped: &$document.skipped,
                    waiting: &$document.waiting,
                    undoes: $document.undoes.as_deref(),
                }
            };
        }
        match self {
            Self::Plan { plan, .. } => facts!(plan, created_at),
            Self::Run { report, .. } => facts!(report, started_at),
        }
    }

    /// The plan itself, or the one that a run applied.
    pub(in crate::report) fn plan(self) -> Option<&'a Plan> {
        match self {
            Self::Plan { plan, .. } => Some(plan),
            Self::Run { plan, .. } => plan,
        }
    }

    /// Why the run ended otherwise than by finishing its plan. A guardrail says it better.
    pub(in crate::report) fn error(self) -> Option<&'a str> {
        match self {
            Self::Run { report, .. } if report.exit() != Some(Exit::Guardrail) => report.error.as_deref(),
            Self::Plan { .. } | Self::Run { .. } => None,
        }
    }

    /// The same, for people.
    pub(in crate::report) fn what(self) -> &'static str {
        match self {
            Self::Plan { .. } => "Plan",
            Self::Run { .. } => "Run",
        }
    }

    /// `plan` or `run`.
    pub(in crate::report) fn kind(self) -> &'static str {
        match self {
            Self::Plan { .. } => "plan",
            Self::Run { .. } => "run",
        }
    }

    /// What a run ended with.
    pub(in crate::report) fn exit_code(self) -> Option<u8> {
        match self {
            Self::Plan { .. } => None,
            Self::Run { report, .. } => Some(report.exit_code),
        }
    }

    /// What it is about, in words for people who never saw the command line.
    pub(in crate::report) fn title(self) -> String {
        verdict::title(self)
    }

    /// The one-line verdict.
    pub fn verdict(self) -> String {
        match self {
            Self::Plan { plan, .. } => verdict::of_plan(plan),
            Self::Run { report, .. } => verdict::of_report(report),
        }
    }

    /// How the verdict is meant.
    pub(in crate::report) fn tone(self) -> Tone {
        match self {
            Self::Plan { plan, .. } if plan.tripped_guardrails().next().is_some() => Tone::Danger,
            Self::Plan { .. } => Tone::Strong,
            Self::Run { report, .. } => match report.exit() {
                Some(Exit::Done) => Tone::Good,
                Some(Exit::Partial) => Tone::Warning,
                _ => Tone::Danger,
            },
        }
    }

    /// Whether a person has to decide or to look, which is what `-q` goes by: something stopped, failed or drifted, is in
    /// conflict, could not be read, has likely changed address, rests on an assumed encoding, or is a fact of [`Attention`].
    /// A plan with changes waits to be applied.
    pub fn needs_a_person(self) -> bool {
        let is_noted = |plan: &Plan| plan.actions.iter().any(|action| action.note.is_some());
        let is_open = match self {
            Self::Plan { plan, .. } => plan.summary.changes() + plan.summary.conflicts + plan.summary.invalid > 0,
            Self::Run { report, .. } => {
                let summary = &report.summary;
                report.exit() != Some(Exit::Done) || summary.conflicts + summary.invalid + summary.total().open() > 0
            }
        };
        is_open
            || !self.facts().attention.is_empty()
            || self.facts().source.encoding_assumed
            || self.facts().guardrails.iter().any(|guardrail| guardrail.tripped)
            || self.plan().is_some_and(is_noted)
    }

    /// Whether anything was done. A run that was stopped before its first write reads like its plan.
    pub fn is_done(self) -> bool {
        match self {
            Self::Plan { .. } => false,
            Self::Run { report, .. } => {
                let total = report.summary.total();
                total.planned != total.not_attempted
            }
        }
    }

    /// All users in the document, list by list.
    pub(in crate::report) fn lines(self) -> impl Iterator<Item = UserLine<'a>> {
        Group::ALL.iter().flat_map(move |&group| self.lines_of(group))
    }

    /// One list, in the order of the plan.
    pub(in crate::report) fn lines_of(self, group: Group) -> Box<dyn Iterator<Item = UserLine<'a>> + 'a> {
        let left_alone = |kind, list: &'a [LeftAlone]| -> Box<dyn Iterator<Item = UserLine<'a>> + 'a> {
            Box::new(list.iter().map(move |one| UserLine::from_left_alone(kind, one)))
        };
        match group {
            Group::Conflict => left_alone(LineKind::Conflict, self.facts().conflicts),
            Group::Invalid => left_alone(LineKind::Invalid, self.plan().map_or(&[], |plan| &plan.invalid)),
            Group::Protected => left_alone(LineKind::Protected, self.facts().protected),
            Group::Skipped => left_alone(LineKind::Skipped, self.facts().skipped),
            _ => {
                let is_done = self.is_done();
                Box::new(self.action_lines().filter(move |line| line.group(is_done) == Some(group)))
            }
        }
    }

    pub(super) fn action_lines(self) -> Box<dyn Iterator<Item = UserLine<'a>> + 'a> {
        match self {
            Self::Plan { plan, .. } => {
                let members = member_changes(&plan.memberships).map(UserLine::from_member);
                Box::new(plan.actions.iter().map(UserLine::from_action).chain(members))
            }
            Self::Run { report, plan } => {
                let actions = plan.filter(|plan| is_plan_of(plan, report)).map_or(&[][..], |plan| &plan.actions);
                let outcomes = report.outcomes.iter().enumerate();
                let is_done = self.is_done();
                Box::new(outcomes.map(move |(index, outcome)| {
                    UserLine::from_outcome(outcome, actions.get(index), (report, is_done))
                }))
            }
        }
    }
}

/// Outcomes stand in the order of the plan's actions, one for each; a file laid beside by mistake must not lend its
/// before and after to another run.
fn is_plan_of(plan: &Plan, report: &Report) -> bool {
    let same = |(action, outcome): (&Action, &Outcome)| action.kind() == outcome.kind && action.email == outcome.email;
    plan.outcomes() == report.outcomes.len() && plan.actions.iter().zip(&report.outcomes).all(same)
}
