//! Which users the job may change: account types, e-mail domains, protected patterns, super admins, its own account.
//!
//! [`Scope::judge`] decides for the plan and, just before each save, again for the user as it is then.

use globset::{GlobBuilder, GlobMatcher};
use strum::Display;
use thiserror::Error;

use crate::model::{AccountType, Email, UserTraits, comparison_key, domain_key};

/// The limits of the job. By default every account type and domain is in scope, and nobody is protected.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    types: Vec<AccountType>,
    domains: Vec<String>,
    protect: Vec<Pattern>,
    runs_as: Option<Email>,
}

#[derive(Debug, Clone)]
struct Pattern {
    written: String,
    matcher: GlobMatcher,
}

/// A `--protect` pattern that is no glob.
#[derive(Debug, Error)]
#[error("`{pattern}` is not a pattern that --protect understands; write it like `*@partner.example.com`")]
pub struct PatternError {
    /// As it was written.
    pub pattern: String,
    /// What the parser says.
    #[source]
    pub source: globset::Error,
}

/// Whether the job may change a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement<'a> {
    /// It may.
    Changeable,
    /// It is in scope, but must never be changed.
    Protected(Protection<'a>),
    /// It is none of the job's business.
    OutOfScope(Border),
}

/// Why a user is never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
pub enum Protection<'a> {
    /// A `--protect` pattern matches the address.
    #[strum(to_string = "matches --protect {0}")]
    Pattern(&'a str),
    /// A super admin of the platform.
    #[strum(to_string = "is a super admin")]
    SuperAdmin,
    /// The account that the job runs as.
    #[strum(to_string = "is the account that this job runs as")]
    RunsAs,
}

/// Which limit of the job a user lies beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
pub enum Border {
    /// The account type is none of `--types`.
    #[strum(to_string = "its account type is {0}")]
    Type(AccountType),
    /// The e-mail domain is none of `--email-domain`.
    #[strum(to_string = "its e-mail domain is not one of --email-domain")]
    Domain,
}

impl Scope {
    /// No type means all types, no domain all domains.
    pub fn new(
        types: &[AccountType],
        domains: &[String],
        protect: &[String],
        runs_as: Option<Email>,
    ) -> Result<Self, PatternError> {
        let domains = domains.iter().map(|domain| domain_key(domain.trim_start_matches('@'))).collect();
        let protect = protect.iter().map(|pattern| Pattern::new(pattern)).collect::<Result<_, _>>()?;
        Ok(Self { types: types.to_vec(), domains, protect, runs_as })
    }

    /// The same text for the same types and domains, in whatever order and spelling they were given.
    pub fn key(&self) -> String {
        let mut types: Vec<&str> = self.types.iter().map(|account_type| account_type.as_str()).collect();
        types.sort_unstable();
        let mut domains = self.domains.clone();
        domains.sort_unstable();
        format!("types {} domains {}", types.join(","), domains.join(","))
    }

