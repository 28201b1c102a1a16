//! Applies a plan phase by phase: bounded, with an outcome for every action, and a way to stop in good order.

use std::cell::{Cell, RefCell};
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

/// What is in flight when the run stops may end, but no longer than this (contract, "Applying").
const GRACE: Duration = Duration::from_secs(30);

const CUT_OFF: &str = "its answer did not come in time, so it may or may not be done: the next run finds out";

/// One more action is under way for so many requests: while some wait for the journal's disk, and so ask for nothing,
/// others use their turn. Few, since an action that waits for its turn to save has already looked at its user.
const REQUESTS_FOR_A_SPARE: usize = 8;

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waiting,
    UnderWay,
    Ended,
}

/// How a plan is applied.
pub struct Engine<'a> {
    /// For looking before and after.
    pub reader: &'a UserReader,
    /// The only hand that writes.
    pub writer: &'a UserWriter,
    /// Requests that may be under way at once.
    pub concurrency: usize,
    /// Whether creates are looked up first.
    pub look_up: LookUp,
    /// Whom the job must not change, whatever an older plan says.
    pub scope: &'a Scope,
    /// The switch that ends the run.
    pub stop: &'a Stop,
    /// Who listens.
    pub events: mpsc::Sender<Event>,
}

impl Engine<'_> {
    /// Applies all actions; `passwords` are those of the CSV's rows.
    pub async fn apply(&self, plan: &Plan, passwords: &DesiredUsers) {
        let mut breaker = Breaker::default();
        for phase in Phase::ALL {
            let actions: Vec<(usize, &Action)> =
                plan.actions.iter().enumerate().filter(|(_, action)| action.kind.phase() == phase).collect();
            if actions.is_empty() {
                continue;
            }
            if self.stop.reason().is_some() {
                self.tell_of_the_rest(&actions, &vec![Progress::Waiting; actions.len()]).await;
            } else {
                self.tell(Event::PhaseStarted { phase, actions: actions.len() as u64 }).await;
                self.apply_phase(&actions, passwords, &mut breaker).await;
            }
        }
    }

    async fn apply_phase(&self, actions: &[(usize, &Action)], passwords: &DesiredUsers, breaker: &mut Breaker) {
        let progress = RefCell::new(vec![Progress::Waiting; actions.len()]);
        let steps = actions.iter().enumerate().map(async |(place, &(_, action))| {
            if self.stop.reason().is_some() {
                return (place, None);
            }
            progress.borrow_mut()[place] = Progress::UnderWay;
            let password = action.row.filter(|_| action.needs_password).and_then(|row| passwords.password(row));
            let (reader, writer, events) = (self.reader, self.writer, &self.events);
            let (look_up, scope) = (self.look_up, self.scope);
            (
                place,
                Some(
                    Step { reader, writer, events, action, password, look_up, scope, attempts: Cell::new(0) }
                        .run()
                        .await,
                ),
            )
        });
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
                    Some((_, None)) => {}
                    Some((place, Some(ending))) => {
                        progress.borrow_mut()[place] = Progress::Ended;
                        self.take_ending(actions[place], ending, breaker).await;
                    }
                },
                () = grace_over => break,
            }
        }
        let progress = progress.borrow().clone();
        self.tell_of_the_rest(actions, &progress).await;
    }

    fn actions_at_once(&self) -> usize {
        self.concurrency + self.concurrency / REQUESTS_FOR_A_SPARE
    }

    async fn begin_to_stop(&self) {
        self.reader.stop_new_calls();
        let reason = self.stop.reason().map_or_else(String::new, |reason| reason.to_string());
        self.tell(Event::Stopping { reason }).await;
    }

    async fn take_ending(&self, (position, action): (usize, &Action), ending: Ending, breaker: &mut Breaker) {
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
        self.tell(Event::Ended { position, outcome: ending.into_outcome(action) }).await;
    }

    /// What did not end: never begun, or cut off.
    async fn tell_of_the_rest(&self, actions: &[(usize, &Action)], progress: &[Progress]) {
        let reason = self.stop.reason().map_or_else(String::new, |reason| reason.to_string());
        for (&(position, action), progress) in actions.iter().zip(progress) {
            let outcome = match progress {
                Progress::Ended => continue,
                Progress::Waiting => Outcome::not_attempted(action, &reason),
                Progress::UnderWay => Outcome {
                    result: ActionResult::Failed,
                    attempts: 1,
                    ..Outcome::not_attempted(action, &format!("{reason}; {CUT_OFF}"))
                },
            };
            self.tell(Event::Ended { position, outcome }).await;
        }
    }

    async fn tell(&self, event: Event) {
        // A listener that is gone takes its journal with it; saves notice, since nobody confirms their attempts.
        let _ = self.events.send(event).await;
    }
}
