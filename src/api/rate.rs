//! How many requests a second the job asks for: fixed, unlimited, or found out. Pure: moments are arguments.

use std::time::Duration;

use tokio::time::Instant;

/// The pace that an operator asks for (`--rps`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// So many requests a second, at most.
    PerSecond(f64),
    /// As many as the concurrency allows.
    Unlimited,
    /// From 10 upwards as long as the tenant stays healthy, at most so many.
    Auto {
        /// `--max-rps`
        at_most: f64,
    },
}

/// What the pace is now, after what the tenant answered.
#[derive(Debug)]
pub struct RateControl {
    rate: Rate,
    current: Option<f64>,
    last_step: Option<Instant>,
    answers_since_step: u32,
    ceiling: Option<f64>,
    health: Health,
}

/// Where `auto` begins (contract, `--rps`).
const AUTO_START: f64 = 10.0;
/// Even a tenant that refuses everything is asked now and then.
const SLOWEST: f64 = 0.5;
/// The pace is looked at again after so long.
const STEP: Duration = Duration::from_secs(1);
/// `auto`, before any refusal: the growth of a step.
const SEARCH_GROWTH: f64 = 1.25;
/// `auto`, after a refusal: the share of the refused pace that is held.
const HELD_SHARE: f64 = 0.95;
/// `auto`, at the held pace: the growth of a probe, and the healthy steps before one.
const PROBE_GROWTH: f64 = 1.03;
const STEPS_BEFORE_PROBE: u32 = 15;
/// A fixed pace is regained in so many steps.
const REGAIN_STEPS: f64 = 10.0;

impl RateControl {
    /// Begins at the asked pace.
    pub fn new(rate: Rate) -> Self {
        let current = match rate {
            Rate::PerSecond(rate) => Some(rate),
            Rate::Unlimited => None,
            Rate::Auto { at_most } => Some(AUTO_START.min(at_most)),
        };
        Self { rate, current, last_step: None, answers_since_step: 0, ceiling: None, health: Health::default() }
    }

    /// Requests a second; `None` for no limit.
    pub fn current(&self) -> Option<f64> {
        self.current
    }

    /// The tenant refused for load. `recent` is how many requests left in the last second. Halves the pace.
    pub fn refused(&mut self, now: Instant, recent: f64) {
        let refused_at = self.current.unwrap_or(recent.max(1.0));
        self.ceiling = Some(refused_at * HELD_SHARE);
        self.current = Some((refused_at / 2.0).max(SLOWEST));
        self.last_step = Some(now);
        self.answers_since_step = 0;
        self.health.steps_at_ceiling = 0;
    }

    /// The tenant answered in good health after `latency`. Returns whether the pace changed.
    pub fn answered(&mut self, now: Instant, latency: Duration) -> bool {
        self.answers_since_step += 1;
        self.health.observe(latency);
        let last_step = *self.last_step.get_or_insert(now);
        if now.saturating_duration_since(last_step) < STEP {
            return false;
        }
        self.last_step = Some(now);
        self.answers_since_step = 0;
        let before = self.current;
        self.current = self.next_step();
        self.current != before
    }

    fn next_step(&mut self) -> Option<f64> {
        let current = self.current?;
        match self.rate {
            Rate::PerSecond(asked) => Some((current + asked / REGAIN_STEPS).min(asked)),
            Rate::Unlimited => {
                let ceiling = self.ceiling.unwrap_or(current);
                let next = current + ceiling / REGAIN_STEPS;
                (next < ceiling * 2.0).then_some(next)
            }
            Rate::Auto { at_most } => Some(self.next_auto_step(current).min(at_most)),
        }
    }

