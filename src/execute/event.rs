//! What the engine emits; journal, progress and tally listen.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use tokio::sync::oneshot;

use crate::model::Uid;
use crate::plan::{Action, ActionKind, GroupName, Member, MemberChange, Phase, Plan, member_changes};

/// How one action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outcome {
    /// What was done, or was to be done.
    pub kind: ActionKind,
    /// The action's address.
    pub email: Box<str>,
    /// First and last name as the plan has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The user's identifier; for a create, the one that the tenant gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// Line of the CSV that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The group that was joined or left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
    /// What became of it.
    pub result: ActionResult,
    /// How many saves were sent for it.
    pub attempts: u32,
    /// Why it failed, drifted or was not attempted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<str>>,
}

impl Outcome {
    /// The outcomes of a plan of which nothing was begun: its actions, then its changes of members.
    pub fn none_of<'a>(plan: &'a Plan, why: &'a str) -> impl Iterator<Item = Self> + 'a {
        let actions = plan.actions.iter().map(move |action| Self::not_attempted(action, why));
        actions.chain(member_changes(&plan.memberships).map(move |change| Self::of_member(&change, why)))
    }

    /// The outcome of an action that the run did not come to.
    pub fn not_attempted(action: &Action, why: &str) -> Self {
        Self {
            kind: action.kind(),
            email: action.email.clone(),
            name: action.name.clone(),
            uid: action.uid().cloned(),
            row: action.row,
            group: None,
            result: ActionResult::NotAttempted,
            attempts: 0,
            error: (!why.is_empty()).then(|| why.into()),
        }
    }

    /// The outcome of a change of a group's members that the run did not come to.
    pub fn of_member(change: &MemberChange<'_>, why: &str) -> Self {
        let Member { email, uid, row } = change.member;
        Self {
            kind: change.kind,
            email: email.clone(),
            name: None,
            uid: uid.clone(),
            row: *row,
            group: Some(change.group.clone()),
            result: ActionResult::NotAttempted,
            attempts: 0,
            error: (!why.is_empty()).then(|| why.into()),
        }
    }
}

/// What became of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
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
    /// All results, in the order of summaries.
    pub const ALL: [Self; 5] = [Self::Applied, Self::Already, Self::Drifted, Self::Failed, Self::NotAttempted];

    /// Whether the tenant does not have the planned change.
    pub fn is_open(self) -> bool {
        match self {
            Self::Applied | Self::Already => false,
            Self::Drifted | Self::Failed | Self::NotAttempted => true,
        }
    }

    /// The word for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Already => "already so",
            Self::NotAttempted => "not attempted",
            Self::Applied | Self::Drifted | Self::Failed => self.as_str(),
        }
    }

    /// The word of reports and journals.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Something happened while a plan was being applied.
#[derive(Debug)]
pub enum Event {
    /// A phase with so many actions begins.
    PhaseStarted {
        /// Which.
        phase: Phase,
        /// How many actions it has.
        actions: u64,
    },
    /// A call is about to leave; it does when [`Recorded`] says that everybody whom it changes is on disk.
    AboutToSend(Vec<Attempt>, Recorded),
    /// The action or membership at this position of the plan ended.
    Ended {
        /// Position in `Plan::actions`; behind them, in [`member_changes`](crate::plan::member_changes).
        position: usize,
        /// How.
        outcome: Outcome,
    },
    /// The run will start nothing new, and why.
    Stopping {
        /// For a person to read.
        reason: String,
    },
}

/// A change of one user that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attempt {
    /// What is about to be done.
    pub kind: ActionKind,
    /// The action's address.
    pub email: Box<str>,
    /// The user's identifier; a create has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// Line of the CSV that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The group that is joined or left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
    /// Which call for this change, counted from 1.
    pub attempt: u32,
}

/// Confirms to a waiting save that its attempt is on disk, or says that it can't be recorded and the save must not leave.
#[derive(Debug)]
pub struct Recorded(pub(super) oneshot::Sender<Result<(), String>>);

impl Recorded {
    /// Lets the save go, or stops the run.
    pub fn confirm(self, written: Result<(), String>) {
        // Nobody waits any more when the run was cut off meanwhile.
        let _ = self.0.send(written);
    }
}
