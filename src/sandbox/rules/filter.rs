//! Which users or groups a list asks for.

use std::collections::HashSet;

use jiff::Timestamp;

use super::query::Query;
use crate::sandbox::server::response::ApiError;
use crate::sandbox::server::traffic::CallKind;
use crate::sandbox::storage::feed::{is_tied_to_a_provider, names};
use crate::sandbox::storage::object::{ACCOUNT_TYPES, ObjectKind, StoredObject, email_key};

/// What a list is of, and its filters.
#[derive(Debug)]
pub(crate) enum Filter {
    Users(Box<UserFilter>),
    Feeds(FeedFilter),
    FeedTypes,
}

impl Filter {
    /// Reads the filters of a list; `registeredSince` counts days back from `now`.
    pub(crate) fn parse(kind: CallKind, query: &Query, now: Timestamp) -> Result<Self, ApiError> {
        Ok(match kind {
            CallKind::FeedList => Self::Feeds(FeedFilter::parse(query)?),
            CallKind::FeedTypes => Self::FeedTypes,
            _ => Self::Users(Box::new(UserFilter::parse(query, now)?)),
        })
    }

    pub(crate) fn matches(&self, object: &StoredObject) -> bool {
        match self {
            Self::Users(filter) => object.kind == ObjectKind::User && filter.matches(object),
            Self::Feeds(filter) => object.kind == ObjectKind::Feed && filter.matches(object),
            Self::FeedTypes => object.kind == ObjectKind::FeedType,
        }
    }
}

/// The filters of `user/list`; all that are given must hold.
#[derive(Debug, Default)]
pub(crate) struct UserFilter {
    is_enabled: Option<bool>,
    types: Vec<String>,
    feeds: Vec<String>,
    shows_hidden: bool,
    registered_from: Option<i64>,
    email: Option<Box<str>>,
    ids: HashSet<String>,
    query: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

const SECONDS_A_DAY: i64 = 86_400;

impl UserFilter {
    fn parse(query: &Query, now: Timestamp) -> Result<Self, ApiError> {
        let registered_from = query.number("registeredSince")?;
        Ok(Self {
            is_enabled: parse_status(query)?,
            types: parse_types(query)?,
            feeds: query.all("feeds"),
            shows_hidden: query.flag("showHidden")?,
            registered_from: registered_from.map(|days| now.as_second() - i64::from(days) * SECONDS_A_DAY),
            email: query.one("email").map(email_key),
            ids: query.all("ids").into_iter().collect(),
            query: query.one("query").map(str::to_lowercase),
            first_name: query.one("firstName").map(str::to_lowercase),
            last_name: query.one("lastName").map(str::to_lowercase),
        })
    }

    /// Whether a user is asked for; what needs the whole object comes last.
    fn matches(&self, user: &StoredObject) -> bool {
        let is_type = |wanted: &String| user.account_type == Some(wanted.as_str());
        (self.shows_hidden || !user.is_hidden)
            && self.is_enabled.is_none_or(|wanted| wanted == user.is_enabled)
            && (self.types.is_empty() || self.types.iter().any(is_type))
            && self.email.as_ref().is_none_or(|email| *email == user.email_key)
            && (self.ids.is_empty() || self.ids.contains(&*user.uid))
            && self.registered_from.is_none_or(|from| user.created_at.is_some_and(|created| created >= from))
            && (self.feeds.is_empty() || self.feeds.iter().any(|feed| user.is_member_of(feed)))
            && self.first_name.as_deref().is_none_or(|name| is_text(user, "firstName", name))
            && self.last_name.as_deref().is_none_or(|name| is_text(user, "lastName", name))
            && self.query.as_deref().is_none_or(|query| is_found(user, query))
    }
}

/// The filters of `feed/list`; all that are given must hold.
#[derive(Debug)]
pub(crate) struct FeedFilter {
    query: Option<String>,
    feed_type: Option<String>,
    has_group: Option<bool>,
    instance: Option<String>,
    is_inherited_shown: bool,
    only: Vec<String>,
    except: Vec<String>,
}

impl FeedFilter {
    fn parse(query: &Query) -> Result<Self, ApiError> {
        let flag = |name| query.one(name).map(|_| query.flag(name)).transpose();
        Ok(Self {
            query: query.one("query").map(str::to_lowercase),
            feed_type: query.one("type").map(str::to_owned),
            has_group: flag("hasGroup")?,
            instance: query.one("instance").map(str::to_owned),
            is_inherited_shown: flag("herited")?.unwrap_or(true),
            only: query.all("restrictToFeeds"),
            except: query.all("exceptFeeds"),
        })
    }

