//! People, one line each: in which order they are listed, and what is said of each.

use std::borrow::Cow;

use strum::VariantArray;

use super::Report;
use crate::execute::{ActionResult, Outcome};
use crate::model::Uid;
use crate::plan::{Action, ActionKind, FieldChange, GroupName, LeftAlone, MemberChange, Reason};
use crate::report::Tone;

/// One line of a table: an action with what became of it, or a row or user that was left alone.
#[derive(Debug, Clone)]
pub(in crate::report) struct UserLine<'a> {
    pub(in crate::report) kind: LineKind,
    pub(in crate::report) name: Option<&'a str>,
    pub(in crate::report) email: &'a str,
    pub(in crate::report) uid: Option<&'a str>,
    pub(in crate::report) row: Option<u64>,
    pub(in crate::report) reason: Cow<'a, str>,
    pub(in crate::report) outcome: Option<&'a Outcome>,
    pub(in crate::report) action: Option<&'a Action>,
    /// The group that is joined or left.
    pub(in crate::report) in_group: Option<&'a GroupName>,
    /// Why the run stopped is said at its head, and not again for each user.
    hides_error: bool,
    /// Whether the line stands in a list by what became of it, so that the kind must be said.
    says_kind: bool,
}

/// The word in a table's column; in the order in which tables sort it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum LineKind {
    Action(ActionKind),
    Conflict,
    Invalid,
    Protected,
    Skipped,
}

