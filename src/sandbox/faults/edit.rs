//! Changes made outside the API at a chosen moment of a run, such as between list and save.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::schedule::Moment;
use crate::sandbox::storage::object::StoredObject;
use crate::sandbox::storage::raw_object::RawObject;
use crate::sandbox::storage::store::Store;

/// One change, written as JSON: `{"after":"list:3","email":"ann@example.com","set":{"accountType":"google"}}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The calls after whose work the change is made, before they are answered.
    pub after: Moment,
    /// The user to change, by address or identifier, or the group, by identifier.
    #[serde(alias = "uid")]
    pub email: String,
    /// The attributes to replace; `null` takes an attribute away.
    #[serde(default)]
    pub set: Map<String, Value>,
    /// Whether the user is removed from the tenant instead.
    #[serde(default)]
    pub remove: bool,
}

impl FromStr for Edit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text).map_err(|error| format!("`{text}` is no edit: {error}"))
    }
}

impl Edit {
    pub(crate) fn apply(&self, store: &mut Store) {
        if self.remove {
            remove(store, &self.email);
        } else {
            edit(store, &self.email, |user| {
                for (name, value) in self.set.clone() {
                    user.insert(name, value);
                }
                user.retain(|_, value| !value.is_null());
            });
        }
    }
}

/// Changes a user or group; false when there is none or the change removes what it needs.
pub(crate) fn edit(store: &mut Store, email: &str, change: impl FnOnce(&mut Map<String, Value>)) -> bool {
    let Some(position) = find(store, email) else { return false };
    let edited = store.at(position).and_then(|user| edited(&user.line, change));
    edited.map(|user| store.replace(position, user)).is_some()
}

/// Removes a user or group; false when there is none.
pub(crate) fn remove(store: &mut Store, email: &str) -> bool {
    find(store, email).map(|position| store.remove(position)).is_some()
}

fn find(store: &Store, name: &str) -> Option<usize> {
    store.find_email(name).or_else(|| store.find_uid(name))
}

fn edited(line: &str, change: impl FnOnce(&mut Map<String, Value>)) -> Option<StoredObject> {
    let mut object = RawObject::parse(line).ok()?;
    let before: Map<String, Value> = serde_json::from_str(line).ok()?;
    let mut after = before.clone();
    change(&mut after);
    for gone in before.keys().filter(|name| !after.contains_key(*name)) {
        object.remove(gone);
    }
    for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(value)) {
        object.set(name, value).ok()?;
    }
    StoredObject::from_object(&object).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_leaves_what_it_does_not_touch_byte_for_byte() {
        let line = r#"{"uid":"1","email":"a@example.com","n":12345678901234567890123,"x":{"y": 1},"z":1}"#;
        let user = edited(line, |user| {
            user.insert("firstName".to_owned(), "Ann".into());
            user.remove("z");
        });
        let expected =
            r#"{"uid":"1","email":"a@example.com","n":12345678901234567890123,"x":{"y": 1},"firstName":"Ann"}"#;
        assert_eq!(&*user.unwrap().line, expected);
        assert!(edited(line, |user| drop(user.remove("email"))).is_none());
    }

    #[test]
    fn what_is_no_edit_is_refused() {
        for wrong in ["", "{}", r#"{"after":"lists:1","email":"a@example.com"}"#, r#"{"after":"list:1","mail":"a"}"#] {
            assert!(wrong.parse::<Edit>().is_err(), "{wrong}");
        }
    }
}
