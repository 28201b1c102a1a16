//! Durations as operators write them.

use std::time::Duration;

use jiff::SignedDuration;

use super::ValueError;

/// Reads `90s`, `5m`, `1h30m` or `500ms`; a bare number is seconds.
pub fn duration(text: &str) -> Result<Duration, ValueError> {
    let trimmed = text.trim();
    let read = || match trimmed.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Duration::try_from(trimmed.parse::<SignedDuration>().ok()?).ok(),
    };
    read().ok_or_else(|| ValueError::new(text, "a duration such as 90s, 5m or 1h30m"))
}

/// The same, without zero.
pub fn positive_duration(text: &str) -> Result<Duration, ValueError> {
    let error = || ValueError::new(text, "a duration above 0, such as 90s, 5m or 1h30m");
    duration(text).ok().filter(|duration| !duration.is_zero()).ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
