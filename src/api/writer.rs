//! All that can write to a tenant. Its callers are the steps of `execute`, and nobody else.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;

use super::call::{self, Transport, Written};
use super::error::CallError;
use super::pace::Purpose;
use super::reader::read_user;
use crate::model::UserRecord;

/// Saves users. Never sends twice: after an unclear outcome the caller looks the user up first.
pub struct UserWriter {
    transport: Arc<Transport>,
}

/// What one change of a group's members came to.
#[derive(Debug)]
pub enum MembersSent {
    /// All of it was done.
    Done,
    /// The tenant refused it, perhaps after the first users of it were done.
    Refused(CallError),
    /// No connection: nothing was sent.
    NotConnected(String),
    /// It may or may not have been done, or in part.
    Unclear {
        /// What went wrong.
        cause: String,
        /// Whether the login was refused.
        is_login_refusal: bool,
        /// Whether fewer users may do better: the call was not answered, or failed at the server.
        is_overload: bool,
    },
}

/// Users who join and leave one group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MembersChange<'a> {
    /// The group's identifier.
    pub feed: &'a str,
    /// By `uid`.
    pub added_users: Vec<&'a str>,
    /// By `uid`.
    pub removed_users: Vec<&'a str>,
}

/// A save that may leave now.
pub struct Departure<'a>(call::Departure<'a>);

/// What one save came to.
#[derive(Debug)]
pub enum Sent {
    /// The tenant answered with a user.
    Answered(UserRecord),
    /// The tenant plainly refused: it was not done.
    Refused(CallError),
    /// No connection: nothing was sent.
    NotConnected(String),
    /// It may or may not have been done.
    Unclear {
        /// What went wrong.
        cause: String,
        /// Whether the login was refused.
        is_login_refusal: bool,
    },
}

const SAVE: &str = "user/save";
const SAVE_MEMBERS: &str = "feed/subscribers/save";
const NO_CONTENT: u16 = 204;

impl UserWriter {
    pub(super) fn new(transport: Arc<Transport>) -> Self {
        Self { transport }
    }

    /// Waits until a save may leave. An error means that nothing was sent.
    pub async fn admit(&self, purpose: Purpose) -> Result<Departure<'_>, CallError> {
        self.transport.admit(purpose).await.map(Departure)
    }
}

impl Departure<'_> {
    /// Sends a whole user: an update when it has a `uid`, else a create. `password` is one in it, which no message may
    /// repeat.
    pub async fn save(self, user: &(impl Serialize + Sync), password: Option<&SecretString>) -> Sent {
        let body = match serde_json::to_vec(user) {
            Ok(body) => body,
            Err(error) => {
                let problem = format!("the user can't be written as JSON: {error}");
                return Sent::Refused(CallError::Unusable { call: SAVE, problem });
            }
        };
        let transport = self.0.transport;
        match self.0.post(SAVE, body, password).await {
            Written::Accepted(received) => match read_user(&received.body) {
                Ok(user) => Sent::Answered(user),
                Err(problem) => {
                    let cause = transport.problem(&received, &problem, password);
                    Sent::Unclear { cause, is_login_refusal: false }
                }
            },
            Written::Refused(error) => Sent::Refused(error),
            Written::NotConnected(cause) => Sent::NotConnected(cause),
            Written::Unclear { cause, is_login_refusal, .. } => Sent::Unclear { cause, is_login_refusal },
        }
    }

    /// Sends a change of a group's members. Only the status for an answer without content says that all of it was done: an
    /// empty answer may be a gateway's.
    pub async fn save_members(self, change: &MembersChange<'_>) -> MembersSent {
        let body = match serde_json::to_vec(change) {
            Ok(body) => body,
            Err(error) => {
                let problem = format!("the users can't be written as JSON: {error}");
                return MembersSent::Refused(CallError::Unusable { call: SAVE_MEMBERS, problem });
            }
        };
        match self.0.post(SAVE_MEMBERS, body, None).await {
            Written::Accepted(received) if received.status == NO_CONTENT => MembersSent::Done,
            Written::Accepted(_) => MembersSent::Unclear {
                cause: "the tenant answered with something else than success".to_owned(),
                is_login_refusal: false,
                is_overload: false,
            },
            Written::Refused(error) => MembersSent::Refused(error),
            Written::NotConnected(cause) => MembersSent::NotConnected(cause),
            Written::Unclear { cause, is_login_refusal, is_rate_limit } => {
                MembersSent::Unclear { cause, is_login_refusal, is_overload: !is_login_refusal && !is_rate_limit }
            }
        }
    }
}
