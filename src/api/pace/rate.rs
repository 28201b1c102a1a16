//! How many requests a second the job sends: fixed, unlimited, or adapted (`auto`). Pure: moments are arguments.

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
    ceiling: Option<Ceiling>,
    health: Health,
}

/// The pace that a refusal taught to hold.
#[derive(Debug, Clone, Copy)]
struct Ceiling {
    pace: f64,
    /// Healthy steps at this pace.
    steps: u32,
    /// The growth of the next probe.
    probe_growth: f64,
}

/// Where `auto` begins.
const AUTO_START: f64 = 10.0;
/// Even a tenant that refuses everything is asked now and then.
const SLOWEST: f64 = 0.5;
/// The pace is looked at again after so long.
const STEP: Duration = Duration::from_secs(1);
/// `auto`, before any refusal: the growth of a step.
const SEARCH_GROWTH: f64 = 1.25;
/// `auto` climbs only when at least this share of its pace is made use of: a pace that nobody runs is not proved.
const USED_ENOUGH: f64 = 0.7;
/// `auto`, after a refusal: the share of the refused pace that is held.
const HELD_SHARE: f64 = 0.97;
/// `auto`, at the held pace: the growth of the first probe, doubled with each that goes well up to the most, and the
/// healthy steps before each. A wrong probe costs about two seconds of work, so it must be rare.
const FIRST_PROBE_GROWTH: f64 = 0.015;
const MOST_PROBE_GROWTH: f64 = 0.25;
const STEPS_BEFORE_PROBE: u32 = 30;
/// Healthy steps at a held pace after which a refusal is taken for a mishap.
const STEPS_THAT_PROVE: u32 = 5;
/// A fixed pace is regained in so many steps.
const REGAIN_STEPS: f64 = 10.0;

impl Rate {
    /// Requests a second with which it begins; `None` for no limit.
    pub fn at_start(self) -> Option<f64> {
        match self {
            Self::PerSecond(rate) => Some(rate),
            Self::Unlimited => None,
            Self::Auto { at_most } => Some(AUTO_START.min(at_most)),
        }
    }
}

impl RateControl {
    /// Begins at the asked pace.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            current: rate.at_start(),
            last_step: None,
            answers_since_step: 0,
            ceiling: None,
            health: Health::default(),
        }
    }

    /// Requests a second; `None` for no limit.
    pub fn current(&self) -> Option<f64> {
        self.current
    }

    /// The tenant refused for load. `recent` is how many requests left in the last second. Halves the pace.
    pub fn refused(&mut self, recent: f64) {
        // The last of them is the one too many.
        let allowed = (recent - 1.0).max(1.0);
        let asked = self.current.unwrap_or(allowed);
        // What the tenant let through tells its limit better than an overshooting pace does, unless we hardly sent. A
        // pace that went well for long is no overshoot: calls have bunched on their way, or somebody else called too.
        let proved = self.ceiling.filter(|ceiling| ceiling.steps >= STEPS_THAT_PROVE).map_or(0.0, |held| held.pace);
        let pace = allowed.max(proved).clamp(asked / 2.0, asked) * HELD_SHARE;
        self.ceiling = Some(Ceiling { pace, steps: 0, probe_growth: FIRST_PROBE_GROWTH });
        self.current = Some((asked / 2.0).min(pace).max(SLOWEST));
        self.last_step = None;
        self.answers_since_step = 0;
    }

    /// The tenant answered in good health after `latency`. Returns whether the pace changed.
    pub fn answered(&mut self, now: Instant, latency: Duration) -> bool {
        self.health.observe(latency);
        let Some(last_step) = self.last_step else {
            self.last_step = Some(now);
            return false;
        };
        self.answers_since_step += 1;
        let elapsed = now.saturating_duration_since(last_step);
        if elapsed < STEP {
            return false;
        }
        let used = f64::from(self.answers_since_step) / elapsed.as_secs_f64();
        self.last_step = Some(now);
        self.answers_since_step = 0;
        let before = self.current;
        self.current = self.next_step(used);
        self.current != before
    }

    fn next_step(&mut self, used: f64) -> Option<f64> {
        let current = self.current?;
        match self.rate {
            Rate::PerSecond(asked) => Some((current + asked / REGAIN_STEPS).min(asked)),
            Rate::Unlimited => {
                let ceiling = self.ceiling.map_or(current, |ceiling| ceiling.pace);
                let next = current + ceiling / REGAIN_STEPS;
                (next < ceiling * 2.0).then_some(next)
            }
            Rate::Auto { at_most } => Some(self.next_auto_step(current, used).min(at_most)),
        }
    }

    fn next_auto_step(&mut self, current: f64, used: f64) -> f64 {
        if self.health.is_latency_growing() {
            return current;
        }
        let is_proved = used >= current * USED_ENOUGH;
        match &mut self.ceiling {
            Some(ceiling) if current < ceiling.pace => (current * SEARCH_GROWTH * SEARCH_GROWTH).min(ceiling.pace),
            _ if !is_proved => current,
            Some(ceiling) => ceiling.hold_or_probe(),
            None => current * SEARCH_GROWTH,
        }
    }
}

impl Ceiling {
    /// Stays for a while, then tries a little more; as long as that goes well, each try is bolder than the last.
    fn hold_or_probe(&mut self) -> f64 {
        self.steps += 1;
        if self.steps >= STEPS_BEFORE_PROBE {
            self.steps = 0;
            self.pace *= 1.0 + self.probe_growth;
            self.probe_growth = (self.probe_growth * 2.0).min(MOST_PROBE_GROWTH);
        }
        self.pace
    }
}

/// What the latencies tell.
#[derive(Debug, Default)]
struct Health {
    usual: Option<f64>,
    recent: Option<f64>,
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
    use std::collections::VecDeque;

