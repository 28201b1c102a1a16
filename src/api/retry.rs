//! What an answer means for the next step. Pure: waiting happens elsewhere.
//!
//! | answer | a read | a write |
//! | --- | --- | --- |
//! | 2xx | accept | accept |
//! | 401 | renew the login, once | the same |
//! | 429, 400 `RATE_LIMIT_EXCEEDED` | pause all, send again | the same: it was refused unread |
//! | 503 | pause all, send again | pause all, look first |
//! | other 5xx, reset, time-out, cut or unreadable body | send again | look first |
//! | no connection | send again | send again: nothing was sent |
//! | certificate not trusted | refuse | refuse |
//! | any other | refuse | refuse |
//!
//! Sources: contract, "Applying"; API facts, "Where and how".

use std::time::Duration;

use jiff::Timestamp;

/// Whether a call changes anything at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It can be sent twice without harm.
    Read,
    /// It can't: an unclear outcome is looked up before another try.
    Write,
}

/// What came back, or what went wrong on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An HTTP status with what its head and body say of limits.
    Status {
        /// The status code.
        code: u16,
        /// `Retry-After`, already read.
        retry_after: Option<Duration>,
        /// The body has `RATE_LIMIT_EXCEEDED`.
        says_rate_limited: bool,
    },
    /// No connection could be made: the request never left.
    NotSent,
    /// The server's certificate is not trusted: the request never left.
    Untrusted,
    /// Reset, time-out, cut or unreadable body.
    Lost,
}

/// The next step, and whether all workers should pause before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What to do with this call.
    pub next: Next,
    /// What to do with all of them.
    pub pause: Option<Pause>,
}

/// What to do with a call that was answered, or was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Use the answer.
    Accept,
    /// It will not get better by asking again.
    Refuse,
    /// Get a new token and send it again, once.
    RenewLogin,
    /// Send it again after a wait.
    SendAgain,
    /// Find out by reading whether the write was done.
    LookFirst,
}

/// How long all workers pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// The server named it.
    Told(Duration),
    /// It did not: growing, with jitter.
    Growing,
}

/// Judges one answer.
pub fn judge(effect: Effect, answer: &Answer) -> Verdict {
    let unclear = match effect {
        Effect::Read => Next::SendAgain,
        Effect::Write => Next::LookFirst,
    };
    match *answer {
        Answer::NotSent => Verdict { next: Next::SendAgain, pause: None },
        Answer::Untrusted => Verdict { next: Next::Refuse, pause: None },
        Answer::Lost => Verdict { next: unclear, pause: None },
        Answer::Status { code, retry_after, says_rate_limited } => {
            let pause = Some(retry_after.map_or(Pause::Growing, Pause::Told));
            match code {
                200..=299 => Verdict { next: Next::Accept, pause: None },
                401 => Verdict { next: Next::RenewLogin, pause: None },
                429 => Verdict { next: Next::SendAgain, pause },
                400 if says_rate_limited => Verdict { next: Next::SendAgain, pause },
                503 => Verdict { next: unclear, pause },
                500..=599 => Verdict { next: unclear, pause: None },
                _ => Verdict { next: Next::Refuse, pause: None },
            }
        }
    }
}

/// First wait of one call before it is sent again; doubles with each try.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait of one call.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How long one call waits before try number `tries + 1`. `random` is in `0.0..1.0` and spreads the wait over its upper
/// half, so that workers which failed together don't come back together.
pub fn backoff(tries: u32, random: f64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(16));
    doubled.min(LONGEST_WAIT).mul_f64(0.5 + random / 2.0)
}

/// Reads `Retry-After`: seconds, or an HTTP date against `now`. A date that has passed means no wait.
pub fn parse_retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = Timestamp::try_from(httpdate::parse_http_date(header).ok()?).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> Answer {
        Answer::Status { code, retry_after: None, says_rate_limited: false }
    }

    #[test]
    fn each_answer_has_its_next_step_for_reads_and_writes() {
        use Next::{Accept, LookFirst, Refuse, RenewLogin, SendAgain};
        let table = [
            (status(200), Accept, Accept),
            (status(204), Accept, Accept),
            (status(302), Refuse, Refuse),
            (status(400), Refuse, Refuse),
            (status(401), RenewLogin, RenewLogin),
            (status(403), Refuse, Refuse),
            (status(404), Refuse, Refuse),
            (status(409), Refuse, Refuse),
            (status(429), SendAgain, SendAgain),
            (Answer::Status { code: 400, retry_after: None, says_rate_limited: true }, SendAgain, SendAgain),
            (status(500), SendAgain, LookFirst),
            (status(502), SendAgain, LookFirst),
            (status(503), SendAgain, LookFirst),
            (status(504), SendAgain, LookFirst),
            (Answer::Lost, SendAgain, LookFirst),
            (Answer::NotSent, SendAgain, SendAgain),
            (Answer::Untrusted, Refuse, Refuse),
        ];
        for (answer, read, write) in table {
            assert_eq!(judge(Effect::Read, &answer).next, read, "{answer:?}");
            assert_eq!(judge(Effect::Write, &answer).next, write, "{answer:?}");
        }
    }

    #[test]
    fn only_refusals_for_load_pause_everybody() {
        let told = Answer::Status { code: 429, retry_after: Some(Duration::from_secs(7)), says_rate_limited: false };
        assert_eq!(judge(Effect::Write, &told).pause, Some(Pause::Told(Duration::from_secs(7))));
        assert_eq!(judge(Effect::Read, &status(503)).pause, Some(Pause::Growing));
        for code in [200, 400, 401, 404, 500, 502] {
            assert_eq!(judge(Effect::Read, &status(code)).pause, None, "{code}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(parse_retry_after("120", now), Some(Duration::from_mins(2)));
        assert_eq!(parse_retry_after("Thu, 01 Jan 2026 00:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(parse_retry_after("Wed, 31 Dec 2025 23:59:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
    }

    #[test]
    fn waits_grow_stay_jittered_and_have_an_end() {
        assert_eq!(backoff(1, 0.0), Duration::from_millis(125));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(250));
        assert_eq!(backoff(3, 1.0), Duration::from_secs(1));
        assert_eq!(backoff(99, 1.0), LONGEST_WAIT);
    }
}
