//! One action against the tenant: get, check, change, save for a user that is there; look first for one that is not.
//!
//! The two costly mistakes are made or avoided here: a second account and a lost attribute. Every unclear save is
//! resolved by looking the user up before it is sent again (`docs/interface.md`, "Applying").

use std::cell::Cell;

use secrecy::{ExposeSecret, SecretString};
use serde::ser::{Serialize, SerializeMap, Serializer};
use tokio::sync::{mpsc, oneshot};

use super::check::{
    CREATED_TYPE, DriftCheck, apply_changes, check_drift, has_identity, is_of_user_meant, not_as_created,
    unsaved_fields,
};
use super::event::{ActionResult, Attempt, Event, Outcome, Recorded};
use crate::api::{CallError, GateError, Purpose, Sent, UserReader, UserWriter};
use crate::model::{ManagedField, Uid, UserRecord};
use crate::plan::{Action, Changes, Scope, UserChange};

/// The name of the call in messages.
const SAVE: &str = "user/save";

/// Of a change that an earlier run of the same plan has made.
pub(super) const TAKEN_BACK: &str =
    "this plan was applied before, and the change was taken back since: plan again to make it anew";

/// Whether a create may trust the plan that nobody has its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookUp {
    /// The plan is fresh (`sync`): its addresses were asked for after the list.
    OnDoubt,
    /// The plan was made earlier (`apply`): look every create up.
    First,
}

/// One action under way.
pub(super) struct Step<'a> {
    pub(super) reader: &'a UserReader,
    pub(super) writer: &'a UserWriter,
    pub(super) events: &'a mpsc::Sender<Event>,
    pub(super) action: &'a Action,
    pub(super) password: Option<&'a SecretString>,
    pub(super) look_up: LookUp,
    pub(super) scope: &'a Scope,
    /// An earlier run of the same plan has made this change: if it is not as planned now, somebody has taken it back.
    pub(super) was_applied: bool,
    /// Saves that left so far; the engine reads it for an action that it cuts off.
    pub(super) attempts: &'a Cell<u32>,
    /// Saves that were tried so far, whether they left or found no connection.
    pub(super) tries: Cell<u32>,
}

/// How a step ended.
pub(super) struct Ending {
    pub(super) result: ActionResult,
    pub(super) uid: Option<Uid>,
    pub(super) error: Option<String>,
    pub(super) is_login_refusal: bool,
}

/// Why it is not known whether an earlier save was done.
#[derive(Clone)]
struct Doubt {
    cause: String,
    is_login_refusal: bool,
}

