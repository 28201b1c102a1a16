//! Figures as people say them.

/// `1 user`, `2 users`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// `12,188`
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.char_indices() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

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
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1_000, 12_188, 1_000_000].map(number), ["0", "999", "1,000", "12,188", "1,000,000"]);
    }

    #[test]
    fn lengths_of_time_read_as_people_say_them() {
        let said = [0.04, 1.94, 9.94, 9.96, 59.4, 59.6, 192.0, 7_500.0, f64::NAN, -1.0].map(seconds);
        let expected =
            ["0.0 s", "1.9 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "3 min 12 s", "2 h 5 min", "0.0 s", "0.0 s"];
        assert_eq!(said, expected);
    }
}
