//! What plan and report have in common, so that each format is written once.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{Report, Tone, verdict};
use crate::execute::{ActionResult, Outcome};
use crate::model::{Exit, SourceFacts, Tenant, Uid};
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
        /// The plan that was applied, which has before and after; left out where it is not at hand.
        plan: Option<&'a Plan>,
    },
}

/// What a plan and a report have in common.
pub(super) struct Facts<'a> {
    pub(super) time: Timestamp,
    pub(super) tenant: &'a Tenant,
    pub(super) source: &'a SourceFacts,
    pub(super) guardrails: &'a [Guardrail],
    pub(super) warnings: &'a [String],
    conflicts: &'a [LeftAlone],
    protected: &'a [LeftAlone],
    skipped: &'a [LeftAlone],
}

/// One line of a table: an action with what became of it, or a row or user that was left alone.
#[derive(Debug, Clone)]
pub(super) struct UserLine<'a> {
    pub(super) kind: LineKind,
    pub(super) name: Option<&'a str>,
    pub(super) email: &'a str,
    pub(super) uid: Option<&'a str>,
    pub(super) row: Option<u64>,
    pub(super) reason: Cow<'a, str>,
    pub(super) outcome: Option<&'a Outcome>,
    pub(super) action: Option<&'a Action>,
    /// Why the run stopped is said at its head, and not again for each user.
    hides_error: bool,
}

/// The word in a table's column; in the order in which tables sort it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Action(ActionKind),
    Conflict,
    Invalid,
    Protected,
    Skipped,
}

/// The lists of a document, in every format in this order: who loses access, what needs a person, the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Disable,
    Failed,
    Drifted,
    NotAttempted,
    Conflict,
    Invalid,
    Create,
    Enable,
    Update,
    Join,
    Leave,
    Protected,
    Skipped,
}

impl LineKind {
    pub(super) const ALL: [Self; 10] = [
        Self::Action(ActionKind::Disable),
        Self::Conflict,
        Self::Invalid,
        Self::Action(ActionKind::Create),
        Self::Action(ActionKind::Enable),
        Self::Action(ActionKind::Update),
        Self::Action(ActionKind::Join),
        Self::Action(ActionKind::Leave),
        Self::Protected,
        Self::Skipped,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Action(kind) => kind.as_str(),
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::Protected => "protected",
            Self::Skipped => "skipped",
        }
    }
}

impl Group {
    pub(super) const ALL: [Self; 13] = [
        Self::Disable,
        Self::Failed,
        Self::Drifted,
        Self::NotAttempted,
        Self::Conflict,
        Self::Invalid,
        Self::Create,
        Self::Enable,
        Self::Update,
        Self::Join,
        Self::Leave,
        Self::Protected,
        Self::Skipped,
    ];

    fn of_kind(kind: ActionKind) -> Self {
        match kind {
            ActionKind::Create => Self::Create,
            ActionKind::Update => Self::Update,
            ActionKind::Enable => Self::Enable,
            ActionKind::Disable => Self::Disable,
            ActionKind::Join => Self::Join,
            ActionKind::Leave => Self::Leave,
        }
    }

    /// The list's heading and what is said behind its count; `is_done` tells a run from a plan.
    pub(super) fn heading(self, is_done: bool) -> (&'static str, &'static str) {
        let (planned, done) = match self {
            Self::Disable => (("Disable", "lose access"), ("Disabled", "lost access")),
            Self::Create => (("Create", "new accounts"), ("Created", "new accounts")),
            Self::Enable => (("Enable", "get access again"), ("Enabled", "have access again")),
            Self::Update => (("Update", ""), ("Updated", "")),
            Self::Join => (("Join", "become members of groups"), ("Joined", "are members of groups")),
            Self::Leave => (("Leave", "are no longer members of groups"), ("Left", "are no longer members of groups")),
            Self::Failed => return ("Failed", ""),
            Self::Drifted => return ("Drifted", "changed since the plan; left alone"),
            Self::NotAttempted => return ("Not attempted", "the run ended before their turn"),
            Self::Conflict => return ("Conflicts", "left alone until somebody decides"),
            Self::Invalid => return ("Invalid rows", "left out"),
            Self::Protected => return ("Protected", "never changed"),
            Self::Skipped => return ("Skipped", "nothing to do"),
        };
        if is_done { done } else { planned }
    }

    /// One character before each of the list's lines, and what it means.
    pub(super) fn mark(self) -> (&'static str, Tone) {
        match self {
            Self::Disable => ("-", Tone::Danger),
            Self::Failed => ("✗", Tone::Danger),
            Self::Drifted | Self::Conflict | Self::Invalid => ("!", Tone::Warning),
            Self::NotAttempted => ("·", Tone::Warning),
            Self::Create => ("+", Tone::Good),
            Self::Enable => ("↑", Tone::Good),
            Self::Update | Self::Join | Self::Leave => ("~", Tone::Change),
            Self::Protected => ("#", Tone::Faint),
            Self::Skipped => ("·", Tone::Faint),
        }
    }
}

