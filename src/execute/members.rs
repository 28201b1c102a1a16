//! Users who join or leave one group, call by call: never twice what was done, and never more than the plan says.
//!
//! A call can be done in part. After one that was refused or whose outcome is unclear, the members are listed again, and
//! only what is still missing is sent (`docs/interface.md`, "Groups").

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use tokio::sync::oneshot;

use super::batch::BatchSize;
use super::breaker::{Breaker, Sign};
use super::check::CREATED_TYPE;
use super::engine::{Engine, Stage};
use super::event::{ActionResult, Attempt, Event, Outcome, Recorded};
use super::step::{LookUp, TAKEN_BACK};
use super::stop::StopReason;
use crate::api::{CallError, GateError, ListError, ListQuery, MembersChange, MembersSent, Purpose};
use crate::model::Uid;
use crate::plan::{ActionKind, GroupName, MemberChange};

const SAVE: &str = "feed/subscribers/save";

/// One user who joins or leaves the group, and how far that has come.
pub(super) struct MemberWork<'a> {
    /// Position among the plan's outcomes.
    pub(super) position: usize,
    pub(super) change: MemberChange<'a>,
    pub(super) uid: Uid,
    pub(super) stage: Cell<Stage>,
    pub(super) attempts: Cell<u32>,
}

/// The users who join, or leave, one group.
pub(super) struct GroupStep<'a> {
    pub(super) engine: &'a Engine<'a>,
    pub(super) works: &'a [MemberWork<'a>],
    /// Of all groups: a tenant has one cap.
    pub(super) size: &'a Cell<BatchSize>,
    pub(super) breaker: &'a RefCell<Breaker>,
}

/// What a call that did not plainly succeed means for its users and for the next call.
enum Trouble {
    /// Fewer users may do.
    TooMany(CallError),
    /// Nobody knows what was done.
    Unclear { cause: String, is_login_refusal: bool, is_overload: bool },
    /// The tenant does not know this user.
    OfUser(usize, CallError),
    /// These users can't be changed.
    OfBatch(CallError),
    /// Nobody can be changed in this group.
    OfGroup(CallError),
}

/// The group goes on, or nothing more is sent for it.
type Onwards = Result<(), Ended>;

/// Nothing more is sent for the group.
struct Ended;

/// Lists a group's members of the job's account types, and those whom the job has created.
pub(super) fn members_query(users: &ListQuery) -> ListQuery {
    let mut query = users.clone();
    if !query.types.is_empty() && !query.types.contains(&CREATED_TYPE) {
        query.types.push(CREATED_TYPE);
    }
    query
}

