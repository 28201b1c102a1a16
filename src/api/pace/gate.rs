//! The one pacing gate: every request passes it, whatever it is for.
//!
//! A worker takes a permit (concurrency), waits out a shared pause, reserves a slot, waits for it, and looks again
//! whether a pause began or the pace changed meanwhile; only then it sends.

use std::collections::VecDeque;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use super::rate::{Rate, RateControl};
use super::slots::Slots;

/// How the gate is set: `--rps`, `--burst`, `--concurrency`, `--max-wait`.
#[derive(Debug, Clone, Copy)]
pub struct GateSettings {
    /// Requests a second.
    pub rate: Rate,
    /// Requests that may leave back to back after an idle second, at least 1.
    pub burst: NonZeroU32,
    /// Requests under way at once.
    pub concurrency: NonZeroUsize,
    /// The longest pause that is waited out.
    pub max_wait: Duration,
}

/// Whether a request may still leave when the run is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It begins something new.
    NewWork,
    /// It finds out or ends what was begun.
    Settle,
}

/// Why a request did not leave.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum GateError {
    #[error("the run is stopping, and nothing new starts")]
    Stopping,
    #[error("the tenant asked for a pause of {} s, more than --max-wait allows ({} s); try again later or raise it", asked.as_secs(), allowed.as_secs())]
    AskedTooLong { asked: Duration, allowed: Duration },
}

/// How long all workers are to pause, as one answer has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// As the server asked; `None` for a wait that grows with each refusal in a row.
    pub asked: Option<Duration>,
    /// Whether the tenant asked for a lower pace, too. A sick backend (503) is no overload.
    pub lowers_pace: bool,
}

/// A pause of all workers, for whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseNotice {
    /// When it ends.
    pub until: Instant,
    /// What the tenant said.
    pub cause: String,
}

/// Pauses, one after the other.
pub struct Pauses {
    view: watch::Receiver<View>,
}

impl Pauses {
    /// The next pause that begins or grows; `None` when the gate is gone.
    pub async fn next(&mut self) -> Option<PauseNotice> {
        let mut last = self.view.borrow_and_update().pause.clone();
        loop {
            self.view.changed().await.ok()?;
            let pause = self.view.borrow_and_update().pause.clone();
            if pause != last {
                match pause {
                    Some(notice) => return Some(notice),
                    None => last = None,
                }
            }
        }
    }
}

/// See the module.
pub struct Gate {
    permits: Semaphore,
    burst: NonZeroU32,
    max_wait: Duration,
    inner: Mutex<Inner>,
    view: watch::Sender<View>,
}

#[derive(Debug, Clone, Default)]
struct View {
    pause: Option<PauseNotice>,
    closed: Option<GateError>,
}

struct Inner {
    control: RateControl,
    slots: Option<Slots>,
    /// Incremented when a pause begins or the pace changes: slots reserved under an older epoch are invalid.
    epoch: u64,
    last_slot: Option<Instant>,
    pause_began: Option<Instant>,
    refusals_in_a_row: u32,
    sent: VecDeque<Instant>,
}

/// The right to have one request under way; given back when dropped.
pub struct Pass<'a> {
    _permit: SemaphorePermit<'a>,
    sent_at: Instant,
}

/// What came of a reserved slot.
enum Slot {
    /// The request leaves now.
    Granted(Instant),
    /// A pause began or the pace changed meanwhile: reserve anew.
    Invalid,
    /// Too many left within the last second; look again then.
    NotBefore(Instant),
}

/// How much longer than a second the window is in which requests are counted: their ways to the tenant differ.
const WINDOW_MARGIN: f64 = 1.01;
/// The timer wakes at the end of its step: one that is set a step early wakes just before the slot, and a permit is not
/// held for nothing. The window of what really left stays exact.
const TIMER_STEP: Duration = Duration::from_millis(1);
/// How long sends are remembered: as long as the window of the slowest pace that a refusal leads to.
const LONGEST_WINDOW: Duration = Duration::from_secs(4);
/// First pause when the tenant does not say how long; triples with each refusal in a row, so that the five retries of
/// a call outlast a limit that is counted by the minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause of our own choice: a minute is what the API's own client waits on a refusal.
const LONGEST_OWN_PAUSE: Duration = Duration::from_mins(1);

