//! The next free moment at a fixed pace.
//!
//! The arithmetic (GCRA) is `governor`'s. What its own `until_ready` can't do is to reserve a moment ahead: there, a
//! worker that a timer wakes a millisecond late pushes every later one back, which costs a third of the pace at 500
//! requests a second. So `governor` runs on a clock that is moved on to each slot as it is given away, and a worker sleeps until its own.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

/// The share of the asked rate that is really used. Requests leave evenly, but arrive with the network's jitter; the
/// rest keeps the count at the server within the limit in any one second although two requests came closer together.
pub const USED_SHARE: f64 = 0.98;

/// Slots at a fixed rate.
pub struct Slots {
    limiter: RateLimiter<NotKeyed, InMemoryState, SlotClock, NoOpMiddleware<SlotTime>>,
    clock: SlotClock,
    origin: Instant,
}

impl Slots {
    /// A bucket of `rate` slots a second, the first of which is no earlier than `origin`.
    pub fn new(rate: f64, burst: NonZeroU32, origin: Instant) -> Self {
        let interval = Duration::from_secs_f64(1.0 / (rate * USED_SHARE)).max(Duration::from_nanos(1));
        let clock = SlotClock::default();
        let quota = Quota::with_period(interval).unwrap_or_else(|| Quota::per_second(NonZeroU32::MAX));
        let limiter = RateLimiter::direct_with_clock(quota.allow_burst(burst), clock.clone());
        Self { limiter, clock, origin }
    }

    /// Takes the next free slot at or after `now`.
    pub fn reserve(&self, now: Instant) -> Instant {
        self.clock.run_up_to(now.saturating_duration_since(self.origin));
        while let Err(not_until) = self.limiter.check() {
            let wait = not_until.wait_time_from(self.clock.now());
            self.clock.advance(wait.max(Duration::from_nanos(1)));
        }
        self.origin + Duration::from_nanos(self.clock.now().0)
    }
}

/// Nanoseconds since the bucket's origin, as far as slots are given away.
#[derive(Debug, Clone, Default)]
struct SlotClock(Arc<AtomicU64>);

impl SlotClock {
    fn run_up_to(&self, since_origin: Duration) {
        self.0.fetch_max(nanoseconds(since_origin), Ordering::Relaxed);
    }

    fn advance(&self, by: Duration) {
        self.0.fetch_add(nanoseconds(by), Ordering::Relaxed);
    }
}

impl Clock for SlotClock {
    type Instant = SlotTime;

    fn now(&self) -> SlotTime {
        SlotTime(self.0.load(Ordering::Relaxed))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SlotTime(u64);

impl std::ops::Add<Nanos> for SlotTime {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        Self(self.0.saturating_add(other.as_u64()))
    }
}

impl Reference for SlotTime {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.checked_sub(duration.as_u64()).unwrap_or(self.0))
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slots(rate: f64, burst: u32, calls: usize, step: Duration) -> Vec<Duration> {
        let origin = Instant::now();
        let bucket = Slots::new(rate, NonZeroU32::new(burst).unwrap(), origin);
        (0..u32::try_from(calls).unwrap()).map(|call| bucket.reserve(origin + step * call) - origin).collect()
    }

    #[test]
    fn slots_of_waiting_workers_are_even_and_lose_nothing() {
        let slots = slots(100.0, 1, 501, Duration::ZERO);
        let span = slots[500].as_secs_f64();
        assert!((span - 500.0 / (100.0 * USED_SHARE)).abs() < 0.001, "{span}");
    }

    proptest! {
        /// However the callers come, no second holds more than the rate, beyond the burst.
        #[test]
        fn no_second_holds_more_than_the_rate(
            rate in 1_u32..200,
            burst in 1_u32..10,
            gaps in proptest::collection::vec(0_u64..50, 1..400),
        ) {
            let origin = Instant::now();
            let bucket = Slots::new(f64::from(rate), NonZeroU32::new(burst).unwrap(), origin);
            let mut now = origin;
            let mut slots = Vec::new();
            for gap in gaps {
                now += Duration::from_millis(gap);
                slots.push(bucket.reserve(now));
            }
            for (first, slot) in slots.iter().enumerate() {
                let in_second = slots[first..].iter().take_while(|&&other| other - *slot < Duration::from_secs(1)).count();
                prop_assert!(in_second <= (rate + burst - 1) as usize, "{in_second} at rate {rate} burst {burst}");
            }
        }
    }
}
