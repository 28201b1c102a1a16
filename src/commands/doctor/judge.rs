//! When a clock, a list or a pace is fine. Pure: the figures are handed in.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::check::Check;
use crate::api::{CallError, GateSettings, Rate, Sample};
use crate::exit::Exit;
use crate::model::AccountType;
use crate::settings::SettingsError;

/// The call that gets a token.
const TOKEN_CALL: &str = "application-token";

/// The server's time comes in whole seconds, and the answer took its time.
const CLOCK_FINE: SignedDuration = SignedDuration::from_secs(30);
/// With a larger difference, tokens look expired, and a pause that ends at a date has the wrong length.
const CLOCK_WRONG: SignedDuration = SignedDuration::from_mins(5);
/// The pace is stated for this many changes.
const CHANGES: f64 = 1_000.0;
/// A change to an existing user is one get and one save.
const CALLS_OF_A_CHANGE: f64 = 2.0;

const CLOCK_HINT: &str = "set this machine's clock (NTP): tokens, pauses and the age of plans are judged by it";

/// This machine's clock against the server's.
pub(super) fn clock(server: Option<Timestamp>, ours: Timestamp) -> Check {
    const NAME: &str = "clock";
    let Some(server) = server else {
        return Check::warning(NAME, "the server does not tell its time", CLOCK_HINT);
    };
    let apart = ours.duration_since(server);
    let seconds = apart.as_secs().abs();
    let message = match seconds {
        0 | 1 => "agrees with the server's".to_owned(),
        _ => format!("{seconds} s {} the server's", if apart.is_positive() { "ahead of" } else { "behind" }),
    };
    match apart.abs() {
        apart if apart <= CLOCK_FINE => Check::fine(NAME, message),
        apart if apart <= CLOCK_WRONG => Check::warning(NAME, message, CLOCK_HINT),
        _ => Check::failed(NAME, Exit::CouldNot, message, CLOCK_HINT),
    }
}

/// The key to look at when the login is incomplete.
pub(super) fn hint_of_settings(error: &SettingsError) -> &'static str {
    match error {
        SettingsError::NoBaseUrl => "set tenant.base_url in lumsync.toml, or try --sandbox",
        SettingsError::NoLogin { .. } => "set the keys of [auth] in lumsync.toml, or LUMSYNC_TOKEN",
        SettingsError::File { what, .. }
        | SettingsError::EmptyFile { what, .. }
        | SettingsError::BadSecret { what } => match *what {
            "token file" => "check auth.token_file: its path, its rights, and that it holds the token and nothing else",
            _ => "check auth.client_secret_file: its path, its rights, and that it holds the secret and nothing else",
        },
        _ => "correct it in lumsync.toml; `lumsync init -` prints a file with every key explained",
    }
}

/// What is wrong when the list is refused: the login, the organization, the admin or the rights of the account.
pub(super) fn refused(error: &CallError) -> Check {
    let (name, hint) = match error.refused() {
        Some((TOKEN_CALL, 401)) => ("login", "check auth.client_id and auth.client_secret_file"),
        Some((TOKEN_CALL, 403)) => (
            "login",
            "check tenant.organization_id, and that the application may act as auth.user_email, an enabled admin there",
        ),
        Some((TOKEN_CALL, 404)) => ("account", "check auth.user_email: the tenant has no such admin"),
        Some((_, 401)) => ("login", "check auth.token_file or LUMSYNC_TOKEN: a ready token lives about an hour"),
        Some((_, 403)) => {
            ("rights", "the account must be allowed to list users; check its rights, and tenant.organization_id")
        }
        _ => ("rights", "is tenant.base_url the tenant's own cell?"),
    };
    Check::failed(name, Exit::CouldNot, error.to_string(), hint)
}

/// Whether groups can be listed, which only a CSV with a column `groups` needs.
pub(super) fn groups(asked: Result<(), CallError>) -> Check {
    const NAME: &str = "groups";
    match asked {
        Ok(()) => Check::fine(NAME, "can be listed"),
        Err(error) if error.is_not_found() => Check::fine(NAME, "not offered by this tenant"),
        Err(error) => Check::warning(
            NAME,
            error.to_string(),
            "a CSV with a column `groups` needs the right to list groups (feed/list); others do without",
        ),
    }
}

