//! JSON text taken apart one level deep; each value stays as it was written, byte for byte.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// A JSON object that can be changed attribute by attribute.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawObject {
    attributes: Vec<(String, Box<RawValue>)>,
}

impl RawObject {
    /// Of two attributes of the same name the last one wins.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut object = Self::default();
        for (name, value) in serde_json::from_str::<Pairs<String, Box<RawValue>>>(text)?.0 {
            object.set_raw(&name, value);
        }
        Ok(object)
    }

    /// The raw value of an attribute; `null` counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.get()).filter(|raw| *raw != "null")
    }

    /// The value of a text attribute.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(text)
    }

    /// Replaces an attribute in its place, or adds it at the end.
    pub(crate) fn set_raw(&mut self, name: &str, value: Box<RawValue>) {
        match self.attributes.iter_mut().find(|(attribute, _)| attribute == name) {
            Some((_, old)) => *old = value,
            None => self.push_raw(name, value),
        }
    }

    pub(crate) fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), serde_json::Error> {
        self.set_raw(name, serde_json::value::to_raw_value(value)?);
        Ok(())
    }

    /// Adds an attribute even where another has its name.
    pub(crate) fn push_raw(&mut self, name: &str, value: Box<RawValue>) {
        self.attributes.push((name.to_owned(), value));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.attributes.retain(|(attribute, _)| attribute != name);
    }

    /// The object on one line: line breaks between tokens become blanks.
    pub(crate) fn to_line(&self) -> Result<String, serde_json::Error> {
        let mut line = String::new();
        for (name, value) in &self.attributes {
            line.push(if line.is_empty() { '{' } else { ',' });
            line.push_str(&serde_json::to_string(name)?);
            line.push(':');
            line.push_str(&value.get().replace(['\n', '\r'], " "));
        }
        line.push_str(if line.is_empty() { "{}" } else { "}" });
        Ok(line)
    }
}

/// The attributes of an object in their order; none when the text is no object.
pub(crate) fn attributes(object: &str) -> Vec<(Cow<'_, str>, &str)> {
    let pairs = serde_json::from_str::<Pairs<Name<'_>, &RawValue>>(object).map(|pairs| pairs.0).unwrap_or_default();
    pairs.into_iter().map(|(name, value)| (name.0, value.get())).collect()
}

/// The elements of an array; none when the text is no array.
pub(crate) fn elements(array: &str) -> Vec<&str> {
    serde_json::from_str::<Vec<&RawValue>>(array).unwrap_or_default().into_iter().map(RawValue::get).collect()
}

/// The raw value of one attribute.
pub(crate) fn attribute<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    attributes(object).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// A text attribute; `None` when it is missing or of another type.
pub(crate) fn text_attribute(object: &str, name: &str) -> Option<String> {
    attribute(object, name).and_then(text)
}

/// The value of a JSON string; `None` for any other value.
pub(crate) fn text(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

/// A name that is borrowed wherever it is written without escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The pairs of a JSON object in their order, also those of the same name.
struct Pairs<K, V>(Vec<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for PairsVisitor<K, V> {
    type Value = Pairs<K, V>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
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

    #[test]
    fn attributes_and_elements_come_as_they_are_written() {
        let object = r#"{"a":"x\"},{","b": {"c":[1,"]"]} ,"d":-1.50e3,"\u0065":"\ud83d"}"#;
        let expected = [("a", r#""x\"},{""#), ("b", r#"{"c":[1,"]"]}"#), ("d", "-1.50e3"), ("e", r#""\ud83d""#)];
        assert_eq!(attributes(object), expected.map(|(name, value)| (name.into(), value)));
        assert_eq!(elements(r#"[ {"a":[1]}, "x" ,3]"#), [r#"{"a":[1]}"#, r#""x""#, "3"]);
        assert_eq!((attributes("[]").len(), elements(r#""[1,2]""#).len()), (0, 0));
        assert_eq!((text(r#""a\u00e9\n""#).as_deref(), text("12")), (Some("aé\n"), None));
    }
}
