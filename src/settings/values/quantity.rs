//! Numbers, percentages, durations, time zones and rates.

use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo};

use super::ValueError;
use crate::model::Amount;

/// Reads a whole number.
pub fn whole_number<N: FromStr>(text: &str) -> Result<N, ValueError> {
    text.trim().parse().map_err(|_| ValueError::new(text, "a whole number"))
}

/// Reads a whole number into a type without zero.
pub fn positive<N: FromStr>(text: &str) -> Result<N, ValueError> {
    text.trim().parse().map_err(|_| ValueError::new(text, "a whole number above 0"))
}

/// Reads a number above 0, with or without a fraction.
pub fn positive_number(text: &str) -> Result<f64, ValueError> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| ValueError::new(text, "a number above 0"))
}

/// Reads a percentage.
pub fn share(text: &str) -> Result<Amount, ValueError> {
    let amount = text.parse().ok().filter(|amount: &Amount| amount.is_share());
    amount.ok_or_else(|| ValueError::new(text, "a percentage such as 20%"))
}

/// Reads `90s`, `5m`, `1h30m`, `7d` or `500ms`; a bare number is seconds, a day is 24 hours.
pub fn duration(text: &str) -> Result<Duration, ValueError> {
    let trimmed = text.trim();
    let read = || {
        if let Ok(seconds) = trimmed.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let span: Span = trimmed.parse().ok()?;
        Duration::try_from(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()
    };
    read().ok_or_else(|| ValueError::new(text, "a duration such as 90s, 5m, 1h30m or 7d"))
}

/// The same, without zero.
pub fn positive_duration(text: &str) -> Result<Duration, ValueError> {
    let error = || ValueError::new(text, "a duration above 0, such as 90s, 5m or 1h30m");
    duration(text).ok().filter(|duration| !duration.is_zero()).ok_or_else(error)
}

/// Reads the name of a time zone, such as `Europe/Paris`.
pub fn time_zone(text: &str) -> Result<TimeZone, ValueError> {
    let error = || ValueError::new(text, "the name of a time zone, such as Europe/Paris or UTC");
    TimeZone::get(text.trim()).map_err(|_| error())
}

/// How many requests a second may leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateSetting {
    /// A fixed rate.
    PerSecond(f64),
    /// As many as the concurrency allows.
    Unlimited,
    /// Adjusted to how the tenant answers.
    Auto,
}

impl FromStr for RateSetting {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.trim() {
            "unlimited" => Ok(Self::Unlimited),
            "auto" => Ok(Self::Auto),
            number => positive_number(number)
                .map(Self::PerSecond)
                .map_err(|_| ValueError::new(text, "a number of requests a second above 0, `unlimited` or `auto`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn numbers_outside_of_their_range_are_refused() {
        assert_eq!(whole_number::<u32>("0"), Ok(0));
        assert_eq!(positive::<NonZeroU32>(" 3 "), Ok(NonZeroU32::new(3).unwrap()));
        assert_eq!(positive_number("0.5"), Ok(0.5));
        assert_eq!(share("0.5%"), Ok(Amount::Share(50)));
        assert!(whole_number::<u32>("-1").is_err() && whole_number::<u32>("4294967296").is_err());
        assert!(positive::<NonZeroU32>("0").is_err() && positive::<NonZeroU32>("1.5").is_err());
        assert!(positive_number("0").is_err() && positive_number("inf").is_err() && positive_number("NaN").is_err());
        assert!(share("20").is_err() && share("0.2").is_err());
    }

    #[test]
    fn durations_are_read_as_operators_write_them() {
        assert_eq!(duration("60s"), Ok(Duration::from_mins(1)));
        assert_eq!(duration("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("24h"), Ok(Duration::from_hours(24)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("7"), Ok(Duration::from_secs(7)));
        for wrong in ["", "soon", "-5s", "5 parsecs"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(positive_duration("1ms"), Ok(Duration::from_millis(1)));
        assert!(positive_duration("0s").is_err());
    }

    #[test]
    fn rates_are_numbers_or_words() {
        assert_eq!("10".parse(), Ok(RateSetting::PerSecond(10.0)));
        assert_eq!("unlimited".parse(), Ok(RateSetting::Unlimited));
        assert_eq!("auto".parse(), Ok(RateSetting::Auto));
        for wrong in ["0", "-1", "fast", "inf", "NaN"] {
            assert!(wrong.parse::<RateSetting>().is_err(), "{wrong}");
        }
    }
}