/// The lists of a document, in every format in this order: who loses access, what needs a person, the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub(in crate::report) enum Group {
    Disable,
    Failed,
    Unclear,
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
    pub(in crate::report) const ALL: [Self; 10] = [
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

    pub(in crate::report) fn as_str(self) -> &'static str {
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
    pub(in crate::report) const ALL: &[Self] = Self::VARIANTS;

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
    pub(in crate::report) fn heading(self, is_done: bool) -> (&'static str, &'static str) {
        let (planned, done) = match self {
            Self::Disable => (("Disable", "lose access"), ("Disabled", "lost access")),
            Self::Create => (("Create", "new accounts"), ("Created", "new accounts")),
            Self::Enable => (("Enable", "get access again"), ("Enabled", "have access again")),
            Self::Update => (("Update", ""), ("Updated", "")),
            Self::Join => (("Join", "become members of groups"), ("Joined", "are members of groups now")),
            Self::Leave => (("Leave", "lose their membership"), ("Left", "lost their membership")),
            Self::Failed => return ("Failed", ""),
            Self::Unclear => return ("Unclear", "sent, and may or may not be done"),
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
    pub(in crate::report) fn mark(self) -> (&'static str, Tone) {
        match self {
            Self::Disable => ("-", Tone::Danger),
            Self::Failed => ("✗", Tone::Danger),
            Self::Unclear => ("?", Tone::Warning),
            Self::Drifted | Self::Conflict | Self::Invalid => ("!", Tone::Warning),
            Self::NotAttempted => ("·", Tone::Warning),
            Self::Create => ("+", Tone::Good),
            Self::Enable => ("↑", Tone::Good),
            Self::Update => ("~", Tone::Change),
            Self::Join => ("+", Tone::Change),
            Self::Leave => ("-", Tone::Warning),
            Self::Protected => ("#", Tone::Faint),
            Self::Skipped => ("·", Tone::Faint),
        }
    }
}

impl<'a> UserLine<'a> {
    fn new(kind: LineKind, email: &'a str) -> Self {
        Self {
            kind,
            name: None,
            email,
            uid: None,
            row: None,
            reason: Cow::Borrowed(""),
            outcome: None,
            action: None,
            in_group: None,
            hides_error: false,
            says_kind: false,
        }
    }

    pub(super) fn from_action(action: &'a Action) -> Self {
        Self {
            name: action.name.as_deref(),
            uid: action.uid().map(Uid::as_str),
            row: action.row,
            reason: Cow::Borrowed(reason_words(action.reason)),
            action: Some(action),
            ..Self::new(LineKind::Action(action.kind()), &action.email)
        }
    }

    pub(super) fn from_member(change: MemberChange<'a>) -> Self {
        Self {
            uid: change.member.uid.as_ref().map(Uid::as_str),
            row: change.member.row,
            in_group: Some(change.group),
            ..Self::new(LineKind::Action(change.kind), &change.member.email)
        }
    }

    pub(super) fn from_outcome(
        outcome: &'a Outcome,
        action: Option<&'a Action>,
        (report, is_done): (&Report, bool),
    ) -> Self {
        Self {
            kind: LineKind::Action(outcome.kind),
            name: outcome.name.as_deref().or(action.and_then(|action| action.name.as_deref())),
            email: &outcome.email,
            uid: outcome.uid.as_ref().map(Uid::as_str),
            row: outcome.row,
            reason: Cow::Borrowed(action.map_or("", |action| reason_words(action.reason))),
            outcome: Some(outcome),
            action,
            in_group: outcome.group.as_ref(),
            says_kind: is_done && outcome.result.is_open(),
            hides_error: match outcome.result {
                ActionResult::NotAttempted => report.error.is_some() || report.unfinished.is_some(),
                _ => is_unclear(outcome),
            },
        }
    }

    pub(super) fn from_left_alone(kind: LineKind, left_alone: &'a LeftAlone) -> Self {
        Self {
            name: left_alone.name.as_deref(),
            row: left_alone.row,
            reason: Cow::Borrowed(&left_alone.reason),
            ..Self::new(kind, &left_alone.email)
        }
    }

    /// The managed fields that change, where the plan is at hand.
    pub(in crate::report) fn changes(&self) -> impl Iterator<Item = FieldChange<'a>> + use<'a> {
        self.action.into_iter().flat_map(Action::field_changes)
    }

    /// What a reviewer should look at.
    pub(in crate::report) fn note(&self) -> Option<&'a str> {
        self.action.and_then(|action| action.note.as_deref())
    }

    /// What became of the action.
    pub(in crate::report) fn result(&self) -> Option<ActionResult> {
        self.outcome.map(|outcome| outcome.result)
    }

    /// Why the action failed or drifted.
    pub(in crate::report) fn error(&self) -> Option<&'a str> {
        self.outcome.filter(|_| !self.hides_error).and_then(|outcome| outcome.error.as_deref())
    }

    /// What happens to the user and why, one statement each; empty where the heading of its list says it all.
    pub(in crate::report) fn details(&self) -> Vec<String> {
        let changes = |without: &'static str| {
            self.changes().filter(move |change| change.field != without).map(|change| change_words(&change))
        };
        match (self.kind, self.error()) {
            (LineKind::Action(kind), Some(error)) => vec![format!("{}{}: {error}", kind.as_str(), self.behind_kind())],
            (LineKind::Action(kind), None) if self.says_kind => {
                vec![format!("{}{}", kind.as_str(), self.behind_kind())]
            }
            (LineKind::Action(_), None) if self.result() == Some(ActionResult::Already) => {
                self.in_group.map(|group| group.name.to_string()).into_iter().chain(["already so".to_owned()]).collect()
            }
            (LineKind::Action(ActionKind::Join | ActionKind::Leave), None) => {
                self.in_group.map(|group| group.name.to_string()).into_iter().collect()
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

    fn behind_kind(&self) -> String {
        self.in_group.map(|group| format!(" {}", group.name)).unwrap_or_default()
    }

    fn remarks_on_create(&self) -> impl Iterator<Item = &'static str> {
        let is_hidden = self.changes().any(|change| change.field == "isHidden" && change.after == "true");
        let needs_password = self.action.is_some_and(Action::needs_password);
        let hidden = is_hidden.then_some("hidden in the directory");
        hidden.into_iter().chain(needs_password.then_some("with the password of its row"))
    }
}

/// `lastName: Sharma → Sharma-Iyer`
pub(in crate::report) fn change_words(change: &FieldChange<'_>) -> String {
    let shown = |value: &str| if value.is_empty() { "(none)".to_owned() } else { value.to_owned() };
    match change.before {
        Some(before) => format!("{}: {} → {}", change.field, shown(before), shown(change.after)),
        None => format!("{}: {}", change.field, shown(change.after)),
    }
}

pub(in crate::report) fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Row => "row in the CSV",
        Reason::Absent => "no row in the CSV",
        Reason::Undo => "takes a run back",
    }
}

impl UserLine<'_> {
    /// The list that an action stands in. Where a run did nothing at all, that is the plan's.
    pub(super) fn group(&self, is_done: bool) -> Option<Group> {
        let LineKind::Action(kind) = self.kind else { return None };
        Some(match self.result() {
            Some(ActionResult::Failed) if self.outcome.is_some_and(is_unclear) => Group::Unclear,
            Some(ActionResult::Failed) => Group::Failed,
            Some(ActionResult::Drifted) => Group::Drifted,
            Some(ActionResult::NotAttempted) if is_done => Group::NotAttempted,
            Some(ActionResult::NotAttempted | ActionResult::Applied | ActionResult::Already) | None => {
                Group::of_kind(kind)
            }
        })
    }
}

fn is_unclear(outcome: &Outcome) -> bool {
    outcome.error.as_deref() == Some(Report::UNCLEAR)
}
