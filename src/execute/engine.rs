//! Applies a plan phase by phase: bounded, with an outcome for every action, and a way to stop in good order.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::batch::BatchSize;
use super::breaker::{Breaker, Sign};
use super::event::{ActionResult, Event, Outcome};
use super::members::{GroupStep, MemberWork};
use super::standing::{UserEndings, UsersNow};
use super::step::{Ending, LookUp, Step};
use super::stop::{Stop, StopReason};
use crate::api::{ListQuery, Purpose, UserReader, UserWriter};
use crate::model::{DesiredUsers, Uid};
use crate::plan::{Action, ActionKind, MemberChange, Phase, Plan, Scope, member_changes};

/// What is in flight when the run stops may end, but no longer than this.
const GRACE: Duration = Duration::from_secs(30);

const CUT_OFF: &str = "its answer did not come in time, so it may or may not be done: run again";

/// One more action is under way for so many requests: while some wait for the journal's disk, and so ask for nothing,
/// others use their turn. Few, since an action that waits for its turn to save has already looked at its user.
const REQUESTS_FOR_A_SPARE: usize = 8;

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Stage {
    #[default]
    Waiting,
    UnderWay,
    Ended,
}

/// An action of a phase, and how far it has come.
struct Work<'a> {
    /// Position in the plan.
    position: usize,
    action: &'a Action,
    stage: Cell<Stage>,
    /// Saves that left.
    attempts: Cell<u32>,
}

/// How a plan is applied.
pub struct Engine<'a> {
    /// For looking before and after.
    pub reader: &'a UserReader,
    /// For writing.
    pub writer: &'a UserWriter,
    /// Requests that may be under way at once.
    pub concurrency: usize,
    /// Whether creates are looked up first.
    pub look_up: LookUp,
    /// Which users the job may change, whatever an older plan says.
    pub scope: &'a Scope,
    /// What lists the users of the job.
    pub user_query: &'a ListQuery,
    /// Whether an earlier run of the same plan has made this change.
    pub was_applied: &'a (dyn Fn(&Action) -> bool + Sync),
    /// The same for a change of a group's members.
    pub was_member_changed: &'a (dyn Fn(&MemberChange<'_>) -> bool + Sync),
    /// The switch that ends the run.
    pub stop: &'a Stop,
    /// Where events go.
    pub events: mpsc::Sender<Event>,
}

