//! Moments and lengths of time as people say them.

/// A moment, to the minute: `2026-03-02 05:30 UTC`.
pub fn time(time: jiff::Timestamp) -> String {
    time.strftime("%F %H:%M UTC").to_string()
}

/// A length of time: `0.4 s`, `42 s`, `3 min 12 s`, `2 h 5 min`.
pub fn seconds(seconds: f64) -> String {
    // Bounded first, so that the conversion cuts nothing; not-a-number becomes 0.
    let bounded = if seconds.is_finite() { seconds.clamp(0.0, 1e12) } else { 0.0 };
    if bounded < 9.95 {
        return format!("{bounded:.1} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above")]
    let whole = bounded.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_as_people_say_them() {
        let said = [0.04, 1.94, 9.94, 9.96, 59.4, 59.6, 192.0, 7_500.0, f64::NAN, -1.0].map(seconds);
        let expected =
            ["0.0 s", "1.9 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "3 min 12 s", "2 h 5 min", "0.0 s", "0.0 s"];
        assert_eq!(said, expected);
    }
}