impl Gate {
    /// An open gate.
    pub fn new(settings: GateSettings) -> Self {
        let control = RateControl::new(settings.rate);
        let slots = control.current().map(|rate| Slots::new(rate, settings.burst, Instant::now()));
        let inner = Inner {
            control,
            slots,
            epoch: 0,
            last_slot: None,
            pause_began: None,
            refusals_in_a_row: 0,
            sent: VecDeque::new(),
        };
        Self {
            permits: Semaphore::new(settings.concurrency.get()),
            burst: settings.burst,
            max_wait: settings.max_wait,
            inner: Mutex::new(inner),
            view: watch::Sender::new(View::default()),
        }
    }

    /// Waits until a request may leave.
    pub async fn enter(&self, purpose: Purpose) -> Result<Pass<'_>, GateError> {
        let mut view = self.view.subscribe();
        let permit = tokio::select! {
            biased;
            error = closed_for(purpose, &mut view) => return Err(error),
            permit = self.permits.acquire() => permit.map_err(|_| GateError::Stopping)?,
        };
        loop {
            self.wait_for_pause_end(purpose, &mut view).await?;
            let Some((slot, epoch)) = self.reserve() else {
                return Ok(Pass { _permit: permit, sent_at: self.lock().note_send() });
            };
            if let Some(sent_at) = self.wait_for_slot(slot, epoch, purpose, &mut view).await? {
                return Ok(Pass { _permit: permit, sent_at });
            }
        }
    }

    /// Waits for a slot and for room in the window of what really left; `None` when the slot has become invalid.
    async fn wait_for_slot(
        &self,
        slot: Instant,
        epoch: u64,
        purpose: Purpose,
        view: &mut watch::Receiver<View>,
    ) -> Result<Option<Instant>, GateError> {
        let mut until = slot.checked_sub(TIMER_STEP).unwrap_or(slot);
        loop {
            tokio::select! {
                biased;
                error = closed_for(purpose, view) => return Err(error),
                () = sleep_until(until) => {}
            }
            match self.use_slot(slot, epoch) {
                Slot::Granted(sent_at) => return Ok(Some(sent_at)),
                Slot::Invalid => return Ok(None),
                Slot::NotBefore(later) => until = later,
            }
        }
    }

    /// The tenant refused the request for load: one pause for all, and a lower pace.
    ///
    /// Refusals of requests that left before the pause began belong to the same refusal.
    pub fn refused(&self, pass: &Pass<'_>, pause: Pause, cause: &str) -> Result<(), GateError> {
        let now = Instant::now();
        let mut inner = self.lock();
        if inner.pause_began.is_some_and(|began| pass.sent_at <= began) {
            return self.extend_pause(pause, now);
        }
        inner.refusals_in_a_row += 1;
        let wait = self.length_of(pause, inner.refusals_in_a_row)?;
        if pause.lowers_pace {
            let recent = inner.sent_in_last_second(now);
            inner.control.refused(recent);
        }
        inner.pause_began = Some(now);
        let until = now + wait;
        self.rebuild_slots(&mut inner, until);
        self.view.send_modify(|view| view.pause = Some(PauseNotice { until, cause: cause.to_owned() }));
        Ok(())
    }

    /// The tenant answered in good health.
    pub fn answered(&self, pass: &Pass<'_>) {
        let now = Instant::now();
        let mut inner = self.lock();
        if inner.pause_began.is_none_or(|began| pass.sent_at > began) {
            inner.refusals_in_a_row = 0;
            if inner.control.answered(now, now.saturating_duration_since(pass.sent_at)) {
                let from = inner.last_slot.unwrap_or(now);
                self.rebuild_slots(&mut inner, from);
            }
        }
    }

    /// From now on nothing new leaves; what was begun may be ended.
    pub fn close(&self, why: GateError) {
        self.view.send_modify(|view| {
            view.closed.get_or_insert(why);
        });
    }

    /// Tells of pauses as they begin or grow.
    pub fn pauses(&self) -> Pauses {
        Pauses { view: self.view.subscribe() }
    }

    async fn wait_for_pause_end(&self, purpose: Purpose, view: &mut watch::Receiver<View>) -> Result<(), GateError> {
        loop {
            let pause = view.borrow_and_update().pause.clone();
            let Some(pause) = pause.filter(|pause| pause.until > Instant::now()) else { return Ok(()) };
            tokio::select! {
                biased;
                error = closed_for(purpose, view) => return Err(error),
                () = sleep_until(pause.until) => {}
            }
        }
    }

    fn length_of(&self, pause: Pause, refusals_in_a_row: u32) -> Result<Duration, GateError> {
        match pause.asked {
            Some(asked) if asked > self.max_wait => {
                let error = GateError::AskedTooLong { asked, allowed: self.max_wait };
                self.close(error.clone());
                Err(error)
            }
            Some(asked) => Ok(asked),
            None => {
                let tripled = FIRST_PAUSE.saturating_mul(3_u32.pow((refusals_in_a_row - 1).min(10)));
                let jittered = tripled.min(LONGEST_OWN_PAUSE).mul_f64(0.75 + fastrand::f64() / 4.0);
                Ok(jittered.min(self.max_wait))
            }
        }
    }

    fn extend_pause(&self, pause: Pause, now: Instant) -> Result<(), GateError> {
        let Some(asked) = pause.asked else { return Ok(()) };
        let until = now + self.length_of(pause, 1)?;
        self.view.send_if_modified(|view| match &mut view.pause {
            Some(current) if current.until < until && asked > Duration::ZERO => {
                current.until = until;
                true
            }
            _ => false,
        });
        Ok(())
    }

    fn reserve(&self) -> Option<(Instant, u64)> {
        let mut inner = self.lock();
        let slot = inner.slots.as_mut()?.reserve(Instant::now());
        Some((slot, inner.epoch))
    }

    /// Takes the slot, if it still counts and the second before it has room.
    fn use_slot(&self, slot: Instant, epoch: u64) -> Slot {
        let mut inner = self.lock();
        if inner.epoch != epoch {
            return Slot::Invalid;
        }
        if let Some(later) = inner.full_until(self.burst, Instant::now()) {
            return Slot::NotBefore(later);
        }
        inner.last_slot = Some(slot);
        Slot::Granted(inner.note_send())
    }

    fn rebuild_slots(&self, inner: &mut Inner, from: Instant) {
        inner.epoch += 1;
        inner.slots = inner.control.current().map(|rate| {
            let mut slots = Slots::new(rate, self.burst, from);
            // The last request that left took the first slot of the new pace.
            slots.reserve(from);
            slots
        });
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Slots are even, but a timer that wakes one worker late and the next in time would bring them closer together:
    /// what really left is counted too. Returns when the next request may leave, unless that is now.
    fn full_until(&self, burst: NonZeroU32, now: Instant) -> Option<Instant> {
        let rate = self.control.current()?;
        // Whole seconds stand for whole requests: a pace of 2.5 is counted as 3 in 1.2 seconds.
        let at_once = Duration::try_from_secs_f64(rate.ceil()).ok()?.as_secs().max(1);
        let window = Duration::try_from_secs_f64(at_once as f64 / rate * WINDOW_MARGIN).ok()?;
        let room = usize::try_from(at_once + u64::from(burst.get() - 1)).ok()?;
        let oldest = self.sent.get(self.sent.len().checked_sub(room)?)?;
        Some(*oldest + window).filter(|&free| free > now)
    }

    fn note_send(&mut self) -> Instant {
        let now = Instant::now();
        while self.sent.front().is_some_and(|&sent| now.saturating_duration_since(sent) > LONGEST_WINDOW) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
        now
    }

    fn sent_in_last_second(&self, now: Instant) -> f64 {
        let is_older = |sent: &Instant| now.saturating_duration_since(*sent) > Duration::from_secs(1);
        (self.sent.len() - self.sent.partition_point(is_older)) as f64
    }
}