impl Engine<'_> {
    /// Applies all actions and memberships; `passwords` are those of the CSV's rows.
    pub async fn apply(&self, plan: &Plan, passwords: &DesiredUsers) {
        let breaker = RefCell::default();
        let mut endings = UserEndings::default();
        let mut size = Cell::default();
        for phase in Phase::ALL {
            match phase {
                Phase::Join => self.apply_memberships(plan, ActionKind::Join, &endings, (&mut size, &breaker)).await,
                Phase::Leave => self.apply_memberships(plan, ActionKind::Leave, &endings, (&mut size, &breaker)).await,
                Phase::Admit | Phase::Update | Phase::Disable => {
                    self.apply_actions(plan, phase, passwords, (&breaker, &mut endings)).await;
                }
            }
        }
    }

    async fn apply_actions<'a>(
        &self,
        plan: &'a Plan,
        phase: Phase,
        passwords: &DesiredUsers,
        (breaker, endings): (&RefCell<Breaker>, &mut UserEndings<'a>),
    ) {
        let in_phase = plan.actions.iter().enumerate().filter(|(_, action)| action.kind().phase() == phase);
        let works: Vec<Work<'_>> = in_phase.map(|(position, action)| Work::new(position, action)).collect();
        if works.is_empty() {
            return;
        }
        if self.stop.reason().is_none() {
            self.emit(Event::PhaseStarted { phase, actions: works.len() as u64 }).await;
            let endings = RefCell::new(&mut *endings);
            let steps = stream::iter(works.iter().map(|work| self.run_step(work, passwords)));
            let ended = steps.buffer_unordered(self.actions_at_once()).filter_map(std::future::ready);
            self.until_stopped(ended.for_each(async |(work, ending)| {
                endings.borrow_mut().note(work.action, &ending);
                self.end(work, ending, breaker).await;
            }))
            .await;
        }
        self.report_unended(&works).await;
    }

    /// All joins, or all leaves: several groups at once, one call after the other for each.
    async fn apply_memberships(
        &self,
        plan: &Plan,
        kind: ActionKind,
        endings: &UserEndings<'_>,
        (size, breaker): (&mut Cell<BatchSize>, &RefCell<Breaker>),
    ) {
        let changes = member_changes(&plan.memberships).zip(plan.actions.len()..);
        let changes: Vec<_> = changes.filter(|(change, _)| change.kind == kind).collect();
        if changes.is_empty() {
            return;
        }
        if self.stop.reason().is_none() {
            self.emit(Event::PhaseStarted { phase: kind.phase(), actions: changes.len() as u64 }).await;
        }
        let users = match self.look_up {
            LookUp::First if self.stop.reason().is_none() => self.users_now(plan, &changes).await,
            LookUp::First | LookUp::OnDoubt => Ok(UsersNow::default()),
        };
        let mut works: Vec<MemberWork<'_>> = Vec::new();
        for (change, position) in changes {
            let turn = match &users {
                Ok(users) => endings.turn(change.member).and_then(|uid| users.judge(uid, change.member)),
                Err(error) => Err((ActionResult::Failed, error.clone())),
            };
            match turn {
                Ok(uid) => works.push(MemberWork::new(position, change, uid)),
                Err((result, why)) => {
                    let outcome = Outcome { result, ..Outcome::of_member(&change, &why) };
                    self.emit(Event::Ended { position, outcome }).await;
                }
            }
        }
        let groups: Vec<&[MemberWork<'_>]> =
            works.chunk_by(|left, right| left.change.group.id == right.change.group.id).collect();
        if self.stop.reason().is_none() {
            let steps = groups.iter().map(async |works| GroupStep { engine: self, works, size, breaker }.run().await);
            let running = stream::iter(steps).buffer_unordered(self.concurrency);
            self.until_stopped(running.for_each(async |()| {})).await;
        }
        let reason = self.stop_reason();
        for work in works.iter().filter(|work| work.stage.get() != Stage::Ended) {
            let outcome = match work.stage.get() {
                Stage::UnderWay => work.outcome(ActionResult::Failed, Some(format!("{reason}; {CUT_OFF}"))),
                Stage::Waiting | Stage::Ended if work.attempts.get() > 0 => {
                    work.outcome(ActionResult::Failed, Some(format!("{reason}; it was not done")))
                }
                Stage::Waiting | Stage::Ended => work.outcome(ActionResult::NotAttempted, Some(reason.clone())),
            };
            self.emit(Event::Ended { position: work.position, outcome }).await;
        }
    }

    /// The users of a saved plan's memberships as they are now.
    async fn users_now(&self, plan: &Plan, changes: &[(MemberChange<'_>, usize)]) -> Result<UsersNow, String> {
        let uids: BTreeSet<&Uid> = changes.iter().filter_map(|(change, _)| change.member.uid.as_ref()).collect();
        let pages = plan.remote.listed.div_ceil(u64::from(self.user_query.page_size.max(1))).max(1);
        let mut users = UsersNow::default();
        let unreadable = |error: &dyn std::fmt::Display| format!("can't tell whether the user is as planned: {error}");
        if uids.len() as u64 > pages {
            let list = self.reader.list(self.user_query, |_, _| {}).await.map_err(|error| unreadable(&error))?;
            users.keep(list.users.iter().filter(|user| uids.contains(&Uid::new(user.uid))), self.scope);
            return Ok(users);
        }
        for &uid in &uids {
            let found = self.reader.by_uid(uid, Purpose::NewWork).await.map_err(|error| unreadable(&error))?;
            users.keep_record(uid, found.as_ref(), self.scope);
        }
        Ok(users)
    }

    /// Runs a step of the run; once it is to stop, what is under way may end, but nothing new starts.
    async fn until_stopped(&self, step: impl Future<Output = ()>) {
        let mut step = pin!(step);
        tokio::select! {
            biased;
            () = self.stop.requested() => {}
            () = &mut step => {
                // What ends the step may be what stops the run, and is told all the same.
                if self.stop.reason().is_some() {
                    self.begin_to_stop().await;
                }
                return;
            }
        }
        self.begin_to_stop().await;
        // What has not ended by then is told as cut off.
        let _ = timeout(GRACE, step).await;
    }

    /// Nothing new starts once the run is stopping.
    async fn run_step<'w, 'p>(&self, work: &'w Work<'p>, passwords: &DesiredUsers) -> Option<(&'w Work<'p>, Ending)> {
        if self.stop.reason().is_some() {
            return None;
        }
        work.stage.set(Stage::UnderWay);
        let action = work.action;
        let row = action.row.filter(|_| action.needs_password());
        let step = Step {
            reader: self.reader,
            writer: self.writer,
            events: &self.events,
            action,
            password: row.and_then(|row| passwords.password(row)),
            look_up: self.look_up,
            scope: self.scope,
            was_applied: (self.was_applied)(action),
            attempts: &work.attempts,
            tries: Cell::new(0),
        };
        Some((work, step.run().await))
    }

    fn actions_at_once(&self) -> usize {
        self.concurrency + self.concurrency / REQUESTS_FOR_A_SPARE
    }

    async fn begin_to_stop(&self) {
        self.reader.stop_new_calls();
        self.emit(Event::Stopping { reason: self.stop_reason() }).await;
    }

    async fn end(&self, work: &Work<'_>, ending: Ending, breaker: &RefCell<Breaker>) {
        let sign = match ending.result {
            ActionResult::Applied | ActionResult::Already | ActionResult::Drifted => Some(Sign::Healthy),
            ActionResult::Failed if ending.is_login_refusal => Some(Sign::LoginRefused),
            ActionResult::Failed => Some(Sign::Failed),
            ActionResult::NotAttempted => {
                // The gate is closed for good: a pause longer than allowed, or a journal that can't be written.
                let why = ending.error.clone().unwrap_or_default();
                self.stop.request(StopReason::Broken(why));
                None
            }
        };
        if let Some(why) = sign.and_then(|sign| breaker.borrow_mut().observe(sign)) {
            self.stop.request(StopReason::Broken(why));
        }
        work.stage.set(Stage::Ended);
        let outcome = ending.into_outcome(work.action, work.attempts.get());
        self.emit(Event::Ended { position: work.position, outcome }).await;
    }

    /// What did not end: never begun, or cut off.
    async fn report_unended(&self, works: &[Work<'_>]) {
        let reason = self.stop_reason();
        for work in works {
            let outcome = match (work.stage.get(), work.attempts.get()) {
                (Stage::Ended, _) => continue,
                (Stage::Waiting, _) | (Stage::UnderWay, 0) => Outcome::not_attempted(work.action, &reason),
                (Stage::UnderWay, attempts) => Outcome {
                    result: ActionResult::Failed,
                    attempts,
                    ..Outcome::not_attempted(work.action, &format!("{reason}; {CUT_OFF}"))
                },
            };
            self.emit(Event::Ended { position: work.position, outcome }).await;
        }
    }

    fn stop_reason(&self) -> String {
        self.stop.reason().map_or_else(String::new, |reason| reason.to_string())
    }

    pub(super) async fn emit(&self, event: Event) {
        // A listener that is gone takes its journal with it; saves notice, since nobody confirms their attempts.
        let _ = self.events.send(event).await;
    }
}

impl<'a> Work<'a> {
    fn new(position: usize, action: &'a Action) -> Self {
        Self { position, action, stage: Cell::default(), attempts: Cell::default() }
    }
}
