//! Characters that act instead of showing: how they are recognised, named, removed, and shown where people read them.
//!
//! A terminal obeys escape sequences, a change of writing direction makes a line say what it does not, and a character
//! without width makes two values differ that look the same.

use std::borrow::Cow;
use std::fmt::Write;

const CONTROL_PICTURES: u32 = 0x2400;
const PICTURE_OF_DELETE: char = '\u{2421}';
const PICTURE_OF_BLANK: char = '\u{237d}';

/// Whether a character has no width, turns the direction of writing, separates lines unseen, or is a blank that counts
/// as a letter: Unicode's default ignorable code points, and a few that show nothing without being one.
pub fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the character at `place` is a joiner or a variation selector that belongs there: Persian and Indic names are
/// written with joiners between their letters, and some Japanese ones with a chosen form of a letter.
pub fn is_joiner_in_script(text: &str, place: usize) -> bool {
    joins(text, place, |letter| letter >= '\u{590}' && letter.is_alphabetic())
}

/// Whether a joiner stands at `place` between two visible characters for which `belongs` holds, or a variation selector
/// behind one.
fn joins(text: &str, place: usize, belongs: impl Fn(char) -> bool) -> bool {
    let is_neighbour = |character: char| !is_invisible(character) && belongs(character);
    let mut rest = text[place..].chars();
    let is_followed = match rest.next() {
        Some('\u{200c}' | '\u{200d}') => rest.next().is_some_and(is_neighbour),
        Some('\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}') => true,
        _ => return false,
    };
    let mut before = text[..place].chars().rev().skip_while(|before| matches!(before, '\u{fe00}'..='\u{fe0f}'));
    is_followed && before.next().is_some_and(is_neighbour)
}

/// A blank or an invisible character by its name, if it has a usual one, and its code point.
pub fn describe_character(character: char) -> String {
    let name = match character {
        '\u{a0}' => "a non-breaking space",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' => "a zero-width joiner",
        '\u{202f}' => "a narrow non-breaking space",
        '\u{feff}' => "a byte order mark",
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "a direction mark",
        _ if character.is_whitespace() => "a blank",
        _ => "an invisible character",
    };
    format!("{name} (U+{:04X})", u32::from(character))
}

/// The text without control and invisible characters, trimmed; line breaks, tabs and unusual blanks become plain ones.
pub fn without_invisible(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !is_invisible(c) && !c.is_control())
        .collect();
    visible.trim().to_owned()
}

/// The text with a picture for every character that acts instead of showing, and for blanks that only look like one.
///
/// ASCII controls become `␛`, `␊` and the like, non-breaking spaces `⍽`, and the others their code point: `<U+202E>`.
/// Joiners stay between the letters and emoji that need them. Borrows when there is nothing to replace.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.char_indices().any(|(place, character)| is_replaced(text, place, character)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for (place, character) in text.char_indices() {
        if is_replaced(text, place, character) {
            push_picture(&mut shown, character);
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

fn is_replaced(text: &str, place: usize, character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{a0}' | '\u{202f}')
        || (is_invisible(character) && !joins(text, place, |neighbour| neighbour >= '\u{590}'))
}

fn push_picture(shown: &mut String, character: char) {
    match u32::from(character) {
        code @ 0..=0x1f => shown.extend(char::from_u32(CONTROL_PICTURES + code)),
        0x7f => shown.push(PICTURE_OF_DELETE),
        0xa0 | 0x202f => shown.push(PICTURE_OF_BLANK),
        // Writing to a string never fails.
        code => drop(write!(shown, "<U+{code:04X}>")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_is_shown_and_the_rest_is_borrowed() {
        assert_eq!(visible("\u{1b}[2J\r\n\t\u{7f}"), "␛[2J␍␊␉␡");
        assert_eq!(visible("a\u{202e}b\u{85}c\u{2066}\u{feff}"), "a<U+202E>b<U+0085>c<U+2066><U+FEFF>");
        assert_eq!(visible("Zo\u{200b}e\u{a0}M\u{ad}u\u{200d}l"), "Zo<U+200B>e⍽M<U+00AD>u<U+200D>l");
        assert!(matches!(visible("Zoë 山田 👩\u{200d}🚀 علی\u{200c}رضا"), Cow::Borrowed(_)));
    }

    #[test]
    fn joiners_belong_to_some_scripts_and_nowhere_else() {
        let name = "علی\u{200c}رضا";
        assert!(is_joiner_in_script(name, name.find('\u{200c}').unwrap()));
        assert!(!is_joiner_in_script("An\u{200c}n", 2));
        assert!(is_joiner_in_script("邉\u{e0101}", 3));
        assert!(!is_joiner_in_script("A\u{e0101}", 1));
        assert!(matches!(visible("❤\u{fe0f}"), Cow::Borrowed(_)));
        assert_eq!(visible("\u{3164}\u{2800}"), "<U+3164><U+2800>");
        assert!(!is_joiner_in_script("👩\u{200d}🚀", 4));
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_left(text in "[a\u{590}-\u{600}\u{200b}-\u{200f}\u{202e}\\PC\\pC]{0,20}") {
            let shown = visible(&text).into_owned();
            prop_assert!(!shown.char_indices().any(|(place, character)| is_replaced(&shown, place, character)));
        }

        #[test]
        fn a_text_without_invisible_characters_is_shown_as_it_is(text in any::<String>()) {
            let clean = without_invisible(&text);
            prop_assert_eq!(visible(&clean), &*clean);
        }
    }
}
