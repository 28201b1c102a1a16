//! One user of the tenant: the whole object as a line of JSON, beside the few facts that finding and filtering need.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::raw_object::{RawObject, attribute, elements, text, text_attribute};

/// The account types that the API's documentation names.
pub(crate) const ACCOUNT_TYPES: [&str; 4] = ["external", "google", "microsoft", "okta"];

/// A user as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct StoredUser {
    /// The whole object on one line.
    pub(crate) line: Box<str>,
    pub(crate) uid: Box<str>,
    pub(crate) email_key: Box<str>,
    /// Seconds since 1970; `None` when missing or unreadable.
    pub(crate) created_at: Option<i64>,
    /// One of [`ACCOUNT_TYPES`]; `None` when missing or any other.
    pub(crate) account_type: Option<&'static str>,
    pub(crate) is_enabled: bool,
    pub(crate) is_hidden: bool,
}

/// Why an object can't be a user of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum UserProblem {
    #[error("not a JSON object: {0}")]
    Syntax(String),
    #[error("the user has no `{0}`, or one that is no text")]
    Missing(&'static str),
}

impl From<serde_json::Error> for UserProblem {
    fn from(error: serde_json::Error) -> Self {
        Self::Syntax(error.to_string())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    #[serde(borrow)]
    uid: Option<&'a RawValue>,
    email: Option<&'a RawValue>,
    status: Option<&'a RawValue>,
    is_hidden: Option<&'a RawValue>,
    account_type: Option<&'a RawValue>,
    created_at: Option<&'a RawValue>,
}

impl StoredUser {
    /// Reads the facts of an object, which needs a `uid` and an `email`.
    pub(crate) fn from_line(line: String) -> Result<Self, UserProblem> {
        let facts: Facts<'_> = serde_json::from_str(&line)?;
        let text_of = |raw: Option<&RawValue>| raw.and_then(|raw| text(raw.get()));
        let email_key = text_of(facts.email).map(|email| email_key(&email)).filter(|key| !key.is_empty());
        let account_type = text_of(facts.account_type);
        Ok(Self {
            uid: facts.uid.and_then(|raw| identifier(raw.get())).ok_or(UserProblem::Missing("uid"))?,
            email_key: email_key.ok_or(UserProblem::Missing("email"))?,
            created_at: text_of(facts.created_at).and_then(|text| seconds(&text)),
            account_type: ACCOUNT_TYPES.into_iter().find(|known| Some(*known) == account_type.as_deref()),
            is_enabled: facts.status.is_none_or(|raw| raw.get() != r#""disabled""#),
            is_hidden: facts.is_hidden.is_some_and(|raw| matches!(raw.get(), "true" | r#""true""#)),
            line: line.into_boxed_str(),
        })
    }

    pub(crate) fn from_object(object: &RawObject) -> Result<Self, UserProblem> {
        Self::from_line(object.to_line()?)
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        text_attribute(&self.line, name)
    }

    /// Whether the user belongs to a group, by its subscriptions.
    pub(crate) fn is_member_of(&self, feed: &str) -> bool {
        let subscriptions = attribute(&self.line, "subscriptions").unwrap_or("[]");
        elements(subscriptions).iter().any(|one| text_attribute(one, "feed").is_some_and(|found| found == feed))
    }
}

/// An identifier as text, also where it is written as a number; `None` when empty or anything else.
pub(crate) fn identifier(raw: &str) -> Option<Box<str>> {
    match text(raw) {
        Some(text) if !text.is_empty() => Some(text.into()),
        None if raw.bytes().all(|byte| byte.is_ascii_digit()) => Some(raw.into()),
        _ => None,
    }
}

/// The form under which the tenant finds an address: without case.
pub(crate) fn email_key(email: &str) -> Box<str> {
    email.trim().to_lowercase().into_boxed_str()
}

/// Reads the times that the API writes, with or without an offset.
fn seconds(text: &str) -> Option<i64> {
    let local = || text.parse::<DateTime>().and_then(|local| TimeZone::UTC.to_timestamp(local));
    text.parse::<Timestamp>().or_else(|_| local()).ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_are_read_from_the_line() {
        let line = r#"{"uid":"7","email":"Ann@Example.com","status":"disabled","isHidden":true,"accountType":"google","createdAt":"1970-01-01T00:01:00.123456","subscriptions":[{"feed":"f1"},{"feed":"f2"}]}"#;
        let user = StoredUser::from_line(line.to_owned()).unwrap();
        assert_eq!((&*user.uid, &*user.email_key, user.created_at), ("7", "ann@example.com", Some(60)));
        assert!(!user.is_enabled && user.is_hidden && user.account_type == Some("google"));
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
