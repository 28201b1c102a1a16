//! One action against the tenant: get, compare, change, save for a user that is there; look first for one that is not.
//!
//! The two costly mistakes live here: a second account and a lost attribute. Every unclear save is resolved by
//! looking before it is sent again (contract, "Applying").

use std::cell::Cell;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::compare::{CREATED_TYPE, Standing, change, is_as_created, is_the_one, not_taken, standing};
use super::event::{ActionResult, Attempt, Event, Outcome, Recorded};
use crate::api::{CallError, GateError, Purpose, UserReader, UserWriter};
use crate::model::{Uid, UserRecord, redact};
use crate::plan::{Action, Changes, Scope};

/// The name of the call in messages.
const SAVE: &str = "user/save";

/// Whether a create may trust the plan that nobody has its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookUp {
    /// The list is fresh (`sync`): a create is one call.
    WhenUnclear,
    /// The plan was made earlier (`apply`): look every create up.
    First,
}

/// What a step needs of the engine.
pub(super) struct Step<'a> {
    pub(super) reader: &'a UserReader,
    pub(super) writer: &'a UserWriter,
    pub(super) events: &'a mpsc::Sender<Event>,
    pub(super) action: &'a Action,
    pub(super) password: Option<&'a SecretString>,
    pub(super) look_up: LookUp,
    pub(super) scope: &'a Scope,
    /// How many saves were sent so far.
    pub(super) attempts: Cell<u32>,
}

/// How a step ended, before it is told.
pub(super) struct Ending {
    pub(super) result: ActionResult,
    pub(super) uid: Option<Uid>,
    pub(super) error: Option<String>,
    pub(super) is_login_refusal: bool,
    pub(super) attempts: u32,
}

/// The body of a create. The API's least payload, and the managed cells that the row fills.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewUser<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    account_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_hidden: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    re_password: Option<&'a str>,
}

/// What one save came to.
enum Saved {
    Answered(UserRecord),
    Unclear(String),
}

