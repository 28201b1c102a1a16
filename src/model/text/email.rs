//! E-mail addresses: the key by which a row finds its user.

use std::borrow::Cow;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// An address that was checked once, at the edge; equal to another without regard to case, Unicode form or the
/// spelling of an internationalised domain.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(Box<str>);

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EmailProblem {
    /// Nothing but blanks.
    #[error("the address is empty")]
    Empty,
    /// A tab, a newline, an escape.
    #[error("the address holds a control character")]
    ControlCharacter,
    /// Any other offence, in the words of the parser.
    #[error("not an e-mail address: {0}")]
    Syntax(String),
}

impl Email {
    /// Trims and checks an address.
    pub fn parse(raw: &str) -> Result<Self, EmailProblem> {
        let trimmed = raw.trim();
        check_address(trimmed)?;
        Ok(Self(trimmed.into()))
    }

    /// The address as it was written, trimmed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which addresses are compared; see [`comparison_key`].
    pub fn key(&self) -> Cow<'_, str> {
        comparison_key(&self.0)
    }
}

/// Whether a trimmed text is an address, without keeping it: for a loader that packs a million of them.
pub fn check_address(trimmed: &str) -> Result<(), EmailProblem> {
    if is_plain_address(trimmed) {
        return Ok(());
    }
    if trimmed.is_empty() {
        return Err(EmailProblem::Empty);
    }
    if crate::model::has_control_character(trimmed) {
        return Err(EmailProblem::ControlCharacter);
    }
    EmailAddress::parse_with_options(trimmed, options())
        .map_err(|error| EmailProblem::Syntax(lower_first(error.to_string().trim_end_matches('.'))))?;
    match trimmed.rsplit_once('@') {
        Some((_, domain)) if domain.is_ascii() || idna::domain_to_ascii(domain).is_ok() => Ok(()),
        _ => Err(EmailProblem::Syntax("the domain is not a valid internationalised name".to_owned())),
    }
}

/// A bare address with a domain of two labels at least.
fn options() -> Options {
    Options::default().with_required_tld().without_display_text().without_domain_literal()
}

/// No label and no part of an address this short can be too long.
const LONGEST_PLAIN: usize = 64;

/// Whether an address is usual at first sight, so that it needs no closer look: ASCII letters and digits, in the local
/// part with single marks between them, in the domain with dots and hyphens, and a top level of letters that does not
/// come twice. One pass, since a loader asks it of every row.
pub fn is_plain_address(address: &str) -> bool {
    let bytes = address.as_bytes();
    let (mut is_domain, mut is_behind_word, mut is_top_level) = (false, false, false);
    // Where the last label and the one in front of it begin.
    let (mut label, mut label_before) = (0, None);
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => is_behind_word = true,
            b'0'..=b'9' => (is_behind_word, is_top_level) = (true, false),
            _ if !is_behind_word => return false,
            b'@' if !is_domain => (is_domain, label) = (true, place + 1),
            b'.' if is_domain => (label_before, label, is_top_level) = (Some(label), place + 1, true),
            b'-' if is_domain => is_top_level = false,
            b'.' | b'_' | b'+' | b'-' | b'\'' if !is_domain => {}
            _ => return false,
        }
        is_behind_word &= byte.is_ascii_alphanumeric();
    }
    let Some(label_before) = label_before else { return false };
    let (top_level, second_level) = (&bytes[label..], &bytes[label_before..label.saturating_sub(1)]);
    is_top_level
        && is_behind_word
        && top_level.len() > 1
        && bytes.len() <= LONGEST_PLAIN
        && !top_level.eq_ignore_ascii_case(second_level)
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// The form under which two addresses are the same: lower case, NFC, the domain in its ASCII form.
///
/// Borrows when the address is already in that form, as nearly all are.
pub fn comparison_key(address: &str) -> Cow<'_, str> {
    if is_key(address.as_bytes()) {
        return Cow::Borrowed(address);
    }
    let trimmed = address.trim();
    if trimmed.is_ascii() {
        return Cow::Owned(trimmed.to_ascii_lowercase());
    }
    let (local, domain) = trimmed.rsplit_once('@').unwrap_or((trimmed, ""));
    let local: String = local.nfc().collect::<String>().to_lowercase().nfc().collect();
    Cow::Owned(format!("{local}@{}", domain_key(domain)))
}

/// Whether all bytes are visible ASCII that lower case would not change.
fn is_key(address: &[u8]) -> bool {
    address.iter().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
}

/// The ASCII form, in lower case, under which two domains are the same.
pub fn domain_key(domain: &str) -> String {
    let trimmed = domain.trim();
    idna::domain_to_ascii(trimmed).unwrap_or_else(|_| trimmed.to_lowercase())
}

/// Whether two addresses lead to the same mailbox as far as the tenant is concerned.
pub fn is_same_address(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        left.trim().eq_ignore_ascii_case(right.trim())
    } else {
        left == right || comparison_key(left) == comparison_key(right)
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        is_same_address(&self.0, &other.0)
    }
}

impl Eq for Email {}

impl std::fmt::Display for Email {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for Email {
    type Err = EmailProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_compared_without_case_form_or_domain_spelling() {
        assert_eq!(Email::parse(" Ann@Example.COM ").unwrap(), Email::parse("ann@example.com").unwrap());
        assert_eq!(comparison_key("a@bücher.example"), comparison_key("a@xn--bcher-kva.example"));
        assert_eq!(comparison_key("zoe\u{308}@example.com"), comparison_key("ZO\u{cb}@example.com"));
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for wrong in [
            "ann", "ann@", "@example.com", "a b@example.com", "Ann <ann@example.com>", "mailto:ann@example..com",
            "a@@b.com", ".a@example.com", "a..b@example.com", "a@.example.com", "a@localhost",
        ] {
            assert!(matches!(Email::parse(wrong), Err(EmailProblem::Syntax(_))), "{wrong}");
        }
        assert_eq!(Email::parse("  "), Err(EmailProblem::Empty));
        assert_eq!(Email::parse("a\tb@example.com"), Err(EmailProblem::ControlCharacter));
    }

    proptest! {
        /// The short cut may only accept what the full parser accepts.
        #[test]
        fn the_plain_shape_is_always_valid(text in "[a-zA0-9._+'-]{0,8}@[a-zA0-9.-]{0,9}@?") {
            prop_assert!(!is_plain_address(&text) || EmailAddress::parse_with_options(&text, options()).is_ok(), "{}", text);
        }

        /// Of the usual shape, none is sent the long way.
        #[test]
        fn usual_addresses_are_plain(text in "[a-z]{1,9}([._+'-][a-z]{1,9})?@[a-z0-9]{1,9}(-[a-z]{1,9})?\\.(test|example)") {
            prop_assert!(is_plain_address(&text), "{}", text);
        }

        #[test]
        fn addresses_that_are_no_longer_plain_for_their_length_are_still_addresses(local in "[a-z]{40,60}") {
            let text = format!("{local}@example.com");
            prop_assert_eq!(is_plain_address(&text), text.len() <= LONGEST_PLAIN);
            prop_assert!(check_address(&text).is_ok());
        }

        #[test]
        fn the_key_of_a_key_is_itself(local in "\\PC{1,8}", domain in "[a-zA-Zäöü]{1,8}\\.example") {
            let key = comparison_key(&format!("{local}@{domain}")).into_owned();
            prop_assert_eq!(comparison_key(&key).into_owned(), key.clone());
        }
    }
}
