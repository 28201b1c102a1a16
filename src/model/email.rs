//! E-mail addresses: the key by which a row finds its user.

use std::borrow::Cow;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use wide::u8x16;

use super::lanes;

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
    /// Trims and checks an address (contract, "CSV").
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
    if plain_address(trimmed.as_bytes()).is_some() {
        return Ok(());
    }
    if trimmed.is_empty() {
        return Err(EmailProblem::Empty);
    }
    if super::has_control_character(trimmed) {
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

/// An address of the overwhelmingly common shape, and whether it is its own [`comparison_key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainAddress {
    /// No letter of it is a capital.
    pub is_key: bool,
}

/// Looks for the overwhelmingly common shape, proved valid at a few looks so that a million rows don't pay for a full
/// parser: letters, digits, `.`, `_`, `-`, `+` before the `@`, and a domain of two or more plain labels behind it.
///
/// `None` says nothing: the address may be valid all the same.
pub fn plain_address(bytes: &[u8]) -> Option<PlainAddress> {
    let mut block = [0; LONGEST_PLAIN];
    block.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let letters = Letters::of(&block, bytes.len());
    letters.are_address(bytes.len()).then_some(PlainAddress { is_key: letters.capitals == 0 })
}

/// No label and no part of an address this long can be too long; and a word has a bit for each of its bytes.
const LONGEST_PLAIN: usize = 64;

/// Which bytes of an address are what: a bit for each byte, the first one lowest.
#[derive(Default)]
struct Letters {
    capitals: u64,
    /// Letters, capitals too, and digits.
    alphanumerics: u64,
    dots: u64,
    ats: u64,
    hyphens: u64,
    /// What else may stand before the `@`.
    others: u64,
}

impl Letters {
    fn of(block: &[u8; LONGEST_PLAIN], length: usize) -> Self {
        let mut letters = Self::default();
        let (lanes, _) = block.as_chunks::<{ lanes::LANE }>();
        for (index, &lane) in lanes.iter().enumerate().take(length.div_ceil(lanes::LANE)) {
            let lane = u8x16::new(lane);
            let bits = |hits: u8x16| u64::from(hits.to_bitmask()) << (lanes::LANE * index);
            let equal = |byte| lane.simd_eq(u8x16::splat(byte));
            let capitals = lanes::within(lane, b'A', b'Z');
            letters.capitals |= bits(capitals);
            letters.alphanumerics |= bits(capitals | lanes::within(lane, b'a', b'z') | lanes::within(lane, b'0', b'9'));
            letters.dots |= bits(equal(b'.'));
            letters.ats |= bits(equal(b'@'));
            letters.hyphens |= bits(equal(b'-'));
            letters.others |= bits(equal(b'_') | equal(b'+'));
        }
        letters
    }

    /// Whether the parts are plain: every byte in its place, and no part or label that is empty.
    fn are_address(&self, length: usize) -> bool {
        let Self { alphanumerics, dots, ats, hyphens, others, .. } = self;
        if !ats.is_power_of_two() {
            return false;
        }
        let all = u64::MAX >> (LONGEST_PLAIN - length);
        let local = ats - 1;
        let domain = all & !local & !ats;
        // Dots and the `@` stand between others; in the domain hyphens do, too.
        let borders = ats | dots | (hyphens & domain);
        let (first, last) = (1, 1 << (length - 1));
        let is_bordered = borders & (first | last | borders << 1) != 0;
        !is_bordered
            && local & !(alphanumerics | dots | hyphens | others) == 0
            && domain & !(alphanumerics | dots | hyphens) == 0
            && domain & dots != 0
    }
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
    lanes::all(address, |lane| lanes::within(lane, b'!', b'@') | lanes::within(lane, b'[', b'~'))
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
            "ann",
            "ann@",
            "@example.com",
            "a b@example.com",
            "Ann <ann@example.com>",
            "mailto:ann@example..com",
            "a@@b.com",
            ".a@example.com",
            "a..b@example.com",
            "a@.example.com",
            "a@localhost",
        ] {
            assert!(matches!(Email::parse(wrong), Err(EmailProblem::Syntax(_))), "{wrong}");
        }
        assert_eq!(Email::parse("  "), Err(EmailProblem::Empty));
        assert_eq!(Email::parse("a\tb@example.com"), Err(EmailProblem::ControlCharacter));
    }

    proptest! {
        /// The short cut may only accept what the full parser accepts.
        #[test]
        fn the_plain_shape_is_always_valid(text in "[a-zA0-9._+-]{0,8}@[a-zA0-9.-]{0,9}@?") {
            if let Some(plain) = plain_address(text.as_bytes()) {
                prop_assert!(EmailAddress::parse_with_options(&text, options()).is_ok(), "{}", text);
                prop_assert_eq!(plain.is_key, comparison_key(&text) == text);
            }
        }

        /// Of the usual shape, none is sent the long way.
        #[test]
        fn usual_addresses_are_plain(text in "[a-z]{1,9}(\\.[a-z_+-]{1,9})?@[a-z0-9]{1,9}(-[a-z]{1,9})?\\.(test|example)") {
            prop_assert!(plain_address(text.as_bytes()).is_some_and(|plain| plain.is_key), "{}", text);
        }

        #[test]
        fn addresses_that_are_no_longer_plain_for_their_length_are_still_addresses(local in "[a-z]{40,60}") {
            let text = format!("{local}@example.com");
            prop_assert_eq!(plain_address(text.as_bytes()).is_some(), text.len() <= LONGEST_PLAIN);
            prop_assert!(check_address(&text).is_ok());
        }

        #[test]
        fn the_key_of_a_key_is_itself(local in "\\PC{1,8}", domain in "[a-zA-Zäöü]{1,8}\\.example") {
            let key = comparison_key(&format!("{local}@{domain}")).into_owned();
            prop_assert_eq!(comparison_key(&key).into_owned(), key.clone());
        }
    }
}