/// Whether users can be listed.
pub(super) fn rights(sample: &Sample, types: &[AccountType]) -> Check {
    const NAME: &str = "rights";
    let types = types.iter().map(|account_type| account_type.as_str()).collect::<Vec<_>>().join(", ");
    match (sample.users, sample.has_more) {
        (0, _) => Check::warning(
            NAME,
            format!("the list of users of type {types} is empty"),
            "right for a new tenant; else check scope.types and the account's rights",
        ),
        (users, true) => Check::fine(NAME, format!("can list users of type {types}: {users} and more")),
        (users, false) => Check::fine(NAME, format!("can list users of type {types}: {users}")),
    }
}

/// Whether hidden users are seen: a run that does not see them would create them anew.
pub(super) fn hidden(sample: &Sample) -> Check {
    const NAME: &str = "hidden users";
    match (sample.hidden, sample.has_more) {
        (0, false) if sample.users == 0 => Check::fine(NAME, "none to see in an empty list"),
        (0, _) => Check::warning(
            NAME,
            format!("none among the first {}", sample.users),
            "hide a test user in LumApps and run doctor again: it must be seen, or hidden users would be taken for missing",
        ),
        (hidden, _) => Check::fine(NAME, format!("seen: {hidden} of the first {}", sample.users)),
    }
}

/// How fast the tenant answers, and what that makes of a thousand changes.
pub(super) fn pace(times: &mut [Duration], first: &Sample, gate: &GateSettings) -> Check {
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64();
    let by_latency = gate.concurrency.get() as f64 / median.max(0.001);
    let rate = match gate.rate {
        Rate::PerSecond(rate) => rate.min(by_latency),
        Rate::Auto { at_most } => at_most.min(by_latency),
        Rate::Unlimited => by_latency,
    };
    let seconds = CHANGES * CALLS_OF_A_CHANGE / rate;
    let message = format!(
        "a call takes {} ms, a page of {} users {} ms; 1,000 changes take about {}",
        milliseconds(median),
        first.users,
        milliseconds(first.took.as_secs_f64()),
        minutes(seconds)
    );
    Check::fine("pace", message)
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.0}", (seconds * 1000.0).max(1.0))
}

fn minutes(seconds: f64) -> String {
    if seconds < 90.0 { format!("{:.0} s", seconds.max(1.0)) } else { format!("{:.0} min", seconds / 60.0) }
}

#[cfg(test)]
mod tests {
    use std::num::{NonZeroU32, NonZeroUsize};

    use super::super::check::Verdict;
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn sample(users: u64, hidden: u64, has_more: bool) -> Sample {
        Sample { users, hidden, has_more, took: Duration::from_millis(80) }
    }

    #[test]
    fn a_clock_is_fine_odd_or_wrong_in_both_directions() {
        let verdict = |ours| clock(Some(at(0)), at(ours)).verdict;
        assert_eq!((verdict(0), verdict(30), verdict(-30)), (Verdict::Fine, Verdict::Fine, Verdict::Fine));
        assert_eq!((verdict(31), verdict(-300)), (Verdict::Warning, Verdict::Warning));
        assert_eq!((verdict(301), verdict(-301)), (Verdict::Failed, Verdict::Failed));
        assert_eq!(clock(Some(at(0)), at(-301)).message, "301 s behind the server's");
        assert_eq!(clock(None, at(0)).verdict, Verdict::Warning);
    }

    #[test]
    fn a_list_without_a_hidden_user_proves_nothing_and_says_so() {
        assert_eq!(hidden(&sample(500, 0, true)).verdict, Verdict::Warning);
        assert_eq!(hidden(&sample(500, 2, true)).message, "seen: 2 of the first 500");
        assert_eq!(hidden(&sample(0, 0, false)).verdict, Verdict::Fine);
        assert_eq!(rights(&sample(0, 0, false), &[AccountType::External]).verdict, Verdict::Warning);
    }

    #[test]
    fn the_pace_is_bounded_by_the_limit_and_by_the_latency() {
        let gate = |rate| GateSettings {
            rate,
            burst: NonZeroU32::MIN,
            concurrency: NonZeroUsize::new(16).unwrap(),
            max_wait: Duration::from_mins(5),
        };
        let said = |rate, latency| {
            let mut times = [latency, Duration::from_secs(9), Duration::ZERO].map(|time: Duration| time);
            pace(&mut times, &sample(500, 0, true), &gate(rate)).message
        };
        let quick = Duration::from_millis(40);
        assert_eq!(
            said(Rate::PerSecond(10.0), quick),
            "a call takes 40 ms, a page of 500 users 80 ms; 1,000 changes take about 3 min"
        );
        assert!(said(Rate::PerSecond(10.0), Duration::from_secs(4)).ends_with("8 min"));
        assert!(said(Rate::Unlimited, quick).ends_with("5 s"));
    }
}
