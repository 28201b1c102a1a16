//! A guardrail's limit: a number of users or a share of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// `N` or `P%`, as an operator writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many users.
    Count(u64),
    /// A share, in ten-thousandths: `10%` is 1000, `0.5%` is 50.
    Share(u32),
}

/// A text that is neither `N` nor `P%`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is neither a number of users (such as 25) nor a percentage (such as 10%)")]
pub struct AmountError(String);

impl Amount {
    /// Whether `count` users out of `base` are within this limit.
    pub fn allows(self, count: u64, base: u64) -> bool {
        match self {
            Self::Count(limit) => count <= limit,
            Self::Share(share) => u128::from(count) * 10_000 <= u128::from(share) * u128::from(base),
        }
    }

    /// Whether this is a percentage.
    pub fn is_share(self) -> bool {
        matches!(self, Self::Share(_))
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || AmountError(text.to_owned());
        match text.trim().strip_suffix('%') {
            None => text.trim().parse().map(Self::Count).map_err(|_| error()),
            Some(percent) => parse_share(percent.trim()).map(Self::Share).ok_or_else(error),
        }
    }
}

fn parse_share(percent: &str) -> Option<u32> {
    let (whole, fraction) = percent.split_once('.').unwrap_or((percent, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || fraction.len() > 2 {
        return None;
    }
    let hundredths: u32 = format!("{fraction:0<2}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(hundredths)
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(formatter, "{count}"),
            Self::Share(share) if share % 100 == 0 => write!(formatter, "{}%", share / 100),
            Self::Share(share) if share % 10 == 0 => write!(formatter, "{}.{}%", share / 100, share % 100 / 10),
            Self::Share(share) => write!(formatter, "{}.{:02}%", share / 100, share % 100),
        }
    }
}

/// A number of users is a number, a share its text, as in a config file.
impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Share(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// A config file may hold a bare number: `max_disable = 25`.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(count) => Ok(Self::Count(count)),
            Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_and_write_as_an_operator_does() {
        for text in ["0", "25", "10%", "0.5%", "12.25%", "100%"] {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), text);
        }
        for wrong in ["", "%", "-1", "1.234%", "ten", "1.5", ".5%"] {
            assert!(wrong.parse::<Amount>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_share_is_exact_at_its_edge() {
        let tenth: Amount = "10%".parse().unwrap();
        assert!(tenth.allows(10, 100));
        assert!(!tenth.allows(11, 100));
        assert!(!tenth.allows(1, 9));
        assert!(Amount::Share(0).allows(0, 0));
    }
}
