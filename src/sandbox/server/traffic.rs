//! The traffic: one record a call, for tests that count, measure and look for harm.

use std::collections::VecDeque;
use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};
use strum::Display;

/// What a request asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum CallKind {
    /// `POST application-token`.
    Token,
    /// `GET user/list`.
    List,
    /// `GET user/get`.
    Get,
    /// `POST user/save` without a `uid`.
    SaveCreate,
    /// `POST user/save` with a `uid`.
    SaveUpdate,
    /// `GET feed/list`.
    FeedList,
    /// `GET user/list` with `feeds`.
    FeedMembers,
    /// `GET feed/get`.
    FeedGet,
    /// `GET feedtype/list`.
    FeedTypes,
    /// `POST feed/subscribers/save`.
    FeedSave,
    /// Any other path or method, the target of a redirect fault included.
    #[default]
    Other,
}

impl CallKind {
    /// The kinds that a fault can strike, in the order of a run.
    #[rustfmt::skip]
    pub const OF_THE_API: [CallKind; 10] = [
        Self::Token, Self::List, Self::FeedList, Self::FeedTypes, Self::FeedMembers, Self::Get, Self::SaveCreate,
        Self::SaveUpdate, Self::FeedGet, Self::FeedSave,
    ];

    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::List | Self::FeedList | Self::FeedMembers | Self::FeedTypes)
    }
}

/// The name in fault specifications and in the traffic's JSON.
impl FromStr for CallKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::OF_THE_API.into_iter().find(|kind| kind.to_string() == text);
        found.ok_or_else(|| {
            let known = Self::OF_THE_API.map(|kind| kind.to_string()).join(", ");
            format!("`{text}` is no call: {known} or any")
        })
    }
}

/// One request as the server saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// What it asked for.
    pub kind: CallKind,
    /// When it arrived, since the sandbox started.
    #[serde(rename = "arrivedSeconds", serialize_with = "as_seconds")]
    pub arrived: Duration,
    /// The status answered; `None` while there is none and where a fault took the answer away.
    pub status: Option<u16>,
    /// The address that the call names.
    pub email: Option<String>,
    /// The identifier of the user or group that the call names or, for a create that was done, that it got.
    pub uid: Option<String>,
    /// The users that a call adds to a group, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
    /// The users that a call takes out of a group, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Whether a user or a membership was changed, whatever became of the answer.
    pub written: bool,
    /// Whether a password came along.
    pub has_password: bool,
    /// Whether a bearer token came along.
    pub has_bearer: bool,
    /// The fault that struck, as it is written.
    pub fault: Option<String>,
}

fn as_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// Older records are dropped, so that a sandbox may run for weeks.
const KEPT_CALLS: usize = 1_000_000;

/// All calls so far.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    dropped: usize,
    calls: VecDeque<Call>,
}

/// Identifies the record of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallId(usize);

impl Traffic {
    /// Records a call when it arrives, so that one that never gets an answer is seen too.
    pub(crate) fn open(&mut self, call: Call) -> CallId {
        if self.calls.len() == KEPT_CALLS {
            self.calls.pop_front();
            self.dropped += 1;
        }
        self.calls.push_back(call);
        CallId(self.dropped + self.calls.len() - 1)
    }

    /// Adds to a record.
    pub(crate) fn note(&mut self, id: CallId, change: impl FnOnce(&mut Call)) {
        if let Some(call) = id.0.checked_sub(self.dropped).and_then(|place| self.calls.get_mut(place)) {
            change(call);
        }
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }
}
