//! E-mail domains, patterns of users and groups, and account types.

use super::ValueError;
use crate::model::{AccountType, Email};
use crate::plan::{GroupPattern, Scope};

/// Reads a domain that an address can have, with or without a leading `@`.
pub fn email_domain(text: &str) -> Result<String, ValueError> {
    let trimmed = text.trim();
    let domain = trimmed.strip_prefix('@').unwrap_or(trimmed);
    match Email::parse(&format!("anyone@{domain}")) {
        Ok(_) => Ok(domain.to_owned()),
        Err(_) => Err(ValueError::new(text, "an e-mail domain such as partner.example.com")),
    }
}

/// Reads a glob that can match an address: each has an `@`, and none has a blank or, outside of quotes, a comma.
pub fn protect_pattern(text: &str) -> Result<String, ValueError> {
    let pattern = text.trim();
    let is_list = pattern.contains(char::is_whitespace) || (pattern.contains(',') && !pattern.contains('{'));
    let can_match = pattern.contains(['@', '*', '?', '[', '{']) && pattern.matches('@').count() < 2 && !is_list;
    if !can_match || Scope::new(&[], &[], &[pattern.to_owned()], None).is_err() {
        return Err(ValueError::new(text, "a pattern of addresses, such as *@partner.example.com or vip@example.com"));
    }
    Ok(pattern.to_owned())
}

/// Reads a glob on the names of groups, or the identifier of one.
pub fn managed_group(text: &str) -> Result<GroupPattern, ValueError> {
    let expected = "a pattern of groups, such as `Team *` or id:1234567890";
    GroupPattern::new(text).ok_or_else(|| ValueError::new(text, expected))
}

/// Reads an account type, in any case.
pub fn account_type(text: &str) -> Result<AccountType, ValueError> {
    match AccountType::from_word(text.trim()) {
        AccountType::Undocumented => Err(ValueError::new(text, "an account type: external, google, microsoft or okta")),
        known => Ok(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_one_that_an_address_can_have() {
        for (fine, domain) in
            [("example.com", "example.com"), ("@Example.COM ", "Example.COM"), ("bücher.example", "bücher.example")]
        {
            assert_eq!(email_domain(fine).unwrap(), domain);
        }
        for wrong in
            ["", " ", "@", "example.com.", ".example.com", "example", "*.example.com", "a@example.com", "a b.com"]
        {
            assert!(email_domain(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_pattern_that_can_match_nobody_is_refused() {
        for fine in ["vip@example.com", "*@example.com", "vip-*", "[ab]@example.com", "{ann,bob}@example.com", "*"] {
            assert!(protect_pattern(fine).is_ok(), "{fine}");
        }
        for wrong in ["", " ", "user00017", "[", "a@example.com b@example.com", "a@x.org,b@x.org", "{a@"] {
            assert!(protect_pattern(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_account_type_of_the_api_is_known_and_named() {
        let message = account_type("ldap").unwrap_err().to_string();
        for known in AccountType::DOCUMENTED {
            assert_eq!(account_type(&known.as_str().to_uppercase()), Ok(known));
            assert!(message.contains(known.as_str()), "{message}");
        }
    }
}
