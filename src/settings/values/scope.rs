//! E-mail domains, patterns of users and groups, and account types.

use std::str::FromStr;

use super::ValueError;
use crate::model::{AccountType, Email};
use crate::plan::{GroupPattern, Scope};

/// A domain that an address can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailDomain(String);

impl EmailDomain {
    /// Without a leading `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailDomain {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let trimmed = text.trim();
        let domain = trimmed.strip_prefix('@').unwrap_or(trimmed);
        match Email::parse(&format!("anyone@{domain}")) {
            Ok(_) => Ok(Self(domain.to_owned())),
            Err(_) => Err(ValueError::new(text, "an e-mail domain such as partner.example.com")),
        }
    }
}

/// A glob that can match an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectPattern(String);

impl ProtectPattern {
    /// As it was written, without blanks around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProtectPattern {
    type Err = ValueError;

    /// Refuses a pattern that no address matches: each has an `@`, and none has a blank or, outside of quotes, a comma.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let pattern = text.trim();
        let is_list = pattern.contains(char::is_whitespace) || (pattern.contains(',') && !pattern.contains('{'));
        let can_match = pattern.contains(['@', '*', '?', '[', '{']) && !is_list;
        if !can_match || Scope::new(&[], &[], &[pattern.to_owned()], None).is_err() {
            return Err(ValueError::new(
                text,
                "a pattern of addresses, such as *@partner.example.com or vip@example.com",
            ));
        }
        Ok(Self(pattern.to_owned()))
    }
}

/// A glob on the names of groups, or the identifier of one.
#[derive(Debug, Clone)]
pub struct ManagedGroup(GroupPattern);

impl ManagedGroup {
    /// As the plan holds it.
    pub fn pattern(&self) -> &GroupPattern {
        &self.0
    }
}

impl FromStr for ManagedGroup {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let expected = "a pattern of groups, such as `Team *` or id:1234567890";
        GroupPattern::new(text).map(Self).ok_or_else(|| ValueError::new(text, expected))
    }
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
            assert_eq!(fine.parse::<EmailDomain>().unwrap().as_str(), domain);
        }
        for wrong in
            ["", " ", "@", "example.com.", ".example.com", "example", "*.example.com", "a@example.com", "a b.com"]
        {
            assert!(wrong.parse::<EmailDomain>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_pattern_that_can_match_nobody_is_refused() {
        for fine in ["vip@example.com", "*@example.com", "vip-*", "[ab]@example.com", "{ann,bob}@example.com", "*"] {
            assert!(fine.parse::<ProtectPattern>().is_ok(), "{fine}");
        }
        for wrong in ["", " ", "user00017", "[", "a@example.com b@example.com", "a@x.org,b@x.org", "{a@"] {
            assert!(wrong.parse::<ProtectPattern>().is_err(), "{wrong:?}");
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