    /// The groups of the whole tenant belong to no instance; each inherits them.
    fn matches(&self, feed: &StoredObject) -> bool {
        let is_in = |ids: &[String]| ids.iter().any(|id| **id == *feed.uid);
        let is_of = |instance: &str| match feed.text("instance") {
            Some(found) => found == instance,
            None => self.is_inherited_shown,
        };
        (self.only.is_empty() || is_in(&self.only))
            && !is_in(&self.except)
            && self.instance.as_deref().is_none_or(is_of)
            && self.feed_type.as_ref().is_none_or(|wanted| feed.text("type").as_ref() == Some(wanted))
            && self.has_group.is_none_or(|wanted| wanted == is_tied_to_a_provider(&feed.line))
            && self
                .query
                .as_ref()
                .is_none_or(|query| names(&feed.line).iter().any(|name| name.to_lowercase().contains(query)))
    }
}

fn parse_status(query: &Query) -> Result<Option<bool>, ApiError> {
    match query.one("status") {
        None => Ok(None),
        Some("enabled") => Ok(Some(true)),
        Some("disabled") => Ok(Some(false)),
        Some(other) => Err(ApiError::bad_request(format!("Invalid status: '{other}'"))),
    }
}

fn parse_types(query: &Query) -> Result<Vec<String>, ApiError> {
    let types = query.all("types");
    match types.iter().find(|name| !ACCOUNT_TYPES.contains(&name.as_str())) {
        Some(name) => Err(ApiError::bad_request(format!("Invalid account type: '{name}'"))),
        None => Ok(types),
    }
}

fn is_text(user: &StoredObject, name: &str, wanted: &str) -> bool {
    user.text(name).is_some_and(|text| text.to_lowercase() == wanted)
}

/// A search: part of the name or of the address.
fn is_found(user: &StoredObject, query: &str) -> bool {
    let has = |name| user.text(name).is_some_and(|text| text.to_lowercase().contains(query));
    user.email_key.contains(query) || has("fullName") || has("firstName") || has("lastName")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = r#"{"uid":"7","email":"Ann@Example.com","firstName":"Ánn","lastName":"Lee","fullName":"Ánn Lee","accountType":"external","isHidden":true,"createdAt":"2026-01-10T00:00:00Z","subscriptions":[{"feed":"f1"}]}"#;

    fn matches(parameters: &str) -> bool {
        let now = "2026-01-20T00:00:00Z".parse().unwrap();
        let filter = UserFilter::parse(&Query::parse(parameters.as_bytes()), now).unwrap();
        filter.matches(&StoredObject::from_line(ANN.to_owned()).unwrap())
    }

    #[test]
    fn hidden_users_are_left_out_unless_asked_for() {
        assert!(!matches(""));
        assert!(matches("showHidden=true"));
    }

    #[test]
    fn every_filter_keeps_and_drops() {
        for (kept, dropped) in [
            ("status=enabled", "status=disabled"),
            ("types=okta&types=external", "types=google"),
            ("feeds=f0&feeds=f1", "feeds=f2"),
            ("registeredSince=10", "registeredSince=9"),
            ("email=ANN@example.com", "email=an@example.com"),
            ("ids=1&ids=7", "ids=1"),
            ("query=nn%20l", "query=bob"),
            ("firstName=%C3%A1nn", "firstName=ann"),
            ("lastName=LEE", "lastName=le"),
        ] {
            assert!(matches(&format!("showHidden=true&{kept}")), "{kept}");
            assert!(!matches(&format!("showHidden=true&{dropped}")), "{dropped}");
        }
    }

    #[test]
    fn a_value_that_can_not_be_meant_is_refused() {
        let now = Timestamp::UNIX_EPOCH;
        for wrong in ["status=gone", "types=extern", "showHidden=maybe", "registeredSince=-1"] {
            assert!(UserFilter::parse(&Query::parse(wrong.as_bytes()), now).is_err(), "{wrong}");
        }
    }
}
