//! All that can write to a tenant. Its callers are the steps of `execute`, and nobody else.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;

use super::error::CallError;
use super::gate::Purpose;
use super::reader::read_user;
use super::transport::{Call, Transport};
use crate::model::UserRecord;

/// Saves users. Whether to try again after an unclear outcome is decided by who can look first.
pub struct UserWriter {
    transport: Arc<Transport>,
}

impl UserWriter {
    pub(super) fn new(transport: Arc<Transport>) -> Self {
        Self { transport }
    }

    /// Sends a whole user: an update when it has a `uid`, else a create. Answers the user as saved.
    ///
    /// `secret` is a password in it, which no message may repeat. `announce` is awaited before each time that the save
    /// leaves: a tenant that refuses it unread, for load or for a token that ran out, gets it again.
    /// [`CallError::Unclear`] means that it may have been done.
    pub async fn save<A: Future<Output = Result<(), CallError>>>(
        &self,
        user: &(impl Serialize + Sync),
        secret: Option<&SecretString>,
        purpose: Purpose,
        announce: impl Fn() -> A,
    ) -> Result<UserRecord, CallError> {
        let body = serde_json::to_vec(user).map_err(|error| CallError::Nonsense {
            call: "user/save",
            problem: format!("the user can't be written as JSON: {error}"),
        })?;
        let call = Call { path: "user/save", query: &[], body: Some(body), purpose, secret };
        self.transport.send_announced(call, |body| read_saved(&body), announce).await
    }
}

/// An answer that names nobody does not say that anybody was saved.
fn read_saved(body: &[u8]) -> Result<UserRecord, String> {
    let saved = read_user(body)?;
    let names_somebody = ["uid", "id", "email"].iter().any(|name| saved.raw(name).is_some());
    if names_somebody { Ok(saved) } else { Err("the answer to the save names no user".to_owned()) }
}
