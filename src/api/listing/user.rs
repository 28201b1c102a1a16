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
    fn read(user: RawUser<'a>) -> Result<Self, String> {
        let RawAttributes(raw) =
            serde_json::from_str(user.json).map_err(|error| format!("an entry of the list is no user: {error}"))?;
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
        Ok(Self(attributes))
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

/// Reads one user and hands it to `keep`. A user that can't be read is kept as such; one that has no identifier or no
/// address at all is an error: then the list is none of users.
pub(super) fn read_user<R>(user: RawUser<'_>, keep: impl FnOnce(&TenantUser<'_>) -> R) -> Result<R, String> {
    let attributes = Attributes::read(user)?;
    let mut values = FieldValues::default();
    let mut is_readable = true;
    for field in ManagedField::ALL {
        match field.read(&attributes.get(field.api_name())) {
            Ok(value) => values.set(field, value),
            Err(_) => is_readable = false,
        }
    }
    let uid = uid(&attributes);
    is_readable &= matches!(uid, Scalar::Text(_) | Scalar::Missing);
    let email = values.text(ManagedField::Email).trim().to_owned();
    if is_readable {
        require_identity(uid.as_text(), &email)?;
    }
    values.set(ManagedField::Email, crate::model::FieldValue::text(&email));
    let traits = UserTraits {
        account_type: account_type(&attributes.get("accountType")),
        is_super_admin: attributes.get("isSuperAdmin").is_set() || attributes.get("isGod").is_set(),
        is_readable,
    };
    Ok(keep(&TenantUser { uid: uid.as_text(), values, traits }))
}

fn require_identity(uid: &str, email: &str) -> Result<(), String> {
    match (uid, email) {
        ("", "") => Err("a user has neither uid nor e-mail".to_owned()),
        ("", email) => Err(format!("the user {email} has no uid")),
        (uid, "") => Err(format!("the user {uid} has no e-mail")),
        (_, _) => Ok(()),
    }
}

/// Names and unread values, in the order of the answer.
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

    fn read<R>(json: &str, keep: impl FnOnce(&TenantUser<'_>) -> R) -> Result<R, String> {
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
        })
        .unwrap();
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
            assert_eq!(kept, Ok(("1".to_owned(), "a@example.com".to_owned(), false)), "{json}");
        }
        let without_identity = |json| read(json, |user| (user.uid.to_owned(), user.email().to_owned()));
        let twice = r#"{"uid":"1","uid":"2","email":"a@example.com"}"#;
        assert_eq!(without_identity(twice), Ok((String::new(), "a@example.com".to_owned())));
        let lossy = RawUser { json: "{\"uid\":\"1\",\"email\":\"\u{fffd}@example.com\"}", is_lossy: true };
        assert_eq!(
            read_user(lossy, |user| (user.email().to_owned(), user.traits.is_readable)),
            Ok((String::new(), false))
        );
    }

    #[test]
    fn an_entry_that_is_no_user_is_an_error() {
        for json in
            ["null", "[]", "7", "{}", r#"{"uid":"1"}"#, r#"{"email":"a@example.com"}"#, r#"{"uid":"1","email":" "}"#]
        {
            assert!(read(json, |_| ()).is_err(), "{json}");
        }
    }
}
