//! A whole user object as the API sent it: the attributes that we manage and all those that we only carry.

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::{AccountType, ManagedField, Scalar, Uid, UserTraits};

/// A user object whose attributes keep their order and, byte for byte, their values.
///
/// A save replaces the whole user as far as is known (`docs/lumapps-api.md`), and types drift between answers, so
/// nothing here is parsed that is not managed.
#[derive(Debug, Clone, Default)]
pub struct UserRecord {
    attributes: Vec<(String, Box<RawValue>)>,
}

impl UserRecord {
    /// The raw JSON of an attribute, `None` when it is missing.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(attribute, _)| attribute == name).map(|(_, value)| value.get())
    }

    /// An attribute in whatever type it came.
    pub fn scalar(&self, name: &str) -> Scalar<'_> {
        self.raw(name).map_or(Scalar::Missing, Scalar::parse)
    }

    /// The tenant's identifier: `uid`, or `id` where that is missing.
    pub fn uid(&self) -> Option<Uid> {
        let present = |name| Some(self.scalar(name)).filter(|value| *value != Scalar::Missing);
        let uid = present("uid").or_else(|| present("id"))?;
        (!uid.as_text().is_empty()).then(|| Uid::new(uid.as_text()))
    }

    /// What decides, beside the address, whether the job may change this user.
    pub fn traits(&self) -> UserTraits {
        UserTraits {
            account_type: account_type(&self.scalar("accountType")),
            is_super_admin: self.scalar("isSuperAdmin").is_set() || self.scalar("isGod").is_set(),
            is_readable: ManagedField::ALL.iter().all(|field| field.read_from(self).is_ok()),
        }
    }

    /// Replaces an attribute in its place, or adds it at the end.
    pub fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), serde_json::Error> {
        let raw = serde_json::value::to_raw_value(value)?;
        match self.attributes.iter_mut().find(|(attribute, _)| attribute == name) {
            Some((_, old)) => *old = raw,
            None => self.attributes.push((name.to_owned(), raw)),
        }
        Ok(())
    }

    /// Names and raw values, in the order of the answer.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.get()))
    }
}

/// The account type that an attribute names; `None` when it is missing or empty.
pub fn account_type(attribute: &Scalar<'_>) -> Option<AccountType> {
    match attribute {
        Scalar::Missing => None,
        Scalar::Text(word) if word.is_empty() => None,
        Scalar::Text(word) => Some(AccountType::from_word(word)),
        Scalar::Flag(_) | Scalar::Unusable => Some(AccountType::Undocumented),
    }
}

impl Serialize for UserRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.attributes.len()))?;
        for (name, value) in &self.attributes {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for UserRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attributes;
        impl<'de> Visitor<'de> for Attributes {
            type Value = UserRecord;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a user object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UserRecord, A::Error> {
                let mut attributes: Vec<(String, Box<RawValue>)> = Vec::with_capacity(24);
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    // Which of the two counts is for the server to say, and it may say otherwise when it is saved.
                    if attributes.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format_args!("the attribute `{name}` comes twice")));
                    }
                    attributes.push((name, value));
                }
                Ok(UserRecord { attributes })
            }
        }
        deserializer.deserialize_map(Attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_managed_goes_back_byte_for_byte() {
        let sent = r#"{"uid":"7","big":123456789012345678901234567890,"float":1.50e0,"customProfile":{"b": [1,  2],"a":"é"},"firstName":"Ann","apiProfile":"{\"x\":1}"}"#;
        let mut record: UserRecord = serde_json::from_str(sent).unwrap();
        record.set("firstName", "Anne").unwrap();
        let back = serde_json::to_string(&record).unwrap();
        assert_eq!(back, sent.replace(r#""Ann""#, r#""Anne""#));
    }

    #[test]
    fn an_attribute_that_comes_twice_makes_the_user_unreadable() {
        let user = serde_json::from_str::<UserRecord>(r#"{"uid":"1","uid":"2","email":"a@example.com"}"#);
        assert!(user.unwrap_err().to_string().contains("`uid` comes twice"));
    }

    #[test]
    fn the_identifier_is_the_uid_or_the_id_where_that_is_missing() {
        let uid = |json: &str| serde_json::from_str::<UserRecord>(json).unwrap().uid();
        for json in [r#"{"uid":"7"}"#, r#"{"uid":7,"id":"8"}"#, r#"{"id":"7"}"#, r#"{"uid":null,"id":7}"#] {
            assert_eq!(uid(json), Some(Uid::new("7")), "{json}");
        }
        for json in ["{}", r#"{"uid":{"value":"7"},"id":"7"}"#, r#"{"uid":"","id":"7"}"#] {
            assert_eq!(uid(json), None, "{json}");
        }
    }
}