impl<'a> UserLine<'a> {
    fn from_action(action: &'a Action) -> Self {
        Self {
            kind: LineKind::Action(action.kind()),
            name: action.name.as_deref(),
            email: &action.email,
            uid: action.uid().map(Uid::as_str),
            row: action.row,
            reason: Cow::Borrowed(reason_words(action.reason)),
            outcome: None,
            action: Some(action),
            hides_error: false,
        }
    }

    fn from_outcome(outcome: &'a Outcome, action: Option<&'a Action>, report: &Report) -> Self {
        Self {
            kind: LineKind::Action(outcome.kind),
            name: outcome.name.as_deref().or(action.and_then(|action| action.name.as_deref())),
            email: &outcome.email,
            uid: outcome.uid.as_ref().map(Uid::as_str),
            row: outcome.row,
            reason: Cow::Borrowed(action.map_or("", |action| reason_words(action.reason))),
            outcome: Some(outcome),
            action,
            hides_error: report.error.is_some() && outcome.result == ActionResult::NotAttempted,
        }
    }

    fn from_left_alone(kind: LineKind, left_alone: &'a LeftAlone) -> Self {
        Self {
            kind,
            name: left_alone.name.as_deref(),
            email: &left_alone.email,
            uid: None,
            row: left_alone.row,
            reason: Cow::Borrowed(&left_alone.reason),
            outcome: None,
            action: None,
            hides_error: false,
        }
    }

    /// The managed fields that change, where the plan is at hand.
    pub(super) fn changes(&self) -> impl Iterator<Item = FieldChange<'a>> + use<'a> {
        self.action.into_iter().flat_map(Action::field_changes)
    }

    /// What a reviewer should look at.
    pub(super) fn note(&self) -> Option<&'a str> {
        self.action.and_then(|action| action.note.as_deref())
    }

    /// What became of the action.
    pub(super) fn result(&self) -> Option<ActionResult> {
        self.outcome.map(|outcome| outcome.result)
    }

    /// Why the action failed or drifted.
    pub(super) fn error(&self) -> Option<&'a str> {
        self.outcome.filter(|_| !self.hides_error).and_then(|outcome| outcome.error.as_deref())
    }

    /// What happens to the user and why, one statement each; empty where the heading of its list says it all.
    pub(super) fn details(&self) -> Vec<String> {
        let changes = |without: &'static str| {
            self.changes().filter(move |change| change.field != without).map(|change| change_words(&change))
        };
        let is_open = self.result().is_some_and(ActionResult::is_open);
        match (self.kind, self.error()) {
            (LineKind::Action(kind), Some(error)) => vec![format!("{}: {error}", kind.as_str())],
            (LineKind::Action(kind), None) if is_open => vec![kind.as_str().to_owned()],
            (LineKind::Action(_), None) if self.result() == Some(ActionResult::Already) => {
                vec!["already so".to_owned()]
            }
            (LineKind::Action(ActionKind::Create), None) => self.remarks_on_create().map(str::to_owned).collect(),
            (LineKind::Action(ActionKind::Disable), None) => {
                let reason = self.action.map(|action| match action.reason {
                    Reason::Row => "its row says disabled".to_owned(),
                    Reason::Absent | Reason::Undo => self.reason.to_string(),
                });
                reason.into_iter().chain(changes("status")).collect()
            }
            (LineKind::Action(ActionKind::Enable | ActionKind::Update), None) => changes("").collect(),
            _ => vec![self.reason.to_string()],
        }
    }

    fn remarks_on_create(&self) -> impl Iterator<Item = &'static str> {
        let is_hidden = self.changes().any(|change| change.field == "isHidden" && change.after == "true");
        let needs_password = self.action.is_some_and(Action::needs_password);
        let hidden = is_hidden.then_some("hidden in the directory");
        hidden.into_iter().chain(needs_password.then_some("with the password of its row"))
    }
}

/// `lastName: Sharma → Sharma-Iyer`
pub(super) fn change_words(change: &FieldChange<'_>) -> String {
    let shown = |value: &str| if value.is_empty() { "(none)".to_owned() } else { value.to_owned() };
    match change.before {
        Some(before) => format!("{}: {} → {}", change.field, shown(before), shown(change.after)),
        None => format!("{}: {}", change.field, shown(change.after)),
    }
}

pub(super) fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Row => "row in the CSV",
        Reason::Absent => "no row in the CSV",
        Reason::Undo => "takes a run back",
    }
}

