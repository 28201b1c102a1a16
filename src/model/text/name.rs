//! First and last names: how they are cleaned and when two are the same.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A name as lumsync writes it: trimmed, Unicode NFC.
pub fn normalize_name(raw: &str) -> Cow<'_, str> {
    let trimmed = raw.trim();
    if trimmed.is_ascii() || is_nfc_quick(trimmed.chars()) == IsNormalized::Yes {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(trimmed.nfc().collect())
    }
}

/// Whether two names differ in nothing that a person could see: outer blanks and Unicode composition don't count.
pub fn is_same_name(left: &str, right: &str) -> bool {
    left == right || normalize_name(left) == normalize_name(right)
}

/// Whether a value holds a control character, which no name, address or cell may.
pub fn has_control_character(value: &str) -> bool {
    value.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composition_and_outer_blanks_are_no_difference() {
        assert!(is_same_name("Zoe\u{308}", " Zo\u{eb}"));
        assert!(!is_same_name("Zoe", "Zoë"));
        assert!(!is_same_name("zoe", "Zoe"));
    }
}