impl Step<'_> {
    /// Carries the action out, as far as it goes.
    pub(super) async fn run(&self) -> Ending {
        let ended = match &self.action.change {
            UserChange::Create { fields, .. } => self.create(fields).await,
            UserChange::Edit { uid, fields } => self.edit(uid, fields).await,
        };
        let mut ending = ended.unwrap_or_else(|error| Ending::of_error(&error));
        ending.uid = ending.uid.or_else(|| self.action.uid().cloned());
        ending.error = ending.error.map(|error| self.reader.redact(&error, self.password));
        ending
    }

    async fn create(&self, fields: &Changes) -> Result<Ending, CallError> {
        if self.look_up == LookUp::First
            && let Some(found) = self.reader.by_email(&self.action.email, Purpose::NewWork).await?
        {
            return Ok(self.judge_found(fields, &found, ActionResult::Already));
        }
        if self.was_applied {
            return Ok(Ending::drifted(TAKEN_BACK.to_owned()));
        }
        let user = NewUser { action: self.action, fields, password: self.password };
        let mut doubt: Option<Doubt> = None;
        loop {
            let cause = match self.send(&user, doubt.as_ref()).await? {
                Sent::Answered(answer) => match self.judge_answer(fields, &answer) {
                    Ok(ending) => return Ok(ending),
                    Err(cause) => Doubt { cause, is_login_refusal: false },
                },
                // Somebody has the address: by this very save, for all we know.
                Sent::Refused(refusal) if refusal.is_conflict() && doubt.is_none() => {
                    Doubt { cause: refusal.to_string(), is_login_refusal: false }
                }
                Sent::Refused(refusal) => match doubt {
                    None => return self.resolve_first_refusal(fields, refusal).await,
                    // The save before may have been done only after the look that did not find it.
                    Some(doubt) => return self.resolve_refusal(fields, &doubt, &refusal).await,
                },
                Sent::NotConnected(cause) => {
                    self.wait_to_retry(&cause).await?;
                    continue;
                }
                Sent::Unclear { cause, is_login_refusal } => Doubt { cause, is_login_refusal },
            };
            self.reader.back_off(self.tries.get()).await;
            if let Some(ending) = self.look_for_created(fields, &cause).await? {
                return Ok(ending);
            }
            self.spend_retry(doubt.as_ref(), &cause)?;
            doubt = Some(cause);
        }
    }

    /// Whether a create whose outcome is unclear was done after all.
    async fn look_for_created(&self, fields: &Changes, doubt: &Doubt) -> Result<Option<Ending>, CallError> {
        let found = self.reader.by_email(&self.action.email, Purpose::Settle).await;
        let found = found.map_err(|error| doubt.unresolved(&error))?;
        Ok(found.map(|user| self.judge_found(fields, &user, ActionResult::Applied)))
    }

    async fn resolve_refusal(&self, fields: &Changes, doubt: &Doubt, refusal: &CallError) -> Result<Ending, CallError> {
        match self.look_for_created(fields, doubt).await? {
            Some(ending) => Ok(ending),
            None => Err(doubt.unresolved(refusal)),
        }
    }

    /// A gateway, or a tenant that is at odds with itself, may refuse what it has done.
    async fn resolve_first_refusal(&self, fields: &Changes, refusal: CallError) -> Result<Ending, CallError> {
        let found = self.reader.by_email(&self.action.email, Purpose::Settle).await.ok().flatten();
        let ending = found.map(|user| self.judge_found(fields, &user, ActionResult::Applied));
        ending.filter(|ending| ending.result == ActionResult::Applied).ok_or(refusal)
    }

    /// The same of an edit.
    async fn is_done_all_the_same(&self, uid: &Uid, fields: &Changes) -> bool {
        let found = self.reader.by_uid(uid, Purpose::Settle).await.ok().flatten();
        let found = found.filter(|user| has_identity(uid, user));
        found.is_some_and(|user| check_drift(self.action, fields, &user, self.scope, true) == Ok(DriftCheck::Already))
    }

    async fn edit(&self, uid: &Uid, fields: &Changes) -> Result<Ending, CallError> {
        let mut doubt: Option<Doubt> = None;
        loop {
            let Some(mut user) = self.find(uid, doubt.as_ref()).await? else {
                return Ok(Ending::drifted("there is no such user any more".to_owned()));
            };
            if !has_identity(uid, &user) {
                return Ok(Ending::failed("the tenant answered with another user than the one asked for".to_owned()));
            }
            let check = check_drift(self.action, fields, &user, self.scope, doubt.is_some());
            match check.unwrap_or_else(|unreadable| DriftCheck::Drifted(unreadable.to_string())) {
                DriftCheck::Already if doubt.is_none() => return Ok(Ending::of(ActionResult::Already)),
                DriftCheck::Already => return Ok(Ending::of(ActionResult::Applied)),
                DriftCheck::Drifted(reason) => return Ok(Ending::drifted(reason)),
                DriftCheck::AsPlanned if self.was_applied => return Ok(Ending::drifted(TAKEN_BACK.to_owned())),
                DriftCheck::AsPlanned => {}
            }
            if let Some(cause) = &doubt {
                self.spend_retry(None, cause)?;
            }
            if let Some(ending) = self.judge_new_address(uid, fields, doubt.as_ref()).await? {
                return Ok(ending);
            }
            if let Err(error) = apply_changes(&mut user, uid, fields) {
                return Ok(Ending::failed(error.to_string()));
            }
            let cause = match self.send(&user, doubt.as_ref()).await? {
                Sent::Answered(answer) => match self.judge_answer(fields, &answer) {
                    Ok(ending) => return Ok(ending),
                    Err(cause) => Doubt { cause, is_login_refusal: false },
                },
                Sent::Refused(_) if self.is_done_all_the_same(uid, fields).await => {
                    return Ok(Ending::of(ActionResult::Applied));
                }
                Sent::Refused(refusal) => return Err(refusal),
                Sent::NotConnected(cause) => {
                    self.wait_to_retry(&cause).await?;
                    continue;
                }
                Sent::Unclear { cause, is_login_refusal } => Doubt { cause, is_login_refusal },
            };
            if doubt.as_ref().is_some_and(|doubt| doubt.is_login_refusal) && cause.is_login_refusal {
                return Err(cause.given_up(self.tries.get()));
            }
            self.reader.back_off(self.tries.get()).await;
            doubt = Some(cause);
        }
    }

    /// The user as it is now: before the first save, or to find out what became of one that is in doubt.
    async fn find(&self, uid: &Uid, doubt: Option<&Doubt>) -> Result<Option<UserRecord>, CallError> {
        match doubt {
            None => self.reader.by_uid(uid, Purpose::NewWork).await,
            Some(doubt) => self.reader.by_uid(uid, Purpose::Settle).await.map_err(|error| doubt.unresolved(&error)),
        }
    }

    /// A new address that another user has by now is left to that one.
    async fn judge_new_address(
        &self,
        uid: &Uid,
        fields: &Changes,
        doubt: Option<&Doubt>,
    ) -> Result<Option<Ending>, CallError> {
        let Some(change) = fields.get(ManagedField::Email) else { return Ok(None) };
        let (address, not_told) = (change.after.as_str(), |error| in_doubt(doubt, error));
        let purpose = if doubt.is_some() { Purpose::Settle } else { Purpose::NewWork };
        let owner = self.reader.by_email(address, purpose).await.map_err(not_told)?;
        let is_another = owner.is_some_and(|owner| !has_identity(uid, &owner));
        Ok(is_another.then(|| Ending::drifted(format!("another user has the address {address} by now"))))
    }

    /// Sends one save, once its attempt is on disk. An error means that this save did not leave.
    async fn send(&self, user: &(impl Serialize + Sync), doubt: Option<&Doubt>) -> Result<Sent, CallError> {
        let not_sent = |error| in_doubt(doubt, error);
        self.record_attempt().await.map_err(not_sent)?;
        let departure = self.writer.admit(Purpose::NewWork).await.map_err(not_sent)?;
        self.tries.update(|tries| tries + 1);
        self.attempts.update(|attempts| attempts + 1);
        let sent = departure.save(user, self.password).await;
        if matches!(sent, Sent::NotConnected(_)) {
            self.attempts.update(|attempts| attempts - 1);
        }
        Ok(sent)
    }

    async fn record_attempt(&self) -> Result<(), CallError> {
        let (confirm, confirmed) = oneshot::channel();
        let Action { email, row, .. } = self.action;
        let attempt = Attempt {
            kind: self.action.kind(),
            email: email.clone(),
            uid: self.action.uid().cloned(),
            row: *row,
            group: None,
            attempt: self.tries.get() + 1,
        };
        let is_heard = self.events.send(Event::AboutToSend(vec![attempt], Recorded(confirm))).await.is_ok();
        match confirmed.await {
            Ok(Ok(())) if is_heard => Ok(()),
            _ => Err(CallError::Gate(GateError::Stopping)),
        }
    }

    /// Waits before a save that could not be sent is sent again.
    async fn wait_to_retry(&self, cause: &str) -> Result<(), CallError> {
        self.reader.spend_retry(SAVE, self.tries.get(), cause)?;
        self.reader.back_off(self.tries.get()).await;
        Ok(())
    }

    /// A login that was refused is renewed once.
    fn spend_retry(&self, before: Option<&Doubt>, doubt: &Doubt) -> Result<(), CallError> {
        if before.is_some_and(|before| before.is_login_refusal) && doubt.is_login_refusal {
            return Err(doubt.given_up(self.tries.get()));
        }
        self.reader.spend_retry(SAVE, self.tries.get(), &doubt.cause)
    }

    /// An error where the answer does not tell what was saved.
    fn judge_answer(&self, fields: &Changes, answer: &UserRecord) -> Result<Ending, String> {
        is_of_user_meant(self.action, answer, self.scope)?;
        let unsaved = unsaved_fields(self.action, fields, answer).map_err(|unreadable| unreadable.to_string())?;
        let ending = unsaved.map_or_else(|| Ending::of(ActionResult::Applied), Ending::failed);
        Ok(Ending { uid: answer.uid(), ..ending })
    }

    /// Somebody has the create's address: by our own doing, or by another's.
    fn judge_found(&self, fields: &Changes, found: &UserRecord, when_equal: ActionResult) -> Ending {
        let drifts = not_as_created(self.action, fields, found).unwrap_or_else(|error| vec![error.to_string()]);
        let ending = if drifts.is_empty() {
            Ending::of(when_equal)
        } else {
            Ending::drifted(format!("a user of this address is there already, but {}", drifts.join(", ")))
        };
        Ending { uid: found.uid(), ..ending }
    }
}

