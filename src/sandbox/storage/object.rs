//! One object of the tenant: the whole of it as a line of JSON, beside the few facts that finding and filtering need.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::raw_object::{RawObject, attribute, elements, text, text_attribute};

/// The account types that the API's documentation names.
pub(crate) const ACCOUNT_TYPES: [&str; 4] = ["external", "google", "microsoft", "okta"];

/// What an object is, by its attribute `kind`; without one it is a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    User,
    /// A group.
    Feed,
    /// What the tenant calls a class of groups.
    FeedType,
}

impl ObjectKind {
    fn of(name: Option<&str>) -> Self {
        match name {
            Some("feed") => Self::Feed,
            Some("feedtype") => Self::FeedType,
            _ => Self::User,
        }
    }
}

/// An object as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct StoredObject {
    /// The whole object on one line.
    pub(crate) line: Box<str>,
    pub(crate) kind: ObjectKind,
    pub(crate) uid: Box<str>,
    /// Empty for all but users.
    pub(crate) email_key: Box<str>,
    /// The groups that a user belongs to, one a line: as text, since a tenant may have a million users.
    feeds: Box<str>,
    /// Seconds since 1970; `None` when missing or unreadable.
    pub(crate) created_at: Option<i64>,
    /// One of [`ACCOUNT_TYPES`]; `None` when missing or any other.
    pub(crate) account_type: Option<&'static str>,
    pub(crate) is_enabled: bool,
    pub(crate) is_hidden: bool,
}

/// Why an object can't be one of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum UserProblem {
    #[error("not a JSON object: {0}")]
    Syntax(String),
    #[error("the object has no `{0}`, or one that is no text")]
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
    kind: Option<&'a RawValue>,
    uid: Option<&'a RawValue>,
    email: Option<&'a RawValue>,
    status: Option<&'a RawValue>,
    is_hidden: Option<&'a RawValue>,
    account_type: Option<&'a RawValue>,
    created_at: Option<&'a RawValue>,
    subscriptions: Option<&'a RawValue>,
}

impl StoredObject {
    /// Reads the facts of an object, which needs a `uid` and, as a user, an `email`.
    pub(crate) fn from_line(line: String) -> Result<Self, UserProblem> {
        let facts: Facts<'_> = serde_json::from_str(&line)?;
        let text_of = |raw: Option<&RawValue>| raw.and_then(|raw| text(raw.get()));
        let kind = ObjectKind::of(text_of(facts.kind).as_deref());
        let email_key = text_of(facts.email).map(|email| email_key(&email)).filter(|key| !key.is_empty());
        let email_key = if kind == ObjectKind::User { email_key } else { Some(Box::default()) };
        let account_type = text_of(facts.account_type);
        let feeds = elements(facts.subscriptions.map_or("[]", RawValue::get)).into_iter().filter_map(subscribed_feed);
        Ok(Self {
            kind,
            feeds: feeds.collect::<Vec<_>>().join("\n").into(),
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
        self.feeds.split('\n').any(|found| found == feed)
    }
}

/// The group of one element of `subscriptions`.
pub(crate) fn subscribed_feed(subscription: &str) -> Option<String> {
    attribute(subscription, "feed").and_then(identifier).map(String::from)
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
        let user = StoredObject::from_line(line.to_owned()).unwrap();
        assert_eq!((&*user.uid, &*user.email_key, user.created_at), ("7", "ann@example.com", Some(60)));
        assert!(!user.is_enabled && user.is_hidden && user.account_type == Some("google"));
        assert!(user.is_member_of("f2") && !user.is_member_of("f3"));
    }

    #[test]
    fn a_user_needs_an_address_and_an_identifier() {
        let no_email = StoredObject::from_line(r#"{"uid":"7"}"#.to_owned());
        assert_eq!(no_email.unwrap_err(), UserProblem::Missing("email"));
        let no_uid = StoredObject::from_line(r#"{"uid":"","email":"a@example.com"}"#.to_owned());
        assert_eq!(no_uid.unwrap_err(), UserProblem::Missing("uid"));
    }
}
