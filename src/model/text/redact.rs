//! Takes secrets out of what others say: a tenant may repeat a token or a password in its error, as it is or escaped,
//! folded or cut.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret stood.
pub const REDACTED: &str = "[secret]";
/// So many characters in a row of a secret are taken out, wherever they stand: of a secret that was cut, a part remains.
const PART: usize = 8;

/// The text without the secrets, whatever their case and their white space.
///
/// Escapes are undone before, with [`undo_escapes`].
pub fn redact<'a>(text: &str, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
    let mut clean = text.to_owned();
    for secret in secrets {
        clean = without(&clean, secret.expose_secret());
    }
    clean
}

fn without(text: &str, secret: &str) -> String {
    let secret: Vec<char> = secret.chars().filter_map(compared).collect();
    if secret.is_empty() {
        return text.to_owned();
    }
    let part = secret.len().min(PART);
    let parts: HashSet<&[char]> = secret.windows(part).collect();
    let characters: Vec<char> = text.chars().collect();
    // White space does not count, so that a folded secret is found, too.
    let compared: Vec<(usize, char)> =
        characters.iter().enumerate().filter_map(|(at, &character)| Some((at, compared(character)?))).collect();
    let folded: Vec<char> = compared.iter().map(|(_, character)| *character).collect();
    let mut is_secret = vec![false; characters.len()];
    for (start, window) in folded.windows(part).enumerate() {
        if parts.contains(window) {
            is_secret[compared[start].0..=compared[start + part - 1].0].fill(true);
        }
    }
    let mut clean = String::with_capacity(text.len());
    for (at, character) in characters.into_iter().enumerate() {
        match (is_secret[at], at > 0 && is_secret[at - 1]) {
            (false, _) => clean.push(character),
            (true, false) => clean.push_str(REDACTED),
            (true, true) => {}
        }
    }
    clean
}

/// Without case, and with the letters of both alphabets of Base64 as one.
fn compared(character: char) -> Option<char> {
    match character {
        '-' => Some('+'),
        '_' => Some('/'),
        _ => (!character.is_whitespace()).then(|| character.to_lowercase().next().unwrap_or(character)),
    }
}

/// A secret as it is, and as it stands in Base64, alone or within a longer text: at each of the three places where it may
/// begin, without the characters that hold bits of what stands next to it.
pub fn forms_of(secret: &SecretString) -> Vec<SecretString> {
    let plain = secret.expose_secret();
    let encoded = [0, 1, 2].map(|before| {
        let bytes = [&[0; 2][..before], plain.as_bytes()].concat();
        let encoded = STANDARD_NO_PAD.encode(&bytes);
        encoded[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned()
    });
    let long_enough = encoded.into_iter().filter(|form| form.len() >= PART).map(SecretString::from);
    std::iter::once(secret.clone()).chain(long_enough).collect()
}

/// The text with the escapes of JSON, HTML and URLs undone, as far as they stand for a character.
pub fn undo_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (character, length) = escape(rest).unwrap_or((first, first.len_utf8()));
        plain.push(character);
        rest = &rest[length..];
    }
    plain
}

const NAMED: [(&str, char); 13] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&apos;", '\''),
    ("&nbsp;", ' '),
    ("\\/", '/'),
    ("\\\"", '"'),
    ("\\\\", '\\'),
    ("\\n", '\n'),
    ("\\t", '\t'),
    ("\\r", '\r'),
    ("\\b", '\u{8}'),
];

/// The character that an escape at the beginning of the text stands for, and how many bytes the escape has.
fn escape(text: &str) -> Option<(char, usize)> {
    if !text.starts_with(['\\', '&', '%']) {
        return None;
    }
    if let Some((name, character)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*character, name.len()));
    }
    let (digits, radix, end) = if let Some(hexadecimal) = text.strip_prefix("\\u") {
        (hexadecimal.get(..4)?, 16, 6)
    } else if let Some(hexadecimal) = text.strip_prefix('%') {
        (hexadecimal.get(..2)?, 16, 3)
    } else {
        let inner = text.strip_prefix("&#")?.split_once(';')?.0;
        match inner.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => (hexadecimal, 16, inner.len() + 3),
            None => (inner, 10, inner.len() + 3),
        }
    };
    let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    // A byte beyond ASCII is only a part of a character.
    (!text.starts_with('%') || character.is_ascii()).then_some((character, end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redacted(text: &str, secret: &str) -> String {
        redact(&undo_escapes(text), [&SecretString::from(secret)])
    }

    #[test]
    fn a_secret_is_taken_out_with_nothing_else() {
        assert_eq!(redacted("for token-1 and TOKEN-1.", "token-1"), "for [secret] and [secret].");
        assert_eq!(redacted("nothing here", "token-1"), "nothing here");
        assert_eq!(redacted("nothing here", ""), "nothing here");
        assert_eq!(redacted("bad pass  word and passw", "pass word"), "bad [secret] and passw");
    }

    #[test]
    fn what_is_left_of_a_cut_secret_is_taken_out() {
        assert_eq!(redacted("bad correct horse batt…", "correct horse battery staple"), "bad [secret]…");
        assert_eq!(redacted("…battery staple", "correct horse battery staple"), "…[secret]");
    }

    proptest! {
        /// Wherever a secret stands in what is encoded: no eight characters of it are left.
        #[test]
        fn a_secret_in_base64_is_found(secret in "[ -~]{9,24}", before in "[ -~]{0,9}", after in "[ -~]{0,9}") {
            let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{before}{secret}{after}"));
            for encoded in [encoded.clone(), encoded.replace('+', "-").replace('/', "_")] {
                let shown = redact(&encoded, &forms_of(&SecretString::from(secret.clone())));
                prop_assert!(shown.contains(REDACTED), "{shown}");
                let left: usize = shown.split(REDACTED).map(str::len).sum();
                prop_assert!(left <= (before.len() + after.len()).div_ceil(3) * 4 + 8, "{shown}");
            }
        }

        /// However a secret is escaped: none of it is left.
        #[test]
        fn an_escaped_secret_is_found(secret in "[ -~]{8,24}", way in 0..4_usize, before in "[a-z ]{0,9}") {
            prop_assume!(!secret.trim().is_empty() && secret.chars().filter(|c| !c.is_whitespace()).count() >= 8);
            let escaped: String = secret.chars().map(|character| {
                let code = u32::from(character);
                match way {
                    0 => format!("\\u{code:04x}"),
                    1 => format!("%{code:02X}"),
                    2 => format!("&#{code};"),
                    _ => format!("&#x{code:x};"),
                }
            }).collect();
            let shown = redacted(&format!("{before}{escaped}"), &secret);
            prop_assert!(!shown.contains(secret.trim()), "{shown}");
        }

        #[test]
        fn no_text_does_harm(text in "\\PC{0,40}|[&%\\\\#;xu0-9a-f]{0,40}", secret in "\\PC{0,12}") {
            redacted(&text, &secret);
        }
    }
}
