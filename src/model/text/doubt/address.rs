//! When an address is one, and yet hardly the one that was meant.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::MixedScript;

use crate::model::{describe_character, is_invisible};

/// Why an address is doubtful: of its domain because it is no host name, of its local part because it is more than
/// letters and digits with `.`, `_`, `+`, `-` and `'` between them. `None` when it is usual.
pub fn doubt_of_address(address: &str) -> Option<String> {
    if let Some(character) = address.chars().find(|&c| is_invisible(c) || (c.is_whitespace() && c != ' ')) {
        return Some(format!("the address holds {}", describe_character(character)));
    }
    let (local, domain) = address.rsplit_once('@')?;
    doubt_of_local_part(&local.nfc().collect::<String>()).or_else(|| doubt_of_domain(domain))
}

fn doubt_of_local_part(local: &str) -> Option<String> {
    let strange = |&c: &char| !is_letter_or_digit(c) && !matches!(c, '.' | '_' | '+' | '-' | '\'');
    if let Some(character) = local.chars().find(strange) {
        return Some(format!("the address holds {character}, which addresses hardly ever do"));
    }
    let edge = |character: Option<char>| character.filter(|&c| !is_letter_or_digit(c));
    if let Some(mark) = edge(local.chars().next()) {
        return Some(format!("the address begins with {mark}"));
    }
    if let Some(mark) = edge(local.chars().next_back()) {
        return Some(format!("the address has {mark} in front of its @"));
    }
    local.contains("''").then(|| "the address has two apostrophes in a row".to_owned())
}

fn is_letter_or_digit(character: char) -> bool {
    character.is_ascii_digit() || character.is_alphabetic()
}

fn doubt_of_domain(domain: &str) -> Option<String> {
    let no_host = || Some(format!("{domain} is not the name of a host"));
    // Both ways, since an ASCII name may claim to be an internationalised one, and a wide letter may be a plain one.
    let (Ok(ascii), (name, Ok(()))) = (idna::domain_to_ascii(domain), idna::domain_to_unicode(domain)) else {
        return no_host();
    };
    let labels: Vec<&str> = name.split('.').collect();
    if ascii.is_empty() || labels.iter().any(|label| !is_label(label)) {
        return no_host();
    }
    match labels[..] {
        [.., _, top] if !is_top_level(top) => Some(format!("no domain ends with .{top}")),
        [.., second, top] if second == top => Some(format!("the domain ends with .{top} twice")),
        [] | [_] => no_host(),
        _ => None,
    }
}

/// Letters, digits and hyphens between them, all of one script.
fn is_label(label: &str) -> bool {
    let is_part = |c: char| is_letter_or_digit(c) || is_combining_mark(c) || c == '-';
    let has_end = label.starts_with('-') || label.ends_with('-');
    !label.is_empty() && !has_end && label.chars().all(is_part) && label.is_single_script()
}

fn is_top_level(label: &str) -> bool {
    label.chars().count() > 1 && label.chars().all(|c| c.is_alphabetic() || is_combining_mark(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{check_address, is_plain_address};

    #[test]
    fn usual_addresses_raise_no_doubt() {
        for usual in [
            "ann@example.com",
            "a.b_c+d-e@sub.example.co.uk",
            "o'neil@example.com",
            "a__b@example.com",
            "user05@ｅｘａｍｐｌｅ.com",
            "ann@bücher.example",
            "ann@xn--bcher-kva.example",
            "zoé@example.com",
            "иван@пример.рф",
            "ann@उदाहरण.भारत",
            "1@2.example",
        ] {
            assert_eq!(doubt_of_address(usual), None, "{usual}");
        }
    }

    #[test]
    fn what_is_written_around_an_address_is_doubtful() {
        for doubtful in [
            "'ann@example.com",
            "#ann@example.com",
            "-ann@example.com",
            "+ann@example.com",
            "?ann@example.com",
            "o’neil@example.com",
            "o`neil@example.com",
            "o''neil@example.com",
            "ann_@example.com",
            "user05%2Btag@example.com",
            "user05_example.com#EXT#@example.onmicrosoft.com",
            "\"user 05\"@example.com",
            "ann\u{200b}@example.com",
            "ann\u{115f}@example.com",
            "jean‑luc@example.com",
            "ann@example.com?subject=x",
            "ann@example.com’",
            "ann@1.2.3.4",
            "ann@example.c",
            "ann@example.com.com",
            "ann@-example.com",
            "ann@exam_ple.com",
            "ann@xn--a.example",
            "ann@😀.example",
            "ann@exаmple.com",
            "ann@example.com1",
        ] {
            assert!(doubt_of_address(doubtful).is_some(), "{doubtful}");
        }
    }

    proptest! {
        /// The first look may only pass what a closer one passes.
        #[test]
        fn plain_addresses_raise_no_doubt(text in "[a-zA0-9._+'-]{0,8}@[a-zA0-9.-]{0,12}") {
            if is_plain_address(&text) {
                prop_assert_eq!(doubt_of_address(&text), None);
            }
        }

        #[test]
        fn any_mark_in_front_of_an_address_is_doubtful_or_makes_it_none(mark in any::<char>()) {
            prop_assume!(!mark.is_alphabetic() && !mark.is_ascii_digit());
            let text = format!("{mark}ann@example.com");
            prop_assert!(check_address(text.trim()).is_err() || doubt_of_address(text.trim()).is_some() || text.trim() == "ann@example.com", "{}", text);
        }
    }
}
