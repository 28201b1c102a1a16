//! When a name is hardly one: what spreadsheets, databases and failed conversions leave in its place.

use encoding_rs::WINDOWS_1252;

use super::placeholder::{is_null_word, is_spreadsheet_error};
use crate::model::{check_address, describe_character, is_invisible, is_joiner_in_script, visible};

/// Whether a name is usual at first sight: ASCII letters with blanks, hyphens, dots and apostrophes between them, and no
/// word that programs write for nothing. One pass, since a loader asks it of every cell; an empty one is usual.
pub fn is_plain_name(name: &str) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'-' | b'.' | b'\'');
    match name.as_bytes() {
        [] => true,
        [first, rest @ ..] => first.is_ascii_alphabetic() && rest.iter().all(is_part) && !is_null_word(name),
    }
}

/// Why a trimmed name is doubtful; `None` when it is usual.
pub fn doubt_of_name(name: &str) -> Option<String> {
    unseen(name)
        .or_else(|| is_spreadsheet_error(name).then(|| "it is a spreadsheet's error".to_owned()))
        .or_else(|| {
            is_null_word(name).then(|| "it is a word for nothing, which --null-word makes an empty cell".to_owned())
        })
        .or_else(|| (!name.contains(char::is_alphabetic)).then(|| "it has no letter".to_owned()))
        .or_else(|| holds_address(name).then(|| "it is an e-mail address".to_owned()))
        .or_else(|| entity(name).map(|entity| format!("it holds {entity}, as web pages write a character")))
        .or_else(|| is_quoted(name).then(|| "it stands in quotes".to_owned()))
        .or_else(|| lost_letters(name))
}

/// Invisible characters, and private ones, which every font shows as it likes.
fn unseen(name: &str) -> Option<String> {
    let is_unseen = |&(place, c): &(usize, char)| is_invisible(c) && !is_joiner_in_script(name, place);
    let (_, character) = name.char_indices().find(|found| is_unseen(found) || is_private(found.1))?;
    Some(if is_private(character) {
        format!("it holds a private character (U+{:04X})", u32::from(character))
    } else {
        format!("it holds {}", describe_character(character))
    })
}

fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

fn holds_address(name: &str) -> bool {
    name.contains('@')
        && name
            .split(|c: char| c.is_whitespace() || "<>()[],;\"'".contains(c))
            .any(|word| check_address(word.strip_prefix("mailto:").unwrap_or(word)).is_ok())
}

/// The first entity of HTML or XML: `&#39;`, `&#xe9;`, `&eacute;`.
fn entity(name: &str) -> Option<&str> {
    name.match_indices('&').find_map(|(start, _)| {
        let length = name[start..].find(';')?;
        let inner = &name[start + 1..start + length];
        let word = inner.strip_prefix('#').unwrap_or(inner);
        let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_word.then(|| &name[start..=start + length])
    })
}

const SINGLE_QUOTES: &str = "'‘’‚‛′´`＇";
const DOUBLE_QUOTES: &str = "\"“”„‟«»‹›″〝〞＂「」『』";

/// Whether a quote opens the name, or a double one closes it and nothing opened it inside.
fn is_quoted(name: &str) -> bool {
    let mut characters = name.chars();
    let Some(first) = characters.next() else { return false };
    if DOUBLE_QUOTES.contains(first) || (SINGLE_QUOTES.contains(first) && !is_clipped_word(characters.as_str())) {
        return true;
    }
    let double_quotes = name.chars().filter(|&c| DOUBLE_QUOTES.contains(c)).count();
    double_quotes == 1 && name.ends_with(|c| DOUBLE_QUOTES.contains(c))
}

/// What follows the apostrophe of `'t Hooft` and `'s-Gravesande`: one small letter that stands alone.
fn is_clipped_word(rest: &str) -> bool {
    let mut characters = rest.chars();
    characters.next().is_some_and(char::is_lowercase) && characters.next().is_some_and(|c| matches!(c, ' ' | '-'))
}

/// Signs of a conversion that lost or changed letters.
fn lost_letters(name: &str) -> Option<String> {
    if name.contains(['?', '\u{fffd}']) {
        return Some("an earlier conversion has lost letters of it".to_owned());
    }
    if name.is_ascii() {
        return utf7(name).then(|| "it is UTF-7, which nobody reads".to_owned());
    }
    if name.contains(|c| matches!(c, '¬' | '√' | '≈' | '\u{2500}'..='\u{25ff}')) {
        return Some("an earlier conversion has read it in another encoding".to_owned());
    }
    decoded_once_more(name).map(|better| {
        let better = decoded_once_more(&better).unwrap_or(better);
        format!("it is UTF-8 encoded twice: {} was meant", visible(&better))
    })
}

/// `M+APw-ller`: UTF-16 in Base64 between `+` and `-`.
fn utf7(name: &str) -> bool {
    name.split('+').skip(1).any(|behind| {
        let code = behind.split('-').next().unwrap_or_default();
        let is_base64 = code.len() > 2 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
        // Three digits are one character; those of the letters of Europe begin with A.
        is_base64 && code.len() < behind.len() && code.starts_with('A')
    })
}