/// Ends when the gate is closed for this purpose.
async fn closed_for(purpose: Purpose, view: &mut watch::Receiver<View>) -> GateError {
    loop {
        let closed = view.borrow_and_update().closed.clone();
        if let Some(error) = closed {
            match (purpose, &error) {
                (Purpose::Settle, GateError::Stopping) => {}
                (Purpose::NewWork | Purpose::Settle, _) => return error,
            }
        }
        if view.changed().await.is_err() {
            return GateError::Stopping;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gate(rate: f64, burst: u32) -> Gate {
        Gate::new(GateSettings {
            rate: Rate::PerSecond(rate),
            burst: NonZeroU32::new(burst).unwrap(),
            concurrency: NonZeroUsize::new(16).unwrap(),
            max_wait: Duration::from_mins(5),
        })
    }

    /// When each of so many requests left, with workers that are held up for so long after they were woken.
    fn departures(gate: &Gate, lateness: &[u64]) -> Vec<Instant> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let workers = lateness.iter().map(async |&late| {
                let pass = gate.enter(Purpose::NewWork).await.unwrap();
                let left = pass.sent_at;
                tokio::time::sleep(Duration::from_millis(late)).await;
                left
            });
            futures::future::join_all(workers).await
        })
    }

    fn most_in_a_second(departures: &mut [Instant]) -> usize {
        departures.sort_unstable();
        let within = |first: &Instant| {
            departures.iter().filter(|other| *other >= first && **other - *first < Duration::from_secs(1)).count()
        };
        departures.iter().map(within).max().unwrap_or_default()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_second_sees_more_requests_leave_than_the_pace(
            rate in 1_u32..60,
            burst in 1_u32..5,
            lateness in proptest::collection::vec(0_u64..300, 1..200),
        ) {
            let mut departures = departures(&gate(f64::from(rate), burst), &lateness);
            let most = most_in_a_second(&mut departures);
            prop_assert!(most <= (rate + burst - 1) as usize, "{most} at rate {rate}, burst {burst}");
        }
    }

    #[test]
    fn workers_that_wake_late_hold_the_next_ones_back() {
        let gate = gate(10.0, 1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let mut left = runtime.block_on(async {
            // All slots are reserved in time, and all workers but the last wake too late.
            let slots: Vec<_> = (0..10).map(|_| gate.reserve().unwrap()).collect();
            sleep_until(slots[9].0).await;
            let mut left: Vec<Instant> = Vec::new();
            for (slot, epoch) in slots {
                match gate.use_slot(slot, epoch) {
                    Slot::Granted(sent_at) => left.push(sent_at),
                    Slot::Invalid | Slot::NotBefore(_) => panic!("there is room for ten"),
                }
            }
            for _ in 0..30 {
                left.push(gate.enter(Purpose::NewWork).await.unwrap().sent_at);
            }
            left
        });
        assert!(most_in_a_second(&mut left) <= 10);
    }

    #[test]
    fn a_slot_that_was_reserved_before_a_pause_is_not_used_in_it() {
        let gate = gate(10.0, 1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let first = gate.enter(Purpose::NewWork).await.unwrap();
            let workers: Vec<_> = (0..10).map(|_| gate.enter(Purpose::NewWork)).collect();
            let refuse = async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let pause = Pause { asked: Some(Duration::from_secs(30)), lowers_pace: true };
                gate.refused(&first, pause, "429").unwrap();
                Instant::now()
            };
            let (refused_at, passes) = tokio::join!(refuse, futures::future::join_all(workers));
            for pass in passes {
                let left = pass.unwrap().sent_at;
                assert!(left >= refused_at + Duration::from_secs(30), "left {:?} after the refusal", left - refused_at);
            }
        });
    }

    #[test]
    fn a_pause_that_grows_is_waited_out_to_its_new_end() {
        let gate = gate(10.0, 1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (first, second) = tokio::join!(gate.enter(Purpose::NewWork), gate.enter(Purpose::NewWork));
            let began = Instant::now();
            let pause = |seconds| Pause { asked: Some(Duration::from_secs(seconds)), lowers_pace: true };
            gate.refused(&first.unwrap(), pause(5), "429").unwrap();
            let grow = async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                gate.refused(&second.unwrap(), pause(30), "429").unwrap();
            };
            let ((), third) = tokio::join!(grow, gate.enter(Purpose::NewWork));
            let waited = third.unwrap().sent_at - began;
            assert!(waited >= Duration::from_secs(31), "{waited:?}");
        });
    }

    #[test]
    fn a_sick_backend_pauses_all_and_does_not_lower_the_pace() {
        let gate = gate(10.0, 1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let first = gate.enter(Purpose::NewWork).await.unwrap();
            let pause = Pause { asked: Some(Duration::from_secs(2)), lowers_pace: false };
            gate.refused(&first, pause, "503").unwrap();
            drop(first);
            let begin = Instant::now();
            for _ in 0..20 {
                gate.enter(Purpose::NewWork).await.unwrap();
            }
            let took = begin.elapsed();
            assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(5), "{took:?}");
        });
    }
}
