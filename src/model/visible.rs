//! Values that strangers wrote, made harmless where people read them: a terminal obeys escape sequences, and a change
//! of writing direction makes a line say what it does not.

use std::borrow::Cow;

const CONTROL_PICTURES: u32 = 0x2400;
const PICTURE_OF_DELETE: char = '\u{2421}';

/// The text with every character that acts instead of showing replaced by something that shows.
///
/// ASCII controls become their Unicode pictures (`␛`, `␊`); the other controls, separators of lines, marks of writing
/// direction and invisible spaces become `<U+202E>`. Joiners stay: names and emoji need them. Borrows when there is
/// nothing to replace.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        push_visible(&mut shown, character);
    }
    Cow::Owned(shown)
}

fn push_visible(shown: &mut String, character: char) {
    match u32::from(character) {
        code @ 0..=0x1f => shown.extend(char::from_u32(CONTROL_PICTURES + code)),
        0x7f => shown.push(PICTURE_OF_DELETE),
        code if acts(character) => shown.push_str(&code_point(code)),
        _ => shown.push(character),
    }
}

fn code_point(code: u32) -> String {
    format!("<U+{code:04X}>")
}

fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_is_shown_and_the_rest_is_borrowed() {
        assert_eq!(visible("\u{1b}[2J\r\n\t\u{7f}"), "␛[2J␍␊␉␡");
        assert_eq!(visible("a\u{202e}b\u{85}c\u{2066}\u{feff}"), "a<U+202E>b<U+0085>c<U+2066><U+FEFF>");
        assert!(matches!(visible("Zoë 山田 👩\u{200d}🚀"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_left(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(acts));
        }
    }
}
