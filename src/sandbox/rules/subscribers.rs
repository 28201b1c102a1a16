//! `POST feed/subscribers/save`: users into a group and out of it, one after the other in the order of the lists.

use axum::http::StatusCode;
use serde_json::json;

use crate::sandbox::server::response::ApiError;
use crate::sandbox::storage::feed;
use crate::sandbox::storage::object::{ObjectKind, StoredObject, identifier, subscribed_feed};
use crate::sandbox::storage::raw_object::{RawObject, elements};
use crate::sandbox::storage::store::{Before, Store};

/// The users that a body names in one of its lists, by address or identifier.
pub(crate) fn names(body: &RawObject, list: &str) -> Result<Vec<String>, ApiError> {
    let parsed = body.get(list).map(serde_json::from_str).transpose();
    parsed
        .map(Option::unwrap_or_default)
        .map_err(|_| ApiError::bad_request(format!("Expected a list of strings for field {list}")))
}

/// Changes the members of a group. An unknown user ends the call; those in front of it are done by then.
pub(crate) fn save(store: &mut Store, body: &RawObject, cap: usize) -> Result<(), ApiError> {
    let feed = body.get("feed").and_then(identifier);
    let feed = feed.ok_or_else(|| ApiError::bad_request("Missing required field feed"))?;
    let (added, removed) = (names(body, "addedUsers")?, names(body, "removedUsers")?);
    let (_, found) = store.find(ObjectKind::Feed, &feed).ok_or_else(|| not_found("Feed", &feed))?;
    if let Some(reason) = feed::refusal(&found.line) {
        return Err(ApiError::new(StatusCode::FORBIDDEN, reason));
    }
    if added.len() + removed.len() > cap {
        return Err(ApiError::bad_request(format!("Too many users: a call takes {cap} at most")));
    }
    let mut wanted = added.iter().map(|user| (user, true)).chain(removed.iter().map(|user| (user, false)));
    let mut before = Before::new();
    let done = wanted.try_for_each(|(user, is_member)| {
        let position = find_user(store, user).ok_or_else(|| not_found("User", user))?;
        before.extend(set_membership(store, position, &feed, is_member)?);
        Ok(())
    });
    if !before.is_empty() {
        // Of a user that is named twice the oldest state counts, which is restored last.
        before.reverse();
        store.note_save(before);
    }
    done
}

fn find_user(store: &Store, name: &str) -> Option<usize> {
    store.find(ObjectKind::User, name).map(|(position, _)| position).or_else(|| store.find_email(name))
}

/// Returns what stood before when that was anything else.
fn set_membership(
    store: &mut Store,
    position: usize,
    feed: &str,
    is_member: bool,
) -> Result<Option<(usize, Option<StoredObject>)>, ApiError> {
    let Some(user) = store.at(position).filter(|user| user.is_member_of(feed) != is_member).cloned() else {
        return Ok(None);
    };
    let mut object = RawObject::parse(&user.line)?;
    let mut subscriptions = elements(object.get("subscriptions").unwrap_or("[]"));
    subscriptions.retain(|one| subscribed_feed(one).as_deref() != Some(feed));
    let joined = json!({"feed": feed}).to_string();
    subscriptions.extend(is_member.then_some(joined.as_str()));
    let subscriptions = format!("[{}]", subscriptions.join(","));
    object.set_raw("subscriptions", serde_json::from_str(&subscriptions)?);
    store.replace(position, StoredObject::from_object(&object)?);
    Ok(Some((position, Some(user))))
}

fn not_found(what: &str, name: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, format!("{what} not found: {name}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const USERS: usize = 4;

    fn store() -> Store {
        let mut store = Store::default();
        for uid in 0..USERS {
            let line = format!(r#"{{"uid":"{uid}","email":"u{uid}@example.com","subscriptions":[{{"feed":"8"}}]}}"#);
            store.push(StoredObject::from_line(line).unwrap());
        }
        store.push(StoredObject::from_line(r#"{"kind":"feed","uid":"9"}"#.to_owned()).unwrap());
        store
    }

    fn lines(store: &Store) -> Vec<String> {
        store.iter_from(0).map(|(_, object)| object.line.to_string()).collect()
    }

    proptest! {
        #[test]
        fn each_user_in_front_of_the_first_unknown_one_joins_or_leaves(
            added in prop::collection::vec(0..=USERS, 0..6),
            removed in prop::collection::vec(0..=USERS, 0..6),
        ) {
            let name = |(place, user): (usize, &usize)| if place % 2 == 0 { user.to_string() } else { format!("U{user}@example.com") };
            let names = |users: &[usize]| users.iter().enumerate().map(name).collect::<Vec<_>>();
            let body = json!({"feed": "9", "addedUsers": names(&added), "removedUsers": names(&removed)}).to_string();
            let mut store = store();
            let start = lines(&store);
            let done = save(&mut store, &RawObject::parse(&body).unwrap(), 50);

            let steps = added.iter().map(|user| (*user, true)).chain(removed.iter().map(|user| (*user, false)));
            let known: Vec<_> = steps.clone().take_while(|(user, _)| *user < USERS).collect();
            let mut expected = BTreeSet::new();
            for (user, joins) in &known {
                if *joins { expected.insert(user.to_string()) } else { expected.remove(&user.to_string()) };
            }
            let members = |feed| store.users().filter(|user| user.is_member_of(feed)).map(|user| user.uid.to_string()).collect();
            prop_assert_eq!(expected, members("9"));
            prop_assert_eq!(members("8").len(), USERS);
            prop_assert_eq!(done.is_ok(), known.len() == steps.count());
            prop_assert_eq!(lines(&store.before(1)), start);
        }
    }
}
