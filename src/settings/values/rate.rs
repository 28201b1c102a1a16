//! `--rps`.

use std::str::FromStr;

use super::{ValueError, positive_number};

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
    use super::*;

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
