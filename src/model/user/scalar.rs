//! One JSON attribute in whatever type it came: types drift between the API's answers (`docs/lumapps-api.md`).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// An attribute as far as a managed field or a check can use it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// Absent or `null`.
    #[default]
    Missing,
    /// Text, or a whole number as its digits.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Flag(bool),
    /// An object, a list, a fraction, or text that can't be decoded.
    Unusable,
}

impl<'a> Scalar<'a> {
    /// Reads one JSON value; what can't be decoded is [`Scalar::Unusable`].
    pub fn parse(json: &'a str) -> Self {
        serde_json::from_str(json).unwrap_or(Self::Unusable)
    }

    /// Whether a privilege (`isSuperAdmin`, `isGod`) must be taken as granted: anything but `false`, `null` and absence.
    pub fn is_set(&self) -> bool {
        !matches!(self, Self::Missing | Self::Flag(false))
    }

    /// The text; empty when there is none.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Missing | Self::Flag(_) | Self::Unusable => "",
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl<'de> Visitor<'de> for AnyValue {
            type Value = Scalar<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("any value")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(number.to_string())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(number.to_string())))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Scalar::Unusable)
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(Scalar::Flag(flag))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Missing)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Unusable)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Unusable)
            }
        }
        deserializer.deserialize_any(AnyValue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_in_whatever_type_it_came() {
        let text = |text: &'static str| Scalar::Text(text.into());
        for (json, read) in [
            ("null", Scalar::Missing),
            (r#""a\u0040b""#, text("a@b")),
            ("42", text("42")),
            ("-7", text("-7")),
            ("true", Scalar::Flag(true)),
            ("1.5", Scalar::Unusable),
            (r#"{"x":[1]}"#, Scalar::Unusable),
            ("[[]]", Scalar::Unusable),
            (r#""cut \ud83d""#, Scalar::Unusable),
        ] {
            assert_eq!(Scalar::parse(json), read, "{json}");
        }
    }

    #[test]
    fn a_privilege_is_set_unless_it_is_plainly_not() {
        for (json, is_set) in [
            ("null", false),
            ("false", false),
            ("true", true),
            ("1", true),
            ("0", true),
            (r#""yes""#, true),
            (r#""false""#, true),
            ("{}", true),
            ("[true]", true),
        ] {
            assert_eq!(Scalar::parse(json).is_set(), is_set, "{json}");
        }
    }
}