impl Doubt {
    /// Looking, or trying again, could not tell either.
    fn unresolved(&self, problem: &CallError) -> CallError {
        let is_login_refusal = problem.is_login_refusal();
        CallError::InDoubt { call: SAVE, cause: self.cause.clone(), problem: problem.to_string(), is_login_refusal }
    }

    fn given_up(&self, tries: u32) -> CallError {
        let problem = format!("it was refused again with a new login, after {tries} tries");
        CallError::InDoubt { call: SAVE, cause: self.cause.clone(), problem, is_login_refusal: true }
    }
}

/// The error itself, unless an earlier save is in doubt.
fn in_doubt(doubt: Option<&Doubt>, error: CallError) -> CallError {
    match doubt {
        Some(doubt) => doubt.unresolved(&error),
        None => error,
    }
}

/// The body of a create: the API's least payload, and the managed cells that the row fills.
struct NewUser<'a> {
    action: &'a Action,
    fields: &'a Changes,
    password: Option<&'a SecretString>,
}

impl Serialize for NewUser<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("email", &self.action.email)?;
        body.serialize_entry("accountType", &CREATED_TYPE)?;
        for (field, change) in self.fields.iter() {
            body.serialize_entry(&field, &change.after)?;
        }
        if let Some(password) = self.password {
            body.serialize_entry("password", password.expose_secret())?;
            body.serialize_entry("rePassword", password.expose_secret())?;
        }
        body.end()
    }
}

impl Ending {
    fn of(result: ActionResult) -> Self {
        Self { result, uid: None, error: None, is_login_refusal: false }
    }

    fn drifted(reason: String) -> Self {
        Self { error: Some(reason), ..Self::of(ActionResult::Drifted) }
    }

    fn failed(error: String) -> Self {
        Self { error: Some(error), ..Self::of(ActionResult::Failed) }
    }

    /// A step that the gate turned away was not attempted, as far as anything can have come of it; any other error is a
    /// failure. A save in doubt is never turned away: [`Doubt::unresolved`] says so.
    fn of_error(error: &CallError) -> Self {
        let result = match error {
            CallError::Gate(_) => ActionResult::NotAttempted,
            _ => ActionResult::Failed,
        };
        Self { error: Some(error.to_string()), is_login_refusal: error.is_login_refusal(), ..Self::of(result) }
    }

    pub(super) fn into_outcome(self, action: &Action, attempts: u32) -> Outcome {
        Outcome {
            result: self.result,
            uid: self.uid,
            attempts,
            error: self.error.map(Into::into),
            ..Outcome::not_attempted(action, "")
        }
    }
}
