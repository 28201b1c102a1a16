//! Which users a list asks for.

use std::collections::HashSet;

use jiff::Timestamp;

use super::answer::ApiError;
use super::parameters::Parameters;
use super::user::{AccountType, StoredUser, email_key};

/// The filters of `user/list`; all that are given must hold.
#[derive(Debug, Default)]
pub(super) struct Filter {
    is_enabled: Option<bool>,
    types: Vec<AccountType>,
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

impl Filter {
    /// Reads the filters; `now` is the moment that `registeredSince` counts back from, in days.
    pub(super) fn parse(parameters: &Parameters, now: Timestamp) -> Result<Self, ApiError> {
        let registered_from = parameters.number("registeredSince")?;
        Ok(Self {
            is_enabled: parse_status(parameters)?,
            types: parameters.all("types").into_iter().map(parse_type).collect::<Result<_, _>>()?,
            feeds: parameters.all("feeds").into_iter().map(str::to_owned).collect(),
            shows_hidden: parameters.flag("showHidden")?,
            registered_from: registered_from.map(|days| now.as_second() - i64::from(days) * SECONDS_A_DAY),
            email: parameters.one("email").map(email_key),
            ids: parameters.all("ids").into_iter().map(str::to_owned).collect(),
            query: parameters.one("query").map(str::to_lowercase),
            first_name: parameters.one("firstName").map(str::to_lowercase),
            last_name: parameters.one("lastName").map(str::to_lowercase),
        })
    }

    /// Whether a user is asked for; the cheap questions come first.
    pub(super) fn matches(&self, user: &StoredUser) -> bool {
        (self.shows_hidden || !user.is_hidden)
            && self.is_enabled.is_none_or(|wanted| wanted == user.is_enabled)
            && (self.types.is_empty() || self.types.contains(&user.account_type))
            && self.email.as_ref().is_none_or(|email| *email == user.email_key)
            && (self.ids.is_empty() || self.ids.contains(&*user.uid))
            && self.registered_from.is_none_or(|from| user.created_at.is_some_and(|created| created >= from))
            && (self.feeds.is_empty() || self.feeds.iter().any(|feed| user.is_member_of(feed)))
            && self.first_name.as_deref().is_none_or(|name| is_text(user, "firstName", name))
            && self.last_name.as_deref().is_none_or(|name| is_text(user, "lastName", name))
            && self.query.as_deref().is_none_or(|query| is_found(user, query))
    }
}

fn parse_status(parameters: &Parameters) -> Result<Option<bool>, ApiError> {
    match parameters.one("status") {
        None => Ok(None),
        Some("enabled") => Ok(Some(true)),
        Some("disabled") => Ok(Some(false)),
        Some(other) => Err(ApiError::bad_request(format!("Invalid status: '{other}'"))),
    }
}

fn parse_type(name: &str) -> Result<AccountType, ApiError> {
    match AccountType::named(name) {
        AccountType::Other => Err(ApiError::bad_request(format!("Invalid account type: '{name}'"))),
        known => Ok(known),
    }
}

fn is_text(user: &StoredUser, name: &str, wanted: &str) -> bool {
    user.text(name).is_some_and(|text| text.to_lowercase() == wanted)
}

/// A search: part of the name or of the address.
fn is_found(user: &StoredUser, query: &str) -> bool {
    let has = |name| user.text(name).is_some_and(|text| text.to_lowercase().contains(query));
    user.email_key.contains(query) || has("fullName") || has("firstName") || has("lastName")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = r#"{"uid":"7","email":"Ann@Example.com","firstName":"Ánn","lastName":"Lee","fullName":"Ánn Lee","accountType":"external","isHidden":true,"createdAt":"2026-01-10T00:00:00Z","subscriptions":[{"feed":"f1"}]}"#;

    fn matches(parameters: &str) -> bool {
        let now = "2026-01-20T00:00:00Z".parse().unwrap();
        let filter = Filter::parse(&Parameters::parse(parameters.as_bytes()), now).unwrap();
        filter.matches(&StoredUser::from_line(ANN.to_owned()).unwrap())
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
            assert!(Filter::parse(&Parameters::parse(wrong.as_bytes()), now).is_err(), "{wrong}");
        }
    }
}
