//! What an answer means for the next step. Pure: waiting happens elsewhere.
//!
//! | answer | a read | a write |
//! | --- | --- | --- |
//! | 200 | accept | accept |
//! | 204 | send again | accept |
//! | any other 2xx: a part, or a promise | send again | look first |
//! | 401 | renew the login, once | renew the login and look first |
//! | 429, `RATE_LIMIT_EXCEEDED` | pause all, lower the pace, send again | the same, but look first |
//! | 503 with `Retry-After` | pause all, send again | pause all, look first |
//! | 408, 425, 5xx, a 404 that is not the API's, reset, time-out, cut or unreadable body | send again | look first |
//! | no connection | send again | send again: nothing was sent |
//! | certificate not trusted | refuse | refuse |
//! | any other | refuse | refuse (a 409 to a create: the step looks first) |
//!
//! Sources: `docs/interface.md`, "Applying"; `docs/lumapps-api.md`, "Where and how".

use std::time::Duration;

use jiff::Timestamp;

use crate::api::pace::Pause;

/// Whether a call changes anything at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It can be sent twice without harm.
    Read,
    /// It can't: an unclear outcome is looked up before another try.
    Write,
}

/// What came back, or what went wrong on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An HTTP status, with what head and body say.
    Status {
        /// The status code.
        code: u16,
        /// `Retry-After`, already read.
        retry_after: Option<Duration>,
        /// The body is an error in the API's own shape.
        is_api_error: bool,
        /// That error's message has `RATE_LIMIT_EXCEEDED`.
        is_rate_limit: bool,
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
pub(super) struct Verdict {
    /// What to do with this call.
    pub(super) next: Next,
    /// What to do with all of them.
    pub(super) pause: Option<Pause>,
}

/// What to do with a call that was answered, or was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Use the answer.
    Accept,
    /// It will not get better by asking again.
    Refuse,
    /// The token ran out: get a new one, once.
    RenewLogin,
    /// Send it again after a wait.
    SendAgain,
    /// Find out by reading whether the write was done.
    LookFirst,
}

/// Judges one answer.
pub(super) fn judge(effect: Effect, outcome: &Outcome) -> Verdict {
    let unclear = match effect {
        Effect::Read => Next::SendAgain,
        Effect::Write => Next::LookFirst,
    };
    let without_pause = |next| Verdict { next, pause: None };
    match *outcome {
        Outcome::NotSent => without_pause(Next::SendAgain),
        Outcome::Untrusted => without_pause(Next::Refuse),
        Outcome::Lost => without_pause(unclear),
        Outcome::Status { code, retry_after, is_api_error, is_rate_limit } => match code {
            200 => without_pause(Next::Accept),
            204 if effect == Effect::Write => without_pause(Next::Accept),
            401 => without_pause(Next::RenewLogin),
            429 => Verdict { next: unclear, pause: Some(Pause { asked: retry_after, lowers_pace: true }) },
            400 | 403 if is_rate_limit => {
                Verdict { next: unclear, pause: Some(Pause { asked: retry_after, lowers_pace: true }) }
            }
            503 => {
                let asked = retry_after.filter(|asked| !asked.is_zero());
                Verdict { next: unclear, pause: asked.map(|_| Pause { asked, lowers_pace: false }) }
            }
            404 if !is_api_error => without_pause(unclear),
            201..=299 | 408 | 425 | 500..=599 => without_pause(unclear),
            _ => without_pause(Next::Refuse),
        },
    }
}

/// First wait of one call before it is sent again; doubles with each try.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait of one call.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How long one call waits before try number `tries + 1`. `random` is in `0.0..1.0` and spreads the wait over its upper
/// half, so that workers which failed together don't come back together.
pub(super) fn backoff(tries: u32, random: f64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(16));
    doubled.min(LONGEST_WAIT).mul_f64(0.5 + random / 2.0)
}