/// The name as it was before UTF-8 was taken for Windows-1252 and encoded again; `None` when that is not so.
///
/// That a name happens to be UTF-8 in Windows-1252 is no accident: it takes a capital letter with a mark behind it that
/// stands in no name. The blank that ends an `à` may have been trimmed or made a plain one, which capitals look like.
fn decoded_once_more(name: &str) -> Option<String> {
    let decode = |name: &str| {
        let (bytes, _, is_lossy) = WINDOWS_1252.encode(name);
        if is_lossy { None } else { String::from_utf8(bytes.into_owned()).ok() }
    };
    decode(name).or_else(|| {
        let has_lost_blank = name.contains(char::is_lowercase) && (name.ends_with(['Ã', 'Â']) || name.contains("Ã "));
        let restored = name.replace("Ã ", "Ã\u{a0}");
        has_lost_blank.then(|| decode(&restored).or_else(|| decode(&format!("{restored}\u{a0}")))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_people_raise_no_doubt() {
        for usual in [
            "Ann", "O'Neil", "D’Angelo", "Jean-Luc", "'t Hooft", "’s-Gravesande", "Zoë", "Müller", "李", "山田 太郎",
            "Иван", "علی\u{200c}رضا", "渡邉\u{e0101}", "Nil", "Nan", "Na", "N", "St. John", "Ann (Annie)",
            "Jean \"Jeannot\"", "José María", "ÀÉÎÕÜ", "Łukasz", "JÓŹWIAK", "Ljubić", "Ὀδυσσεύς", "FONTÃ", "Ana Å",
            "Smith, Jr.", "x,\"y\"", "<b>", "=cmd|x", "Ann & Bob; Co", "Il'", "Nguyễn Thị",
        ] {
            assert_eq!(doubt_of_name(usual), None, "{usual}");
        }
    }

    #[test]
    fn what_stands_in_for_a_name_is_doubtful() {
        for doubtful in [
            "#N/A", "#REF!", "#NV", "#BEZUG!", "#¡REF!", "#ССЫЛКА!", "#####", "Err:502", "NULL", "null", "\\N",
            "(null)", "<nil>", "nan", "NaN", "undefined", "None", "N/A", "n/a", "NA", "nil", "[object Object]",
            "(blank)", "Unknown", "0", "-", "?", "...", "O&#39;Neil", "Lef&egrave;vre", "&amp;", "ann@example.com",
            "Ann <ann@example.com>", "“Ann”", "'Ann'", "'Ann", "«Ann»", "\"Ann\"", "`Ann`", "‚Ann‘", "’", "Ann”",
            "M?ller", "????", "M\u{fffd}ller", "MÃ¼ller", "MÃƒÂ¼ller", "RenÃ©", "voilÃ", "Ã gnes", "M√ºller",
            "M├╝ller", "\u{3164}", "\u{115f}", "\u{2800}", "An\u{200b}n", "\u{f0b7}Ann", "\u{e0041}nn", "M+APw-ller",
            "\u{feff}Ann", "An\u{ad}n",
        ] {
            assert!(doubt_of_name(doubtful).is_some(), "{doubtful}");
            assert!(!is_plain_name(doubtful), "{doubtful}");
        }
        assert!(doubt_of_name("MÃƒÂ¼ller").unwrap().contains("Müller"));
    }

    proptest! {
        /// The first look may only pass what a closer one passes.
        #[test]
        fn plain_names_raise_no_doubt(name in "[a-zA-Z '.-]{1,6}|(?i)null|none|nan|nil|undefined|unknown|n\\.a\\.") {
            let name = name.trim();
            if is_plain_name(name) && !name.is_empty() {
                prop_assert_eq!(doubt_of_name(name), None);
            }
        }

        #[test]
        fn a_name_that_was_encoded_twice_is_doubtful(name in "[A-Z][a-z]{1,3}[à-öø-ÿœšž][a-zà-öø-ÿ]{0,4}", rounds in 1..3) {
            let mut twice = name.clone();
            for _ in 0..rounds {
                twice = WINDOWS_1252.decode_without_bom_handling(twice.as_bytes()).0.into_owned();
            }
            prop_assert_eq!(doubt_of_name(&name), None);
            // Some bytes mean control characters in Windows-1252, which no cell may hold.
            prop_assert!(twice.contains(char::is_control) || doubt_of_name(twice.trim()).is_some(), "{}", twice);
        }

        #[test]
        fn a_name_in_quotes_of_any_kind_is_doubtful(name in "[A-Z][a-zé]{1,5}", quote in prop::sample::select(
            format!("{SINGLE_QUOTES}{DOUBLE_QUOTES}").chars().collect::<Vec<_>>(),
        )) {
            let quoted = format!("{quote}{name}{quote}");
            prop_assert!(doubt_of_name(&quoted).is_some(), "{}", quoted);
        }
    }
}