impl GroupStep<'_> {
    /// Sends until everybody has an outcome or the run stops.
    pub(super) async fn run(&self) {
        if self.engine.look_up == LookUp::First && self.compare_again().await.is_err() {
            return;
        }
        let mut tries = 0;
        let mut was_login_refused = false;
        loop {
            let waiting = self.waiting();
            if waiting.is_empty() || self.engine.stop.reason().is_some() {
                return;
            }
            let batch = &waiting[..waiting.len().min(self.size.get().users())];
            let trouble = match self.send(batch).await {
                Ok(MembersSent::Done) => {
                    self.size.set(self.size.get().grow());
                    self.observe(Sign::Healthy);
                    self.end_all(batch, ActionResult::Applied, None).await;
                    (tries, was_login_refused) = (0, false);
                    continue;
                }
                Ok(MembersSent::NotConnected(cause)) => {
                    tries += 1;
                    match self.engine.reader.spend_retry(SAVE, tries, &cause) {
                        Ok(()) => self.engine.reader.back_off(tries).await,
                        Err(error) => self.fail(batch, &error).await,
                    }
                    continue;
                }
                Ok(MembersSent::Refused(error)) => Trouble::of(error, batch),
                Ok(MembersSent::Unclear { cause, is_login_refusal, is_overload }) => {
                    Trouble::Unclear { cause, is_login_refusal, is_overload }
                }
                Err(error) => return self.end_unsent(&error).await,
            };
            tries += 1;
            if matches!(trouble, Trouble::Unclear { .. }) {
                self.engine.reader.back_off(tries).await;
            }
            let Ok(progress) = self.settle(batch, &trouble).await else { return };
            if progress {
                tries = 1;
            }
            if self.decide(trouble, batch, tries, &mut was_login_refused).await.is_err() {
                return;
            }
        }
    }

    /// A saved plan: who has joined or left meanwhile is done; what an earlier run of the plan did and somebody took back
    /// stays as it is.
    async fn compare_again(&self) -> Onwards {
        let members = match self.members(Purpose::NewWork).await {
            Ok(members) => members,
            Err(error) => {
                self.end_unsent(&error).await;
                return Err(Ended);
            }
        };
        for work in self.waiting() {
            if work.is_as_wanted(&members) {
                self.end(work, ActionResult::Already, None).await;
            } else if (self.engine.was_member_changed)(&work.change) {
                self.end(work, ActionResult::Drifted, Some(TAKEN_BACK.to_owned())).await;
            }
        }
        Ok(())
    }

    /// Lists the members and ends whoever is as wanted now; whether that is anybody.
    async fn settle(&self, batch: &[&MemberWork<'_>], trouble: &Trouble) -> Result<bool, Ended> {
        let members = match self.members(Purpose::Settle).await {
            Ok(members) => members,
            Err(error) => {
                let doubt = CallError::InDoubt {
                    call: SAVE,
                    cause: trouble.cause(),
                    problem: error.to_string(),
                    is_login_refusal: error.is_login_refusal(),
                };
                self.fail(batch, &doubt).await;
                self.end_unsent(&error).await;
                return Err(Ended);
            }
        };
        let mut progress = false;
        for work in batch {
            if work.is_as_wanted(&members) {
                progress = true;
                self.end(work, ActionResult::Applied, None).await;
            } else {
                work.stage.set(Stage::Waiting);
            }
        }
        Ok(progress)
    }

    async fn decide(
        &self,
        trouble: Trouble,
        batch: &[&MemberWork<'_>],
        tries: u32,
        was_login_refused: &mut bool,
    ) -> Onwards {
        let smaller = self.size.get().shrink(batch.len());
        match trouble {
            Trouble::TooMany(error) => match smaller {
                Some(smaller) => self.size.set(smaller),
                None => self.fail(batch, &error).await,
            },
            Trouble::Unclear { cause, is_login_refusal, is_overload } => {
                if is_login_refusal && std::mem::replace(was_login_refused, true) {
                    let problem = "it was refused again with a new login".to_owned();
                    let error = CallError::InDoubt { call: SAVE, cause, problem, is_login_refusal };
                    self.fail(&self.waiting(), &error).await;
                    return Err(Ended);
                }
                if is_overload {
                    self.size.set(smaller.unwrap_or(self.size.get()));
                }
                let is_done = batch.iter().all(|work| work.stage.get() == Stage::Ended);
                if let Err(error) = self.engine.reader.spend_retry(SAVE, tries, &cause)
                    && !is_done
                {
                    self.fail(batch, &error).await;
                }
            }
            Trouble::OfUser(user, error) => self.fail(&batch[user..=user], &error).await,
            Trouble::OfBatch(error) => self.fail(batch, &error).await,
            Trouble::OfGroup(error) => {
                self.fail(&self.waiting(), &error).await;
                return Err(Ended);
            }
        }
        Ok(())
    }

    fn waiting(&self) -> Vec<&MemberWork<'_>> {
        self.works.iter().filter(|work| work.stage.get() != Stage::Ended).collect()
    }

    async fn members(&self, purpose: Purpose) -> Result<HashSet<Box<str>>, CallError> {
        let Some(first) = self.works.first() else { return Ok(HashSet::new()) };
        let GroupName { id, name } = first.change.group;
        let listed = self.engine.reader.members_of(&members_query(self.engine.user_query), (id, name), purpose).await;
        listed.map(|members| members.iter().map(Box::from).collect()).map_err(ListError::into_call_error)
    }

    /// Sends one call, once its users are on disk. An error means that it did not leave.
    async fn send(&self, batch: &[&MemberWork<'_>]) -> Result<MembersSent, CallError> {
        let Some(first) = batch.first() else { return Ok(MembersSent::Done) };
        self.record(batch).await?;
        let departure = self.engine.writer.admit(Purpose::NewWork).await?;
        let users: Vec<&str> = batch.iter().map(|work| work.uid.as_str()).collect();
        let (added_users, removed_users) =
            if first.change.kind == ActionKind::Join { (users, Vec::new()) } else { (Vec::new(), users) };
        let change = MembersChange { feed: &first.change.group.id, added_users, removed_users };
        for work in batch {
            work.stage.set(Stage::UnderWay);
            work.attempts.update(|attempts| attempts + 1);
        }
        let sent = departure.save_members(&change).await;
        if matches!(sent, MembersSent::NotConnected(_)) {
            for work in batch {
                work.attempts.update(|attempts| attempts - 1);
            }
        }
        Ok(sent)
    }

    async fn record(&self, batch: &[&MemberWork<'_>]) -> Result<(), CallError> {
        let (confirm, confirmed) = oneshot::channel();
        let attempts = batch.iter().map(|work| work.attempt()).collect();
        let is_heard = self.engine.events.send(Event::AboutToSend(attempts, Recorded(confirm))).await.is_ok();
        match confirmed.await {
            Ok(Ok(())) if is_heard => Ok(()),
            _ => Err(CallError::Gate(GateError::Stopping)),
        }
    }

    /// Nothing can be sent: the gate is closed for good, or the login or the list failed.
    async fn end_unsent(&self, error: &CallError) {
        match error {
            CallError::Gate(_) => self.engine.stop.request(StopReason::Broken(error.to_string())),
            _ => self.fail(&self.waiting(), error).await,
        }
    }

    async fn fail(&self, works: &[&MemberWork<'_>], error: &CallError) {
        if works.iter().all(|work| work.stage.get() == Stage::Ended) {
            return;
        }
        self.observe(if error.is_login_refusal() { Sign::LoginRefused } else { Sign::Failed });
        self.end_all(works, ActionResult::Failed, Some(error)).await;
    }

    /// One sign for a call, however many users it had.
    fn observe(&self, sign: Sign) {
        if let Some(why) = self.breaker.borrow_mut().observe(sign) {
            self.engine.stop.request(StopReason::Broken(why));
        }
    }

    async fn end_all(&self, works: &[&MemberWork<'_>], result: ActionResult, error: Option<&CallError>) {
        for work in works {
            self.end(work, result, error.map(ToString::to_string)).await;
        }
    }

    async fn end(&self, work: &MemberWork<'_>, result: ActionResult, error: Option<String>) {
        if work.stage.replace(Stage::Ended) != Stage::Ended {
            self.engine.emit(Event::Ended { position: work.position, outcome: work.outcome(result, error) }).await;
        }
    }
}

impl Trouble {
    fn of(error: CallError, batch: &[&MemberWork<'_>]) -> Self {
        match &error {
            CallError::Refused { status: 400 | 413, .. } => Self::TooMany(error),
            CallError::Refused { status: 404, message, .. } => {
                match batch.iter().position(|work| work.is_named_in(message)) {
                    Some(user) => Self::OfUser(user, error),
                    None => Self::OfGroup(error),
                }
            }
            CallError::LoginRefused { .. } => Self::OfGroup(error),
            _ => Self::OfBatch(error),
        }
    }

    fn cause(&self) -> String {
        match self {
            Self::Unclear { cause, .. } => cause.clone(),
            Self::TooMany(error) | Self::OfUser(_, error) | Self::OfBatch(error) | Self::OfGroup(error) => {
                error.to_string()
            }
        }
    }
}

impl<'a> MemberWork<'a> {
    pub(super) fn new(position: usize, change: MemberChange<'a>, uid: Uid) -> Self {
        Self { position, change, uid, stage: Cell::default(), attempts: Cell::default() }
    }

    fn is_as_wanted(&self, members: &HashSet<Box<str>>) -> bool {
        members.contains(self.uid.as_str()) == (self.change.kind == ActionKind::Join)
    }

    /// Whether the tenant speaks of this user: `User not found: EMAIL`, or its identifier.
    fn is_named_in(&self, message: &str) -> bool {
        let mut words = message.split(|character: char| character.is_whitespace() || ",;:'\"()[]".contains(character));
        words.any(|word| {
            let word = word.trim_end_matches('.');
            word == self.uid.as_str() || word.eq_ignore_ascii_case(&self.change.member.email)
        })
    }

    fn attempt(&self) -> Attempt {
        let MemberChange { kind, group, member } = self.change;
        Attempt {
            kind,
            email: member.email.clone(),
            uid: Some(self.uid.clone()),
            row: member.row,
            group: Some(group.clone()),
            attempt: self.attempts.get() + 1,
        }
    }

    pub(super) fn outcome(&self, result: ActionResult, error: Option<String>) -> Outcome {
        Outcome {
            result,
            uid: Some(self.uid.clone()),
            attempts: self.attempts.get(),
            error: error.map(Into::into),
            ..Outcome::of_member(&self.change, "")
        }
    }
}