    /// Whether the job may change the user of this address with these traits.
    pub fn judge(&self, email: &str, traits: UserTraits) -> Judgement<'_> {
        match self.border(email, traits) {
            Some(border) => Judgement::OutOfScope(border),
            None => self.protection(email, traits).map_or(Judgement::Changeable, Judgement::Protected),
        }
    }

    /// Whether the user of this address with these traits is in scope, protected or not.
    pub fn includes(&self, email: &str, traits: UserTraits) -> bool {
        self.border(email, traits).is_none()
    }

    /// Whether users of this account type are in scope.
    pub fn has_type(&self, account_type: AccountType) -> bool {
        self.types.is_empty() || self.types.contains(&account_type)
    }

    /// Whether an address lies in the scope's domains.
    pub fn has_domain(&self, email: &str) -> bool {
        self.domains.is_empty()
            || comparison_key(email)
                .rsplit_once('@')
                .is_some_and(|(_, domain)| self.domains.iter().any(|ours| ours == domain))
    }

    /// The options and values that none of the addresses matches. Costs nothing where there are none.
    pub(super) fn without_match<'a, A: Iterator<Item = &'a str>>(
        &self,
        addresses: impl Fn() -> A,
    ) -> Vec<(String, String)> {
        let matches_none =
            |is_match: &dyn Fn(&str) -> bool| !addresses().any(|address| is_match(&comparison_key(address)));
        let patterns = self.protect.iter().filter(|pattern| matches_none(&|key| pattern.matcher.is_match(key)));
        let has_domain = |key: &str, domain: &str| key.rsplit_once('@').is_some_and(|(_, of_key)| of_key == domain);
        let domains = self.domains.iter().filter(|domain| matches_none(&|key| has_domain(key, domain)));
        let idle_patterns = patterns.map(|pattern| ("--protect".to_owned(), pattern.written.clone()));
        idle_patterns.chain(domains.map(|domain| ("--email-domain".to_owned(), domain.clone()))).collect()
    }

    fn border(&self, email: &str, traits: UserTraits) -> Option<Border> {
        // Without a word of its own, a user is of the types that the list was asked for.
        match traits.account_type {
            Some(account_type) if !self.has_type(account_type) => Some(Border::Type(account_type)),
            _ => (!self.has_domain(email)).then_some(Border::Domain),
        }
    }

    fn protection(&self, email: &str, traits: UserTraits) -> Option<Protection<'_>> {
        if traits.is_super_admin {
            return Some(Protection::SuperAdmin);
        }
        if self.protect.is_empty() && self.runs_as.is_none() {
            return None;
        }
        let key = comparison_key(email);
        if self.runs_as.as_ref().is_some_and(|runs_as| runs_as.key() == key) {
            return Some(Protection::RunsAs);
        }
        let pattern = self.protect.iter().find(|pattern| pattern.matcher.is_match(&*key))?;
        Some(Protection::Pattern(&pattern.written))
    }
}

impl Pattern {
    fn new(written: &str) -> Result<Self, PatternError> {
        let key = written.trim().to_lowercase();
        let glob = GlobBuilder::new(&key).literal_separator(false).build();
        match glob {
            Ok(glob) => Ok(Self { written: written.to_owned(), matcher: glob.compile_matcher() }),
            Err(source) => Err(PatternError { pattern: written.to_owned(), source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTERNAL: UserTraits =
        UserTraits { account_type: Some(AccountType::External), is_super_admin: false, is_readable: true };

    fn scope() -> Scope {
        Scope::new(
            &[AccountType::External],
            &["Example.COM".to_owned(), "@bücher.example".to_owned()],
            &["VIP-*@example.com".to_owned()],
            Some(Email::parse("Job@example.com").unwrap()),
        )
        .unwrap()
    }

    #[test]
    fn patterns_and_domains_do_not_look_at_case() {
        let scope = scope();
        assert!(scope.has_domain("a@EXAMPLE.com"));
        assert!(scope.has_domain("a@xn--bcher-kva.example"));
        assert!(!scope.has_domain("a@sub.example.com"));
        let judge = |email| scope.judge(email, EXTERNAL);
        assert_eq!(judge("vip-1@EXAMPLE.com"), Judgement::Protected(Protection::Pattern("VIP-*@example.com")));
        assert_eq!(judge("job@Example.com"), Judgement::Protected(Protection::RunsAs));
        assert_eq!(judge("ann@example.com"), Judgement::Changeable);
        assert_eq!(judge("ann@example.org"), Judgement::OutOfScope(Border::Domain));
        assert!(Scope::new(&[], &[], &["[".to_owned()], None).is_err());
    }

    #[test]
    fn account_types_count_where_the_tenant_tells_them() {
        let judge = |account_type| {
            scope().judge("ann@example.com", UserTraits { account_type, ..EXTERNAL }) == Judgement::Changeable
        };
        assert!(judge(None));
        assert!(judge(Some(AccountType::External)));
        assert!(!judge(Some(AccountType::Google)));
        assert!(!judge(Some(AccountType::Undocumented)));
        let admin = UserTraits { is_super_admin: true, ..EXTERNAL };
        assert_eq!(scope().judge("ann@example.com", admin), Judgement::Protected(Protection::SuperAdmin));
    }
}
