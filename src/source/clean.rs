//! Characters that nobody sees, and addresses in forms that other programs use: found, and cleaned for a suggestion.

use crate::model::check_address;

/// Whether a character has no width or turns the direction of writing: it makes two values differ that look the same.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

/// The joiners that Persian and Indic names are written with, where such letters stand on both sides.
pub(super) fn is_joiner_in_script(name: &str, place: usize, character: char) -> bool {
    let is_script =
        |neighbour: Option<char>| neighbour.is_some_and(|letter| letter >= '\u{590}' && letter.is_alphabetic());
    matches!(character, '\u{200c}' | '\u{200d}')
        && is_script(name[..place].chars().next_back().filter(|&before| !is_invisible(before)))
        && is_script(name[place + character.len_utf8()..].chars().next())
}

/// The code point of a character as people look it up, with the name of the usual ones.
pub(super) fn describe(character: char) -> String {
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

/// A text with nothing in it that only a program sees; line breaks, tabs and unusual blanks become plain ones.
pub(super) fn without_invisible(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !is_invisible(c) && !c.is_control())
        .collect();
    visible.trim().to_owned()
}

/// A text in which control and direction characters can be seen, safe for a terminal.
pub fn visible(text: &str) -> String {
    text.chars().map(visible_character).collect()
}

/// The picture of a character that a terminal would act on.
pub(super) fn visible_character(character: char) -> char {
    match character {
        '\u{0}'..='\u{1f}' => char::from_u32(u32::from(character) + 0x2400).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{a0}' | '\u{202f}' => '\u{237d}',
        _ if character.is_control() || is_invisible(character) => '\u{fffd}',
        _ => character,
    }
}

/// The address that a person meant, when the cell holds it in another form: `mailto:`, `Name <address>`, with
/// invisible characters, blanks beside the `@`, or a mark behind it.
pub(super) fn meant_address(cell: &str) -> Option<String> {
    let visible = without_invisible(cell);
    let inner = match (visible.rfind('<'), visible.rfind('>')) {
        (Some(open), Some(close)) if open < close => &visible[open + 1..close],
        _ => visible.as_str(),
    };
    let inner = inner.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(inner, |_| &inner[7..]);
    let inner = inner.split('?').next().unwrap_or(inner);
    let bare = inner.trim_matches(|c: char| c.is_whitespace() || "\"'<>;,.:()[]".contains(c));
    // Only blanks that can't have stood for anything go: `ann smith@example.com` may have been meant in several ways.
    let (local, domain) = bare.rsplit_once('@')?;
    let domain: String = domain.chars().filter(|c| !c.is_whitespace()).collect();
    let address = format!("{}@{domain}", local.trim());
    (check_address(&address).is_ok() && address != cell.trim()).then_some(address)
}

/// Every address in a text that holds several, or one among other words.
pub(super) fn addresses_in(text: &str) -> Vec<String> {
    let visible = without_invisible(text);
    visible
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '<' | '>' | '|' | '"' | '(' | ')' | '/'))
        .map(|word| word.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(word, |_| &word[7..]))
        .filter(|word| check_address(word).is_ok())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_was_meant_is_found() {
        for cell in [
            "mailto:ann@example.com",
            "MAILTO:ann@example.com?subject=hi",
            "Ann Smith <ann@example.com>",
            "\"Smith, Ann\" <mailto:ann@example.com>",
            "ann\u{200b}@example.com",
            "ann @example.com",
            "<ann@example.com>",
            "ann@example.com;",
            "ann@exam\u{a0}ple.com",
        ] {
            assert_eq!(meant_address(cell).as_deref(), Some("ann@example.com"), "{cell:?}");
        }
        for cell in ["", "ann", "ann@example.com", "a@example.com; b@example.com", "ann@", "ann smith@example.com"] {
            assert_eq!(meant_address(cell), None, "{cell:?}");
        }
    }

    #[test]
    fn all_addresses_of_a_cell_are_found() {
        assert_eq!(addresses_in("a@example.com; B <b@example.com>"), ["a@example.com", "b@example.com"]);
        assert!(addresses_in("nobody").is_empty());
    }

    #[test]
    fn joiners_belong_to_some_scripts_and_nowhere_else() {
        let name = "علی\u{200c}رضا";
        let place = name.find('\u{200c}').unwrap();
        assert!(is_joiner_in_script(name, place, '\u{200c}'));
        assert!(!is_joiner_in_script("An\u{200c}n", 2, '\u{200c}'));
    }

    #[test]
    fn nothing_that_a_terminal_acts_on_stays() {
        assert_eq!(visible("a\u{1b}[2J\n\u{202e}b\u{9b}"), "a␛[2J␊\u{fffd}b\u{fffd}");
    }
}