/// Reads `Retry-After`: seconds, or an HTTP date against `now`. A date that has passed means no wait; a number too large for
/// any clock is a wait without end.
pub(super) fn parse_retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let until = Timestamp::try_from(httpdate::parse_http_date(header).ok()?).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> Outcome {
        Outcome::Status { code, retry_after: None, is_api_error: true, is_rate_limit: false }
    }

    #[test]
    fn each_answer_has_its_next_step_for_reads_and_writes() {
        use Next::{Accept, LookFirst, Refuse, RenewLogin, SendAgain};
        let foreign = |code| Outcome::Status { code, retry_after: None, is_api_error: false, is_rate_limit: false };
        let limited = |code| Outcome::Status { code, retry_after: None, is_api_error: true, is_rate_limit: true };
        let table = [
            (status(200), Accept, Accept),
            (status(201), SendAgain, LookFirst),
            (status(202), SendAgain, LookFirst),
            (status(203), SendAgain, LookFirst),
            (status(204), SendAgain, Accept),
            (status(206), SendAgain, LookFirst),
            (status(299), SendAgain, LookFirst),
            (status(302), Refuse, Refuse),
            (status(400), Refuse, Refuse),
            (foreign(400), Refuse, Refuse),
            (limited(400), SendAgain, LookFirst),
            (status(401), RenewLogin, RenewLogin),
            (status(403), Refuse, Refuse),
            (limited(403), SendAgain, LookFirst),
            (status(404), Refuse, Refuse),
            (foreign(404), SendAgain, LookFirst),
            (status(408), SendAgain, LookFirst),
            (status(409), Refuse, Refuse),
            (status(422), Refuse, Refuse),
            (status(425), SendAgain, LookFirst),
            (status(429), SendAgain, LookFirst),
            (status(500), SendAgain, LookFirst),
            (status(502), SendAgain, LookFirst),
            (status(503), SendAgain, LookFirst),
            (status(504), SendAgain, LookFirst),
            (Outcome::Lost, SendAgain, LookFirst),
            (Outcome::NotSent, SendAgain, SendAgain),
            (Outcome::Untrusted, Refuse, Refuse),
        ];
        for (outcome, read, write) in table {
            assert_eq!(judge(Effect::Read, &outcome).next, read, "{outcome:?}");
            assert_eq!(judge(Effect::Write, &outcome).next, write, "{outcome:?}");
        }
    }

    #[test]
    fn only_a_refusal_for_load_lowers_the_pace_and_a_sick_backend_pauses_all_when_it_asks_for_it() {
        let asked = Some(Duration::from_secs(7));
        let with = |code, retry_after| Outcome::Status { code, retry_after, is_api_error: true, is_rate_limit: false };
        let pause = |outcome| judge(Effect::Write, &outcome).pause;
        assert_eq!(pause(with(429, asked)), Some(Pause { asked, lowers_pace: true }));
        assert_eq!(pause(with(429, None)), Some(Pause { asked: None, lowers_pace: true }));
        assert_eq!(pause(with(503, asked)), Some(Pause { asked, lowers_pace: false }));
        assert_eq!(pause(with(503, Some(Duration::ZERO))), None);
        for code in [200, 400, 401, 404, 409, 500, 502, 503] {
            assert_eq!(pause(with(code, None)), None, "{code}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(parse_retry_after("120", now), Some(Duration::from_mins(2)));
        assert_eq!(parse_retry_after("Thu, 01 Jan 2026 00:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(parse_retry_after("Wed, 31 Dec 2025 23:59:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("99999999999999999999", now), Some(Duration::from_secs(u64::MAX)));
        for unclear in ["soon", "", "-1", "1e9"] {
            assert_eq!(parse_retry_after(unclear, now), None, "{unclear}");
        }
    }

    #[test]
    fn waits_grow_stay_jittered_and_have_an_end() {
        assert_eq!(backoff(1, 0.0), Duration::from_millis(125));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(250));
        assert_eq!(backoff(3, 1.0), Duration::from_secs(1));
        assert_eq!(backoff(99, 1.0), LONGEST_WAIT);
    }
}
