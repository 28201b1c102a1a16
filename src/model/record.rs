//! A whole user object as the API sent it: the attributes that we manage and all those that we only carry.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use thiserror::Error;

/// A user object whose attributes keep their order and, byte for byte, their values.
///
/// A save replaces the whole user as far as anybody knows (API facts, "POST user/save"), and types drift between
/// answers, so nothing here is parsed that is not managed.
#[derive(Debug, Clone, Default)]
pub struct UserRecord {
    attributes: Vec<(String, Box<RawValue>)>,
}

/// An attribute that we manage came with a type that it can't have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the user's `{attribute}` is {found}, where text was expected")]
pub struct RecordError {
    /// The attribute's name.
    pub attribute: String,
    /// The value as it came, cut short.
    pub found: String,
}

impl UserRecord {
    /// The raw JSON of an attribute, `None` when it is missing.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(attribute, _)| attribute == name).map(|(_, value)| value.get())
    }

    /// A text attribute: `None` when missing or `null`; a number is taken as its digits.
    pub fn text(&self, name: &str) -> Result<Option<String>, RecordError> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        match serde_json::from_str::<Scalar>(raw) {
            Ok(Scalar::Text(text)) => Ok(Some(text)),
            Ok(Scalar::Number(number)) => Ok(Some(number.to_string())),
            Ok(Scalar::Null) => Ok(None),
            Ok(Scalar::Bool(_)) | Err(_) => {
                Err(RecordError { attribute: name.to_owned(), found: raw.chars().take(40).collect() })
            }
        }
    }

    /// A yes-or-no attribute: false when missing, `null` or unreadable.
    pub fn flag(&self, name: &str) -> bool {
        match self.raw(name).map(serde_json::from_str::<Scalar>) {
            Some(Ok(Scalar::Bool(flag))) => flag,
            Some(Ok(Scalar::Text(text))) => text.eq_ignore_ascii_case("true"),
            _ => false,
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

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    Null,
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
                let mut attributes = Vec::with_capacity(map.size_hint().unwrap_or(24));
                while let Some(entry) = map.next_entry::<String, Box<RawValue>>()? {
                    attributes.push(entry);
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
    fn scalars_are_read_whatever_type_they_drifted_to() {
        let record: UserRecord =
            serde_json::from_str(r#"{"uid":42,"isHidden":"true","isGod":null,"lastName":null,"email":{"x":1}}"#)
                .unwrap();
        assert_eq!(record.text("uid").unwrap().as_deref(), Some("42"));
        assert!(record.flag("isHidden"));
        assert!(!record.flag("isGod"));
        assert_eq!(record.text("lastName").unwrap(), None);
        assert!(record.text("email").is_err());
    }
}
