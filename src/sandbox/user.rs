//! One user of the tenant: the whole object as a line of JSON, beside the few facts that finding and filtering need.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use thiserror::Error;

use super::object::RawObject;
use super::scan;

/// How a user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountType {
    External,
    Google,
    Microsoft,
    Okta,
    /// Missing, or something that the API's documentation does not name.
    Other,
}

impl AccountType {
    /// The kind that a name stands for.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "external" => Self::External,
            "google" => Self::Google,
            "microsoft" => Self::Microsoft,
            "okta" => Self::Okta,
            _ => Self::Other,
        }
    }
}

/// A user as it is kept.
#[derive(Debug, Clone)]
pub(super) struct StoredUser {
    /// The whole object on one line.
    pub(super) line: Box<str>,
    pub(super) uid: Box<str>,
    /// The address in lower case: how addresses are found.
    pub(super) email_key: Box<str>,
    /// Seconds since 1970; `None` when missing or unreadable.
    pub(super) created_at: Option<i64>,
    pub(super) account_type: AccountType,
    pub(super) is_enabled: bool,
    pub(super) is_hidden: bool,
}

/// Why an object can't be a user of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum UserProblem {
    #[error("not a JSON object: {0}")]
    Syntax(String),
    #[error("the user has no `{0}`, or one that is no text")]
    Missing(&'static str),
}

impl StoredUser {
    /// Takes the facts out of an object that has a `uid` and an `email`.
    pub(super) fn from_line(line: String) -> Result<Self, UserProblem> {
        let mut facts = Facts::default();
        for (name, raw) in scan::attributes(&line) {
            facts.take(name, raw);
        }
        Ok(Self {
            uid: facts.uid.ok_or(UserProblem::Missing("uid"))?,
            email_key: facts.email_key.ok_or(UserProblem::Missing("email"))?,
            created_at: facts.created_at,
            account_type: facts.account_type.unwrap_or(AccountType::Other),
            is_enabled: !facts.is_disabled,
            is_hidden: facts.is_hidden,
            line: line.into_boxed_str(),
        })
    }

    pub(super) fn from_object(object: &RawObject) -> Result<Self, UserProblem> {
        Self::from_line(object.to_line().map_err(|error| UserProblem::Syntax(error.to_string()))?)
    }

    pub(super) fn text(&self, name: &str) -> Option<std::borrow::Cow<'_, str>> {
        scan::text_attribute(&self.line, name)
    }

    /// Whether the user belongs to a group, by its subscriptions.
    pub(super) fn is_member_of(&self, feed: &str) -> bool {
        let subscriptions = scan::attribute(&self.line, "subscriptions").unwrap_or("[]");
        scan::elements(subscriptions).any(|one| scan::text_attribute(one, "feed").is_some_and(|found| found == feed))
    }
}

#[derive(Default)]
struct Facts {
    uid: Option<Box<str>>,
    email_key: Option<Box<str>>,
    created_at: Option<i64>,
    account_type: Option<AccountType>,
    is_disabled: bool,
    is_hidden: bool,
}

impl Facts {
    fn take(&mut self, name: &str, raw: &str) {
        match name {
            "uid" => self.uid = identifier(raw),
            "email" => self.email_key = scan::text(raw).map(|email| email_key(&email)).filter(|key| !key.is_empty()),
            "status" => self.is_disabled = raw == r#""disabled""#,
            "isHidden" => self.is_hidden = matches!(raw, "true" | r#""true""#),
            "accountType" => self.account_type = scan::text(raw).map(|name| AccountType::named(&name)),
            "createdAt" => self.created_at = scan::text(raw).and_then(|text| seconds(&text)),
            _ => {}
        }
    }
}

/// An identifier as text, also where it drifted to a number; `None` when empty or anything else.
pub(super) fn identifier(raw: &str) -> Option<Box<str>> {
    match scan::text(raw) {
        Some(text) if !text.is_empty() => Some(text.into()),
        None if raw.bytes().all(|byte| byte.is_ascii_digit()) => Some(raw.into()),
        _ => None,
    }
}

/// The form under which the tenant finds an address: without case.
pub(super) fn email_key(email: &str) -> Box<str> {
    email.trim().to_lowercase().into_boxed_str()
}

/// Reads the moments that the API writes, with or without an offset.
fn seconds(text: &str) -> Option<i64> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_second());
    }
    let local = text.parse::<DateTime>().ok()?;
    TimeZone::UTC.to_timestamp(local).ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_are_read_from_the_line() {
        let line = r#"{"uid":"7","email":"Ann@Example.com","status":"disabled","isHidden":true,"accountType":"google","createdAt":"1970-01-01T00:01:00.123456","subscriptions":[{"feed":"f1"},{"feed":"f2"}]}"#;
        let user = StoredUser::from_line(line.to_owned()).unwrap();
        assert_eq!((&*user.uid, &*user.email_key, user.created_at), ("7", "ann@example.com", Some(60)));
        assert!(!user.is_enabled && user.is_hidden && user.account_type == AccountType::Google);
        assert!(user.is_member_of("f2") && !user.is_member_of("f3"));
    }

    #[test]
    fn a_user_needs_an_address_and_an_identifier() {
        let no_email = StoredUser::from_line(r#"{"uid":"7"}"#.to_owned());
        assert_eq!(no_email.unwrap_err(), UserProblem::Missing("email"));
        let no_uid = StoredUser::from_line(r#"{"uid":"","email":"a@example.com"}"#.to_owned());
        assert_eq!(no_uid.unwrap_err(), UserProblem::Missing("uid"));
    }
}
