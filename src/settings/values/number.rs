//! Numbers and percentages.

use std::str::FromStr;

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
}
