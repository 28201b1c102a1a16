//! The tenant's rate limit: a number of calls in any one second, and how one more is refused.

use std::collections::VecDeque;
use std::str::FromStr;
use std::time::Duration;

use tokio::time::Instant;

/// How a call over the limit is refused; each was seen on real tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 429 with `Retry-After` in seconds.
    Seconds,
    /// 429 with `Retry-After` as an HTTP date.
    Date,
    /// 429 that does not say how long to wait.
    Silent,
    /// 400 whose message has `RATE_LIMIT_EXCEEDED`.
    BadRequest,
}

/// At most `per_second` calls in any window of one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls, of all kinds together; at least one.
    pub per_second: u32,
    /// How one more is refused.
    pub refusal: Refusal,
}

impl FromStr for RateLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, name) = text.split_once(':').unwrap_or((text, "429"));
        let refusal = match name {
            "429" => Refusal::Seconds,
            "429-date" => Refusal::Date,
            "429-silent" => Refusal::Silent,
            "400" => Refusal::BadRequest,
            other => return Err(format!("`{other}` is no refusal: 429, 429-date, 429-silent or 400")),
        };
        let per_second = number.parse().ok().filter(|number| *number > 0);
        let per_second = per_second.ok_or_else(|| format!("`{number}` is no number of calls a second"))?;
        Ok(Self { per_second, refusal })
    }
}

const WINDOW: Duration = Duration::from_secs(1);

/// The calls that were let through in the last second.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    passed: VecDeque<Instant>,
}

impl RateLimiter {
    /// Lets a call through, or returns how long until the next may come.
    pub(crate) fn admit(&mut self, limit: RateLimit, now: Instant) -> Result<(), Duration> {
        while self.passed.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            self.passed.pop_front();
        }
        match self.passed.front() {
            Some(first) if self.passed.len() >= limit.per_second as usize => {
                Err(WINDOW.saturating_sub(now.duration_since(*first)))
            }
            _ => {
                self.passed.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_of_a_second_holds_more_than_the_limit() {
        let limit = RateLimit { per_second: 2, refusal: Refusal::Seconds };
        let (mut limiter, start) = (RateLimiter::default(), Instant::now());
        let mut at = |milliseconds| limiter.admit(limit, start + Duration::from_millis(milliseconds));
        assert_eq!(at(0), Ok(()));
        assert_eq!(at(900), Ok(()));
        assert_eq!(at(950), Err(Duration::from_millis(50)));
        assert_eq!(at(1000), Ok(()));
        assert_eq!(at(1100), Err(Duration::from_millis(800)));
        assert_eq!(at(1900), Ok(()));
    }

    #[test]
    fn a_limit_names_its_refusal() {
        for (text, per_second, refusal) in [
            ("7", 7, Refusal::Seconds),
            ("10:429", 10, Refusal::Seconds),
            ("10:429-date", 10, Refusal::Date),
            ("1:429-silent", 1, Refusal::Silent),
            ("40:400", 40, Refusal::BadRequest),
        ] {
            assert_eq!(text.parse(), Ok(RateLimit { per_second, refusal }));
        }
        assert!("0".parse::<RateLimit>().is_err() && "5:503".parse::<RateLimit>().is_err());
    }
}
