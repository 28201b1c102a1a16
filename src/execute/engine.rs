//! Applies a plan phase by phase: bounded, with an outcome for every action, and a way to stop in good order.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::breaker::{Breaker, Sign};
use super::event::{ActionResult, Event, Outcome};
use super::step::{Ending, LookUp, Step};
use super::stop::{Stop, StopReason};
use crate::api::{UserReader, UserWriter};
use crate::model::DesiredUsers;
use crate::plan::{Action, Phase, Plan, Scope};

/// What is in flight when the run stops may end, but no longer than this.
const GRACE: Duration = Duration::from_secs(30);

const CUT_OFF: &str = "its answer did not come in time, so it may or may not be done: run again";

/// One more action is under way for so many requests: while some wait for the journal's disk, and so ask for nothing,
/// others use their turn. Few, since an action that waits for its turn to save has already looked at its user.
const REQUESTS_FOR_A_SPARE: usize = 8;

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
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
    /// Whether an earlier run of the same plan has made this change.
    pub was_applied: &'a (dyn Fn(&Action) -> bool + Sync),
    /// The switch that ends the run.
    pub stop: &'a Stop,
    /// Where events go.
    pub events: mpsc::Sender<Event>,
}

impl Engine<'_> {
    /// Applies all actions; `passwords` are those of the CSV's rows.
    pub async fn apply(&self, plan: &Plan, passwords: &DesiredUsers) {
        let mut breaker = Breaker::default();
        for phase in Phase::ALL {
            let in_phase = plan.actions.iter().enumerate().filter(|(_, action)| action.kind().phase() == phase);
            let works: Vec<Work<'_>> = in_phase.map(|(position, action)| Work::new(position, action)).collect();
            if works.is_empty() {
                continue;
            }
            if self.stop.reason().is_none() {
                self.emit(Event::PhaseStarted { phase, actions: works.len() as u64 }).await;
                self.apply_phase(&works, passwords, &mut breaker).await;
            }
            self.report_unended(&works).await;
        }
    }

    async fn apply_phase(&self, works: &[Work<'_>], passwords: &DesiredUsers, breaker: &mut Breaker) {
        let steps = works.iter().map(|work| self.run_step(work, passwords));
        let mut running = pin!(stream::iter(steps).buffer_unordered(self.actions_at_once()));
        let mut stopping = pin!(self.stop.requested());
        let mut deadline: Option<Instant> = None;
        loop {
            let grace_over = async {
                match deadline {
                    Some(deadline) => sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = &mut stopping, if deadline.is_none() => {
                    deadline = Some(Instant::now() + GRACE);
                    self.begin_to_stop().await;
                }
                ended = running.next() => match ended {
                    None => break,
                    Some(None) => {}
                    Some(Some((work, ending))) => self.end(work, ending, breaker).await,
                },
                () = grace_over => break,
            }
        }
    }

    /// Nothing new starts once the run is stopping.
    async fn run_step<'a>(&'a self, work: &'a Work<'a>, passwords: &'a DesiredUsers) -> Option<(&'a Work<'a>, Ending)> {
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

    async fn end(&self, work: &Work<'_>, ending: Ending, breaker: &mut Breaker) {
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
        if let Some(why) = sign.and_then(|sign| breaker.observe(sign)) {
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

    async fn emit(&self, event: Event) {
        // A listener that is gone takes its journal with it; saves notice, since nobody confirms their attempts.
        let _ = self.events.send(event).await;
    }
}

impl<'a> Work<'a> {
    fn new(position: usize, action: &'a Action) -> Self {
        Self { position, action, stage: Cell::default(), attempts: Cell::default() }
    }
}
