//! The next free moment at a fixed pace, by the generic cell rate algorithm (GCRA).
//!
//! A slot is reserved ahead, and a worker sleeps until its own. A limiter that is asked when a worker wakes up loses the
//! milliseconds by which the timer is late: a third of the pace at 500 requests a second.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

/// The share of the asked rate that is really used. Requests leave evenly, but arrive with the network's jitter; the
/// rest keeps the count at the server within the limit in any one second although two requests came closer together.
pub const USED_SHARE: f64 = 0.98;
/// The interval of rates that are as good as zero; times don't overflow with it.
const LONGEST_INTERVAL: Duration = Duration::from_hours(24 * 36_525);

/// Slots at a fixed rate.
pub struct Slots {
    interval: Duration,
    /// How far a slot may be ahead of an even pace.
    tolerance: Duration,
    /// No slot is earlier.
    last: Instant,
    /// When the next slot would be at an even pace.
    next_even: Instant,
}

impl Slots {
    /// A bucket of `rate` slots a second, the first of which is no earlier than `origin`.
    pub fn new(rate: f64, burst: NonZeroU32, origin: Instant) -> Self {
        let interval = Duration::try_from_secs_f64(1.0 / (rate * USED_SHARE)).unwrap_or(LONGEST_INTERVAL);
        let interval = interval.clamp(Duration::from_nanos(1), LONGEST_INTERVAL);
        let tolerance = interval.saturating_mul(burst.get() - 1);
        Self { interval, tolerance, last: origin, next_even: origin }
    }

    /// Takes the next free slot at or after `now`.
    pub fn reserve(&mut self, now: Instant) -> Instant {
        let earliest = self.next_even.checked_sub(self.tolerance).unwrap_or(self.last);
        self.last = self.last.max(now).max(earliest);
        self.next_even = self.next_even.max(self.last) + self.interval;
        self.last
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slots(rate: f64, burst: u32, calls: usize, step: Duration) -> Vec<Duration> {
        let origin = Instant::now();
        let mut bucket = Slots::new(rate, NonZeroU32::new(burst).unwrap(), origin);
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
            let mut bucket = Slots::new(f64::from(rate), NonZeroU32::new(burst).unwrap(), origin);
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
