//! Receives the events of the engine: journal first, then progress and outcomes. One flush covers a batch of events.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;

use crate::clock;
use crate::console::Progress;
use crate::execute::{Event, Outcome, Stop, StopReason};
use crate::record::{Journal, TenantLock};

/// The largest batch of events.
const BATCH: usize = 1024;

/// What the events added up to.
#[derive(Debug, Default)]
pub struct Heard {
    /// By position in the plan.
    pub outcomes: Vec<Option<Outcome>>,
    /// How many actions ended in each second of applying.
    pub pace: Vec<u32>,
}

/// Listens until the engine is done; blocks its thread.
pub fn listen(
    mut events: mpsc::Receiver<Event>,
    (mut journal, lock): (Journal, &TenantLock),
    progress: &Arc<Progress>,
    stop: &Stop,
    actions: usize,
) -> Heard {
    let began = Instant::now();
    let mut heard = Heard { outcomes: vec![None; actions], pace: Vec::new() };
    let mut batch = Vec::with_capacity(BATCH);
    while events.blocking_recv_many(&mut batch, BATCH) > 0 {
        let written = record(&mut journal, lock, &batch);
        if let Err(problem) = &written {
            stop.request(StopReason::Broken(problem.clone()));
        }
        for event in batch.drain(..) {
            progress.event(&event);
            match event {
                Event::AboutToSend(_, recorded) => recorded.confirm(written.clone()),
                Event::Ended { position, outcome } => heard.add(position, outcome, began),
                Event::PhaseStarted { .. } | Event::Stopping { .. } => {}
            }
        }
    }
    heard
}

/// Records events; an error where nothing more may be sent, since the journal can't be written or the lock is lost.
fn record(journal: &mut Journal, lock: &TenantLock, events: &[Event]) -> Result<(), String> {
    let now = clock::now();
    let noted = events.iter().try_for_each(|event| journal.note(event, now));
    noted.and_then(|()| journal.flush()).map_err(|error| format!("the journal can't be written: {error}"))?;
    lock.require().map_err(|error| error.to_string())
}

impl Heard {
    fn add(&mut self, position: usize, outcome: Outcome, began: Instant) {
        if outcome.result != crate::execute::ActionResult::NotAttempted {
            let second = usize::try_from(began.elapsed().as_secs()).unwrap_or(usize::MAX);
            if self.pace.len() <= second {
                self.pace.resize(second + 1, 0);
            }
            self.pace[second] += 1;
        }
        if let Some(place) = self.outcomes.get_mut(position) {
            *place = Some(outcome);
        }
    }
}