impl Step<'_> {
    /// Carries the action out, as far as it goes.
    pub(super) async fn run(&self) -> Ending {
        let ended = match &self.action.uid {
            None => self.create().await,
            Some(uid) => self.update(uid).await,
        };
        let mut ending = ended.unwrap_or_else(|error| Ending::of_error(&error));
        ending.attempts = self.attempts.get();
        ending.uid = ending.uid.or_else(|| self.action.uid.clone());
        ending.error = ending.error.map(|error| redact(&error, self.password));
        ending
    }

    async fn create(&self) -> Result<Ending, CallError> {
        if self.look_up == LookUp::First
            && let Some(found) = self.reader.by_email(&self.action.email, Purpose::Begin).await?
        {
            return Ok(self.judge_found(&found, ActionResult::Already));
        }
        let mut is_in_doubt = false;
        loop {
            let cause = match self.save(&self.new_user(), is_in_doubt).await {
                Ok(Saved::Answered(user)) => return Ok(self.judge_answer(&user)),
                Ok(Saved::Unclear(cause)) => cause,
                // The try before may have been done only after the look that did not find it.
                Err(refusal @ CallError::Refused { .. }) if is_in_doubt => {
                    return self.look_for_created(&refusal.to_string()).await?.ok_or(refusal);
                }
                Err(error) => return Err(error),
            };
            is_in_doubt = true;
            self.reader.back_off(self.attempts.get()).await;
            if let Some(ending) = self.look_for_created(&cause).await? {
                return Ok(ending);
            }
            self.reader.spend_retry(SAVE, self.attempts.get(), &cause)?;
        }
    }

    /// Whether a create whose outcome is unclear was done after all.
    async fn look_for_created(&self, cause: &str) -> Result<Option<Ending>, CallError> {
        let found = self.reader.by_email(&self.action.email, Purpose::Finish).await;
        let found = found.map_err(|error| in_doubt(cause, &error))?;
        Ok(found.map(|user| self.judge_found(&user, ActionResult::Applied)))
    }

    async fn update(&self, uid: &Uid) -> Result<Ending, CallError> {
        let mut doubt: Option<String> = None;
        loop {
            let Some(mut user) = self.find(uid, doubt.as_deref()).await? else {
                return Ok(Ending::drifted("there is no such user any more".to_owned()));
            };
            if !is_the_one(uid, &user) {
                return Ok(Ending::failed("the tenant answered with another user than the one asked for".to_owned()));
            }
            match standing(self.action, &user, self.scope) {
                Standing::Already if doubt.is_none() => return Ok(Ending::of(ActionResult::Already)),
                Standing::Already => return Ok(Ending::of(ActionResult::Applied)),
                Standing::Drifted(reason) => return Ok(Ending::drifted(reason)),
                Standing::AsPlanned => {}
            }
            if let Some(cause) = &doubt {
                self.reader.spend_retry(SAVE, self.attempts.get(), cause)?;
            }
            if let Err(error) = change(&mut user, uid, self.action) {
                return Ok(Ending::failed(error.to_string()));
            }
            match self.save(&user, doubt.is_some()).await? {
                Saved::Answered(saved) => return Ok(self.judge_answer(&saved)),
                Saved::Unclear(cause) => {
                    self.reader.back_off(self.attempts.get()).await;
                    doubt = Some(cause);
                }
            }
        }
    }

    /// The user as it is now: before the first save, or to find out what became of one that is in doubt.
    async fn find(&self, uid: &Uid, doubt: Option<&str>) -> Result<Option<UserRecord>, CallError> {
        match doubt {
            None => self.reader.by_uid(uid, Purpose::Begin).await,
            Some(cause) => self.reader.by_uid(uid, Purpose::Finish).await.map_err(|error| in_doubt(cause, &error)),
        }
    }

    /// Sends one save, each time once its attempt is on disk.
    async fn save(&self, user: &(impl Serialize + Sync), is_in_doubt: bool) -> Result<Saved, CallError> {
        let purpose = if is_in_doubt { Purpose::Finish } else { Purpose::Begin };
        match self.writer.save(user, self.password, purpose, || self.record_attempt()).await {
            Ok(saved) => Ok(Saved::Answered(saved)),
            Err(CallError::Unclear { cause, .. }) => Ok(Saved::Unclear(cause)),
            // The gate let nothing out, whether the attempt is on disk or not.
            Err(error @ CallError::Gate(_)) => {
                self.attempts.update(|attempts| attempts.saturating_sub(1));
                Err(if is_in_doubt { in_doubt("an earlier try had no answer", &error) } else { error })
            }
            Err(error) => Err(error),
        }
    }

    async fn record_attempt(&self) -> Result<(), CallError> {
        self.attempts.update(|attempts| attempts + 1);
        let (told, recorded) = oneshot::channel();
        let Action { kind, email, uid, row, .. } = self.action;
        let attempt = self.attempts.get();
        let attempt = Attempt { kind: *kind, email: email.clone(), uid: uid.clone(), row: *row, attempt };
        let is_sent = self.events.send(Event::AboutToSave(attempt, Recorded(told))).await.is_ok();
        match recorded.await {
            Ok(Ok(())) if is_sent => Ok(()),
            _ => Err(CallError::Gate(GateError::Stopping)),
        }
    }

    fn new_user(&self) -> NewUser<'_> {
        let Changes { email: _, first_name, last_name, status, is_hidden } = &self.action.changes;
        let password = self.password.map(ExposeSecret::expose_secret);
        NewUser {
            email: &self.action.email,
            first_name: first_name.as_ref().map(|change| &*change.after),
            last_name: last_name.as_ref().map(|change| &*change.after),
            account_type: CREATED_TYPE,
            status: status.as_ref().map(|change| change.after.as_str()),
            is_hidden: is_hidden.as_ref().map(|change| change.after),
            password,
            re_password: password,
        }
    }

    fn judge_answer(&self, saved: &UserRecord) -> Ending {
        let ending = match not_taken(self.action, saved) {
            None => Ending::of(ActionResult::Applied),
            Some(problem) => Ending::failed(problem),
        };
        Ending { uid: uid_of(saved), ..ending }
    }

    /// Somebody has the create's address: by our own doing, or by another's.
    fn judge_found(&self, found: &UserRecord, when_equal: ActionResult) -> Ending {
        let ending = match is_as_created(self.action, found) {
            Ok(()) => Ending::of(when_equal),
            Err(drift) => Ending::drifted(format!("a user of this address is there already, but {drift}")),
        };
        Ending { uid: uid_of(found), ..ending }
    }
}

fn in_doubt(cause: &str, error: &CallError) -> CallError {
    CallError::InDoubt { call: SAVE, cause: cause.to_owned(), problem: error.to_string() }
}

fn uid_of(user: &UserRecord) -> Option<Uid> {
    let text = |name| user.text(name).ok().flatten().filter(|uid| !uid.is_empty());
    text("uid").or_else(|| text("id")).map(Uid::new)
}

impl Ending {
    fn of(result: ActionResult) -> Self {
        Self { result, uid: None, error: None, is_login_refusal: false, attempts: 0 }
    }

    fn drifted(reason: String) -> Self {
        Self { error: Some(reason), ..Self::of(ActionResult::Drifted) }
    }

    fn failed(error: String) -> Self {
        Self { error: Some(error), ..Self::of(ActionResult::Failed) }
    }

    /// A step that the gate turned away was not attempted, as far as anything can have come of it; any other error is a
    /// failure. A save in doubt is never turned away: [`in_doubt`] tells of it.
    fn of_error(error: &CallError) -> Self {
        let result = match error {
            CallError::Gate(_) => ActionResult::NotAttempted,
            _ => ActionResult::Failed,
        };
        Self { error: Some(error.to_string()), is_login_refusal: error.is_login_refusal(), ..Self::of(result) }
    }

    pub(super) fn into_outcome(self, action: &Action) -> Outcome {
        Outcome {
            kind: action.kind,
            email: action.email.clone(),
            name: action.name.clone(),
            uid: self.uid,
            row: action.row,
            result: self.result,
            attempts: self.attempts,
            error: self.error.map(Into::into),
        }
    }
}
