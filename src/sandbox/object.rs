//! A JSON object whose attributes keep their order and, byte for byte, their values.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::scan;

/// What a client sent as a User, taken apart no further than its attributes.
#[derive(Debug, Clone, Default)]
pub(super) struct RawObject {
    attributes: Vec<(String, Box<RawValue>)>,
}

impl RawObject {
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The raw value of an attribute; `null` counts as missing.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.get()).filter(|raw| *raw != "null")
    }

    /// Replaces an attribute in its place, or adds it at the end.
    pub(super) fn set_raw(&mut self, name: &str, value: Box<RawValue>) {
        match self.attributes.iter_mut().find(|(attribute, _)| attribute == name) {
            Some((_, old)) => *old = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }

    pub(super) fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), serde_json::Error> {
        self.set_raw(name, serde_json::value::to_raw_value(value)?);
        Ok(())
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.attributes.retain(|(attribute, _)| attribute != name);
    }

    /// The object as one line: newlines between tokens become blanks, as the state is kept one user a line.
    pub(super) fn to_line(&self) -> Result<String, serde_json::Error> {
        let mut line = String::with_capacity(512);
        for (name, value) in &self.attributes {
            line.push(if line.is_empty() { '{' } else { ',' });
            line.push_str(&serde_json::to_string(name)?);
            line.push(':');
            line.push_str(&value.get().replace(['\n', '\r'], " "));
        }
        line.push_str(if line.is_empty() { "{}" } else { "}" });
        Ok(line)
    }

    /// What a text attribute says.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(scan::text).map(std::borrow::Cow::into_owned)
    }
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attributes;
        impl<'de> Visitor<'de> for Attributes {
            type Value = RawObject;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject, A::Error> {
                let mut object = RawObject::default();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    object.set_raw(&name, value);
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_byte_for_byte_and_in_order() {
        let sent = r#"{"z":12345678901234567890123,"a":{ "b" : 1.0 },"c":"\u00e9"}"#;
        assert_eq!(RawObject::parse(sent).unwrap().to_line().unwrap(), sent);
    }

    #[test]
    fn an_object_over_several_lines_becomes_one() {
        let object = RawObject::parse("{\"a\":{\n\"b\":[1,\r\n2]\n}\n}").unwrap();
        assert_eq!(object.to_line().unwrap(), r#"{"a":{ "b":[1,  2] }}"#);
    }

    #[test]
    fn the_last_of_two_equal_names_wins_and_null_counts_as_missing() {
        let object = RawObject::parse(r#"{"a":1,"a":2,"b":null}"#).unwrap();
        assert_eq!(object.get("a"), Some("2"));
        assert_eq!(object.get("b"), None);
        assert!(RawObject::parse("[1]").is_err());
    }
}
