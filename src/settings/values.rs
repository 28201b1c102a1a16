//! Values that an option, a variable or a config key may have, read the same way wherever they come from.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use thiserror::Error;

/// A value that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{value}` is not {expected}")]
pub struct ValueError {
    value: String,
    expected: &'static str,
}

/// `90s`, `5m`, `1h30m`, `500ms`; a bare number is seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationSetting(pub Duration);

/// `--rps`: a number, `unlimited` or `auto`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateSetting {
    /// So many requests a second.
    PerSecond(f64),
    /// As many as the concurrency allows.
    Unlimited,
    /// Found out.
    Auto,
}

/// When a summary is posted (`--notify-on`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum NotifyOn {
    /// The run did not end well.
    Failure,
    /// A guardrail stopped it.
    Guardrail,
    /// It changed something.
    Change,
    /// Every time.
    Always,
}

impl FromStr for DurationSetting {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let error = || ValueError { value: text.to_owned(), expected: "a duration such as 90s, 5m or 1h30m" };
        let text = text.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Ok(Self(Duration::from_secs(seconds)));
        }
        let signed: SignedDuration = text.parse().map_err(|_| error())?;
        Duration::try_from(signed).map(Self).map_err(|_| error())
    }
}

impl FromStr for RateSetting {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let error = || ValueError {
            value: text.to_owned(),
            expected: "a number of requests a second above 0, `unlimited` or `auto`",
        };
        match text.trim() {
            "unlimited" => Ok(Self::Unlimited),
            "auto" => Ok(Self::Auto),
            number => match number.parse::<f64>() {
                Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(Self::PerSecond(rate)),
                _ => Err(error()),
            },
        }
    }
}

/// Reads a TOML string or number through `FromStr`.
fn from_scalar<'de, D: Deserializer<'de>, T: FromStr<Err = ValueError>>(deserializer: D) -> Result<T, D::Error> {
    struct Scalar;
    impl Visitor<'_> for Scalar {
        type Value = String;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or a number")
        }
        fn visit_str<E>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
        fn visit_i64<E>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }
        fn visit_f64<E>(self, number: f64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }
    deserializer.deserialize_any(Scalar)?.parse().map_err(serde::de::Error::custom)
}

impl<'de> Deserialize<'de> for DurationSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_scalar(deserializer)
    }
}

impl<'de> Deserialize<'de> for RateSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_scalar(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_operators_write_them() {
        let read = |text: &str| text.parse::<DurationSetting>().map(|duration| duration.0);
        assert_eq!(read("60s"), Ok(Duration::from_mins(1)));
        assert_eq!(read("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(read("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(read("24h"), Ok(Duration::from_hours(24)));
        assert_eq!(read("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(read("7"), Ok(Duration::from_secs(7)));
        for wrong in ["", "soon", "-5s", "5 parsecs"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
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