impl<'a> Document<'a> {
    /// What both have, whichever it is.
    pub(super) fn facts(self) -> Facts<'a> {
        macro_rules! facts {
            ($document:expr, $time:ident) => {
                Facts {
                    time: $document.$time,
                    tenant: &$document.tenant,
                    source: &$document.source,
                    guardrails: &$document.guardrails,
                    warnings: &$document.warnings,
                    conflicts: &$document.conflicts,
                    protected: &$document.protected,
                    skipped: &$document.skipped,
                }
            };
        }
        match self {
            Self::Plan(plan) => facts!(plan, created_at),
            Self::Run { report, .. } => facts!(report, started_at),
        }
    }

    /// The plan itself, or the one that a run applied.
    pub(super) fn plan(self) -> Option<&'a Plan> {
        match self {
            Self::Plan(plan) => Some(plan),
            Self::Run { plan, .. } => plan,
        }
    }

    /// Why the run ended otherwise than by finishing its plan. A guardrail says it better.
    pub(super) fn error(self) -> Option<&'a str> {
        match self {
            Self::Run { report, .. } if report.exit() != Some(Exit::Guardrail) => report.error.as_deref(),
            Self::Plan(_) | Self::Run { .. } => None,
        }
    }

    /// What it is about, in words for people who never saw the command line.
    pub(super) fn title(self) -> String {
        verdict::title(self)
    }

    /// The one-line verdict.
    pub fn verdict(self) -> String {
        match self {
            Self::Plan(plan) => verdict::of_plan(plan),
            Self::Run { report, .. } => verdict::of_report(report),
        }
    }

    /// How the verdict is meant.
    pub(super) fn tone(self) -> Tone {
        match self {
            Self::Plan(plan) if plan.tripped_guardrails().next().is_some() => Tone::Danger,
            Self::Plan(_) => Tone::Strong,
            Self::Run { report, .. } => match report.exit() {
                Some(Exit::Done) => Tone::Good,
                Some(Exit::Partial) => Tone::Warning,
                _ => Tone::Danger,
            },
        }
    }

    /// Whether a person has to decide or to look, which is what `-q` goes by: something stopped, failed or drifted, is in
    /// conflict, could not be read, or has likely changed address. A plan with changes waits to be applied.
    pub fn needs_a_person(self) -> bool {
        let is_noted = |plan: &Plan| plan.actions.iter().any(|action| action.note.is_some());
        let is_open = match self {
            Self::Plan(plan) => plan.summary.changes() + plan.summary.conflicts + plan.summary.invalid > 0,
            Self::Run { report, .. } => {
                let summary = &report.summary;
                report.exit() != Some(Exit::Done) || summary.conflicts + summary.invalid + summary.total().open() > 0
            }
        };
        is_open
            || self.facts().guardrails.iter().any(|guardrail| guardrail.tripped)
            || self.plan().is_some_and(is_noted)
    }

    /// Whether anything was done. A run that was stopped before its first write reads like its plan.
    pub fn is_done(self) -> bool {
        match self {
            Self::Plan(_) => false,
            Self::Run { report, .. } => {
                let total = report.summary.total();
                total.planned != total.not_attempted
            }
        }
    }

    /// All users in the document, list by list.
    pub(super) fn lines(self) -> impl Iterator<Item = UserLine<'a>> {
        Group::ALL.into_iter().flat_map(move |group| self.lines_of(group))
    }

    /// One list, in the order of the plan.
    pub(super) fn lines_of(self, group: Group) -> Box<dyn Iterator<Item = UserLine<'a>> + 'a> {
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

    fn action_lines(self) -> Box<dyn Iterator<Item = UserLine<'a>> + 'a> {
        match self {
            Self::Plan(plan) => Box::new(plan.actions.iter().map(UserLine::from_action)),
            Self::Run { report, plan } => {
                let actions = plan.filter(|plan| is_plan_of(plan, report)).map_or(&[][..], |plan| &plan.actions);
                let outcomes = report.outcomes.iter().enumerate();
                Box::new(outcomes.map(|(index, outcome)| UserLine::from_outcome(outcome, actions.get(index), report)))
            }
        }
    }
}

impl UserLine<'_> {
    /// The list that an action stands in. Where a run did nothing at all, that is the plan's.
    fn group(&self, is_done: bool) -> Option<Group> {
        let LineKind::Action(kind) = self.kind else { return None };
        Some(match self.result() {
            Some(ActionResult::Failed) => Group::Failed,
            Some(ActionResult::Drifted) => Group::Drifted,
            Some(ActionResult::NotAttempted) if is_done => Group::NotAttempted,
            Some(ActionResult::NotAttempted | ActionResult::Applied | ActionResult::Already) | None => {
                Group::of_kind(kind)
            }
        })
    }
}

/// Outcomes stand in the order of the plan's actions, one for each; a file laid beside by mistake must not lend its
/// before and after to another run.
fn is_plan_of(plan: &Plan, report: &Report) -> bool {
    let same = |(action, outcome): (&Action, &Outcome)| action.kind() == outcome.kind && action.email == outcome.email;
    plan.actions.len() == report.outcomes.len() && plan.actions.iter().zip(&report.outcomes).all(same)
}
