//! One listed user: the attributes that a plan needs, read one by one, so that a broken one spoils no other.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::page::RawUser;
use crate::model::{FieldValues, ManagedField, Scalar, TenantUser, UserTraits, account_type};

/// Attributes that decide who a user is and whether the job may change it.
const IDENTITY: [&str; 5] = ["uid", "id", "accountType", "isSuperAdmin", "isGod"];

/// The `fields` selector of a list that is planned on.
pub(super) fn planned_fields() -> String {
    let fields = ManagedField::ALL.map(ManagedField::api_name);
    let names: Vec<&str> = IDENTITY.into_iter().chain(fields).collect();
    format!("cursor,more,items({})", names.join(","))
}

/// The attributes of one user that anybody asked for.
struct Attributes<'a>(Vec<(Cow<'a, str>, Scalar<'a>)>);

impl<'a> Attributes<'a> {
    /// Nothing where the entry is no object.
    fn read(user: RawUser<'a>) -> Self {
        let RawAttributes(raw) = serde_json::from_str(user.json).unwrap_or_default();
        let mut attributes: Vec<(Cow<'a, str>, Scalar<'a>)> = Vec::with_capacity(raw.len());
        for (name, value) in raw {
            let value = match value.get() {
                broken if user.is_lossy && broken.contains('\u{fffd}') => Scalar::Unusable,
                value => Scalar::parse(value),
            };
            match attributes.iter_mut().find(|(known, _)| *known == name) {
                // Which of the two counts is not for us to say.
                Some((_, known)) => *known = Scalar::Unusable,
                None => attributes.push((name, value)),
            }
        }
        Self(attributes)
    }

    fn get(&self, name: &str) -> Scalar<'a> {
        self.0.iter().find(|(known, _)| known == name).map_or(Scalar::Missing, |(_, value)| value.clone())
    }
}

/// The user's identifier: `uid`, or `id` where that is missing.
fn uid<'a>(attributes: &Attributes<'a>) -> Scalar<'a> {
    match attributes.get("uid") {
        Scalar::Missing => attributes.get("id"),
        Scalar::Text(uid) if uid.is_empty() => attributes.get("id"),
        uid => uid,
    }
}

/// Reads one user and hands it to `keep`. A user that can't be read, or that has no identifier or no address, is kept as
/// an unreadable one, with what is known of it.
pub(super) fn read_user<R>(user: RawUser<'_>, keep: impl FnOnce(&TenantUser<'_>) -> R) -> R {
    let attributes = Attributes::read(user);
    let mut values = FieldValues::default();
    let mut is_readable = true;
    for field in ManagedField::ALL {
        match field.read(&attributes.get(field.api_name())) {
            Ok(value) => values.set(field, value),
            Err(_) => is_readable = false,
        }
    }
    let uid = uid(&attributes);
    let email = values.text(ManagedField::Email).trim().to_owned();
    is_readable &= !uid.as_text().is_empty() && !email.is_empty();
    values.set(ManagedField::Email, crate::model::FieldValue::text(&email));
    let traits = UserTraits {
        account_type: account_type(&attributes.get("accountType")),
        is_super_admin: attributes.get("isSuperAdmin").is_set() || attributes.get("isGod").is_set(),
        is_readable,
    };
    keep(&TenantUser { uid: uid.as_text(), values, traits })
}

/// Names and unread values, in the order of the answer.
#[derive(Default)]
struct RawAttributes<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawAttributes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawAttributes<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a user object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(12);
                while let Some(member) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((member.0.0, member.1));
                }
                Ok(RawAttributes(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn read<R>(json: &str, keep: impl FnOnce(&TenantUser<'_>) -> R) -> R {
        read_user(RawUser { json, is_lossy: false }, keep)
    }

    #[test]
    fn attributes_are_read_in_whatever_type_they_come() {
        let json = r#"{"uid":12,"email":" a\u0040b.test ","firstName":null,"isHidden":"true","isGod":1,
            "accountType":"External","unknown":{"a":[{}]}}"#;
        read(json, |user| {
            assert_eq!((user.uid, user.email()), ("12", "a@b.test"));
            assert!(user.traits.is_readable && user.traits.is_super_admin);
            assert_eq!(user.values.text(ManagedField::IsHidden), "true");
            assert_eq!(user.values.status(), None);
        });
    }

    #[test]
    fn a_user_that_cannot_be_read_is_kept_as_such_with_what_identifies_it() {
        for json in [
            r#"{"uid":"1","email":"a@example.com","firstName":"cut \ud83d"}"#,
            r#"{"uid":"1","email":"a@example.com","lastName":{}}"#,
            r#"{"uid":"1","email":"a@example.com","status":"archived"}"#,
            r#"{"uid":"1","email":"a@example.com","firstName":"A","firstName":"B"}"#,
        ] {
            let kept = read(json, |user| (user.uid.to_owned(), user.email().to_owned(), user.traits.is_readable));
            assert_eq!(kept, ("1".to_owned(), "a@example.com".to_owned(), false), "{json}");
        }
        let without_identity = |json| read(json, |user| (user.uid.to_owned(), user.email().to_owned()));
        let twice = r#"{"uid":"1","uid":"2","email":"a@example.com"}"#;
        assert_eq!(without_identity(twice), (String::new(), "a@example.com".to_owned()));
        let lossy = RawUser { json: "{\"uid\":\"1\",\"email\":\"\u{fffd}@example.com\"}", is_lossy: true };
        assert_eq!(read_user(lossy, |user| (user.email().to_owned(), user.traits.is_readable)), (String::new(), false));
    }

    #[test]
    fn a_user_without_identifier_or_address_is_unreadable_and_keeps_what_it_has() {
        for (json, uid, email) in [
            ("null", "", ""),
            ("[]", "", ""),
            ("\"a@example.com\"", "", ""),
            ("7", "", ""),
            ("{}", "", ""),
            (r#"{"error":"x"}"#, "", ""),
            (r#"{"uid":"1"}"#, "1", ""),
            (r#"{"uid":"1","email":" "}"#, "1", ""),
            (r#"{"uid":"","id":"1","email":null}"#, "1", ""),
            (r#"{"email":"a@example.com"}"#, "", "a@example.com"),
            (r#"{"uid":[1],"email":"a@example.com"}"#, "", "a@example.com"),
        ] {
            let kept = read(json, |user| (user.uid.to_owned(), user.email().to_owned(), user.traits.is_readable));
            assert_eq!(kept, (uid.to_owned(), email.to_owned(), false), "{json}");
        }
    }
}
