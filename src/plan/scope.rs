//! Whom the job may touch: e-mail domains, protected patterns, super admins, and the account that it runs as.

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

use crate::model::{Email, TenantUser, comparison_key, domain_key};

/// The borders of the job. Account types are judged where the list is read (`TenantUser::is_in_types`).
#[derive(Debug, Clone, Default)]
pub struct Scope {
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
    /// As the operator wrote it.
    pub pattern: String,
    /// What the parser says.
    #[source]
    pub source: globset::Error,
}

/// Why a user is never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection<'a> {
    /// A `--protect` pattern matches the address.
    Pattern(&'a str),
    /// A super admin of the platform.
    SuperAdmin,
    /// The account that the job runs as.
    RunsAs,
}

impl Scope {
    /// No domain means all domains.
    pub fn new(domains: &[String], protect: &[String], runs_as: Option<Email>) -> Result<Self, PatternError> {
        let domains = domains.iter().map(|domain| domain_key(domain.trim_start_matches('@'))).collect();
        let protect = protect.iter().map(|pattern| Pattern::new(pattern)).collect::<Result<_, _>>()?;
        Ok(Self { domains, protect, runs_as })
    }

    /// Whether an address lies in the scope's domains; `key` is its comparison key.
    pub fn has_domain(&self, key: &str) -> bool {
        self.domains.is_empty()
            || key.rsplit_once('@').is_some_and(|(_, domain)| self.domains.iter().any(|ours| ours == domain))
    }

    /// Whether a listed user may be touched at all.
    pub fn includes(&self, user: &TenantUser<'_>) -> bool {
        user.is_in_types && (self.domains.is_empty() || self.has_domain(&comparison_key(user.email)))
    }

    /// Why this user must not be changed, if so.
    pub fn protection(&self, user: &TenantUser<'_>) -> Option<Protection<'_>> {
        if user.is_super_admin {
            return Some(Protection::SuperAdmin);
        }
        self.protects_address(user.email)
    }

    /// Why the user of this address must not be changed, as far as the address tells.
    pub fn protects_address(&self, email: &str) -> Option<Protection<'_>> {
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

impl std::fmt::Display for Protection<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pattern(pattern) => write!(formatter, "matches --protect {pattern}"),
            Self::SuperAdmin => formatter.write_str("is a super admin"),
            Self::RunsAs => formatter.write_str("is the account that this job runs as"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_domains_do_not_look_at_case() {
        let scope = Scope::new(
            &["Example.COM".to_owned(), "@bücher.example".to_owned()],
            &["VIP-*@example.com".to_owned()],
            Some(Email::parse("Job@example.org").unwrap()),
        )
        .unwrap();
        assert!(scope.has_domain("a@example.com"));
        assert!(scope.has_domain("a@xn--bcher-kva.example"));
        assert!(!scope.has_domain("a@sub.example.com"));
        assert_eq!(scope.protects_address("vip-1@EXAMPLE.com"), Some(Protection::Pattern("VIP-*@example.com")));
        assert_eq!(scope.protects_address("job@Example.org"), Some(Protection::RunsAs));
        assert_eq!(scope.protects_address("ann@example.com"), None);
        assert!(Scope::new(&[], &["[".to_owned()], None).is_err());
    }
}