    fn next_auto_step(&mut self, current: f64) -> f64 {
        if self.health.is_latency_growing() {
            return current;
        }
        let Some(ceiling) = self.ceiling else { return current * SEARCH_GROWTH };
        if current < ceiling {
            return (current * SEARCH_GROWTH * SEARCH_GROWTH).min(ceiling);
        }
        self.health.steps_at_ceiling += 1;
        if self.health.steps_at_ceiling < STEPS_BEFORE_PROBE {
            return current;
        }
        self.health.steps_at_ceiling = 0;
        let probed = current * PROBE_GROWTH;
        self.ceiling = Some(probed);
        probed
    }
}

/// What the latencies tell.
#[derive(Debug, Default)]
struct Health {
    usual: Option<f64>,
    recent: Option<f64>,
    steps_at_ceiling: u32,
}

/// Weights of the moving averages: a few answers for the recent one, hundreds for the usual one.
const RECENT_WEIGHT: f64 = 0.2;
const USUAL_WEIGHT: f64 = 0.005;
/// Latency grows when the recent one is so many times the usual one, and by more than a scheduling hiccup.
const GROWN: f64 = 2.0;
const HICCUP_SECONDS: f64 = 0.02;

impl Health {
    fn observe(&mut self, latency: Duration) {
        let seconds = latency.as_secs_f64();
        let moved = |average: Option<f64>, weight: f64| average.map_or(seconds, |old| old + (seconds - old) * weight);
        self.recent = Some(moved(self.recent, RECENT_WEIGHT));
        self.usual = Some(moved(self.usual, USUAL_WEIGHT));
    }

    fn is_latency_growing(&self) -> bool {
        match (self.recent, self.usual) {
            (Some(recent), Some(usual)) => recent > usual * GROWN && recent - usual > HICCUP_SECONDS,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_millis(20);

    /// Answers once a simulated second until `seconds` are over.
    fn healthy_seconds(control: &mut RateControl, from: Instant, seconds: u32) -> Instant {
        for second in 1..=seconds {
            control.answered(from + STEP * second, QUICK);
        }
        from + STEP * seconds
    }

    #[test]
    fn a_fixed_pace_is_halved_by_a_refusal_and_regained_step_by_step() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::PerSecond(10.0));
        control.refused(start, 10.0);
        assert_eq!(control.current(), Some(5.0));
        let later = healthy_seconds(&mut control, start, 1);
        assert_eq!(control.current(), Some(6.0));
        healthy_seconds(&mut control, later, 60);
        assert_eq!(control.current(), Some(10.0));
    }

    #[test]
    fn auto_climbs_while_healthy_and_never_over_the_most() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 50.0 });
        assert_eq!(control.current(), Some(10.0));
        control.answered(start, QUICK);
        healthy_seconds(&mut control, start, 3);
        assert!(control.current() > Some(15.0) && control.current() < Some(25.0));
        healthy_seconds(&mut control, start + STEP * 3, 60);
        assert_eq!(control.current(), Some(50.0));
    }

    #[test]
    fn auto_halves_on_a_refusal_and_settles_just_below_it() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 500.0 });
        control.current = Some(40.0);
        control.refused(start, 40.0);
        assert_eq!(control.current(), Some(20.0));
        healthy_seconds(&mut control, start, 5);
        assert_eq!(control.current(), Some(38.0));
    }

    #[test]
    fn auto_does_not_climb_while_answers_get_slower() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 500.0 });
        for answer in 0..50 {
            control.answered(start + QUICK * answer, QUICK);
        }
        let before = control.current();
        for answer in 50..100 {
            control.answered(start + QUICK * answer, QUICK * 20);
        }
        control.answered(start + STEP * 3, QUICK * 20);
        assert_eq!(control.current(), before);
    }

    #[test]
    fn unlimited_becomes_limited_by_a_refusal_and_free_again() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Unlimited);
        assert_eq!(control.current(), None);
        control.refused(start, 200.0);
        assert_eq!(control.current(), Some(100.0));
        healthy_seconds(&mut control, start, 60);
        assert_eq!(control.current(), None);
    }
}