    use super::*;

    const QUICK: Duration = Duration::from_millis(20);

    /// Answers as many times a second as the pace asks for, until `seconds` are over.
    fn healthy_seconds(control: &mut RateControl, from: Instant, seconds: u32) -> Instant {
        let end = from + STEP * seconds;
        let mut now = from;
        while now < end {
            now += Duration::from_secs_f64(1.0 / control.current().unwrap_or(100.0));
            control.answered(now, QUICK);
        }
        end
    }

    #[test]
    fn a_fixed_pace_is_halved_by_a_refusal_and_regained_step_by_step() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::PerSecond(10.0));
        control.refused(11.0);
        assert_eq!(control.current(), Some(5.0));
        let later = healthy_seconds(&mut control, start, 2);
        assert_eq!(control.current(), Some(6.0));
        healthy_seconds(&mut control, later, 60);
        assert_eq!(control.current(), Some(10.0));
    }

    #[test]
    fn auto_climbs_while_healthy_and_never_over_the_most() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 50.0 });
        assert_eq!(control.current(), Some(10.0));
        let later = healthy_seconds(&mut control, start, 4);
        assert!(control.current() > Some(15.0) && control.current() < Some(25.0), "{:?}", control.current());
        healthy_seconds(&mut control, later, 60);
        assert_eq!(control.current(), Some(50.0));
    }

    #[test]
    fn auto_does_not_climb_to_a_pace_that_is_not_made_use_of() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 500.0 });
        for page in 0..60 {
            control.answered(start + STEP / 2 * page, QUICK);
        }
        assert_eq!(control.current(), Some(10.0));
    }

    #[test]
    fn auto_halves_on_a_refusal_and_settles_just_below_what_was_let_through() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 500.0 });
        control.current = Some(40.0);
        control.refused(31.0);
        assert_eq!(control.current(), Some(20.0));
        healthy_seconds(&mut control, start, 8);
        assert_eq!(control.current(), Some(30.0 * HELD_SHARE));
    }

    #[test]
    fn a_refusal_while_hardly_anything_was_sent_does_not_bury_the_pace() {
        let mut control = RateControl::new(Rate::Auto { at_most: 500.0 });
        control.current = Some(40.0);
        control.refused(1.0);
        assert!(control.current() > Some(19.0), "{:?}", control.current());
    }

    #[test]
    fn a_refusal_at_a_pace_that_went_well_for_long_costs_little_of_it() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 500.0 });
        control.current = Some(50.0);
        control.refused(41.0);
        let later = healthy_seconds(&mut control, start, 15);
        let held = control.current().unwrap();
        control.refused(held - 3.0);
        healthy_seconds(&mut control, later, 8);
        assert_eq!(control.current(), Some(held * HELD_SHARE));
    }

    #[test]
    fn auto_finds_a_limit_that_was_lifted_since() {
        let start = Instant::now();
        let mut control = RateControl::new(Rate::Auto { at_most: 100.0 });
        control.refused(11.0);
        healthy_seconds(&mut control, start, 900);
        assert_eq!(control.current(), Some(100.0));
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
        control.refused(201.0);
        assert_eq!(control.current(), Some(100.0));
        healthy_seconds(&mut control, start, 60);
        assert_eq!(control.current(), None);
    }

    /// A tenant that lets so many calls through in any second, and a client that keeps to its pace.
    struct Simulation {
        limit: usize,
        control: RateControl,
        now: Instant,
        passed: VecDeque<Instant>,
        sent: u32,
        refused: u32,
        answers: VecDeque<Instant>,
    }

    impl Simulation {
        const LATENCY: Duration = Duration::from_millis(30);
        const PAUSE: Duration = Duration::from_secs(1);

        fn new(limit: usize) -> Self {
            let control = RateControl::new(Rate::Auto { at_most: 200.0 });
            let (passed, answers) = (VecDeque::new(), VecDeque::new());
            Self { limit, control, now: Instant::now(), passed, sent: 0, refused: 0, answers }
        }

        /// Calls that the tenant let through in the next second.
        fn second(&mut self) -> usize {
            let (end, mut passed) = (self.now + STEP, 0);
            while self.now < end {
                self.sent += 1;
                self.passed.retain(|&call| self.now.duration_since(call) < STEP);
                if self.passed.len() < self.limit {
                    passed += 1;
                    self.passed.push_back(self.now);
                    self.answers.push_back(self.now + Self::LATENCY);
                } else {
                    self.refused += 1;
                    self.control.refused(self.passed.len() as f64 + 1.0);
                    self.now += Self::PAUSE;
                }
                self.now += Duration::from_secs_f64(1.0 / self.control.current().unwrap_or(1.0));
                while self.answers.front().is_some_and(|&answered| answered <= self.now) {
                    let answered = self.answers.pop_front().unwrap();
                    self.control.answered(answered, Self::LATENCY);
                }
            }
            passed
        }
    }

    #[test]
    fn auto_finds_the_limit_of_a_tenant_that_never_told_it() {
        for limit in [15, 40, 120] {
            let mut simulation = Simulation::new(limit);
            let reached = (1..=20).find(|_| simulation.second() as f64 >= 0.85 * limit as f64);
            assert!(reached.is_some(), "limit {limit} is not reached");
            let began = simulation.now;
            let passed: usize = (0..180).map(|_| simulation.second()).sum();
            let share = passed as f64 / simulation.now.duration_since(began).as_secs_f64() / limit as f64;
            assert!(share >= 0.92, "limit {limit}: {share}");
            let refused = f64::from(simulation.refused) / f64::from(simulation.sent);
            assert!(refused < 1.0 / 100.0, "limit {limit}: {refused}");
        }
    }
}
