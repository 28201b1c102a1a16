//! What the API's answers look like: pages of users, errors, tokens. Reads what the schema says and what was seen.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What a page says beside its users.
#[derive(Debug, Default)]
pub(super) struct PageEnd {
    pub(super) cursor: Option<String>,
    pub(super) more: Flag,
    pub(super) has_users: bool,
    /// A page has no error; an answer that has one is no page, whatever its status says.
    pub(super) has_error: bool,
}

/// The part of a listed user that a diff needs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ListedUser<'a> {
    #[serde(borrow)]
    pub(super) uid: Text<'a>,
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) email: Text<'a>,
    #[serde(borrow)]
    pub(super) first_name: Text<'a>,
    #[serde(borrow)]
    pub(super) last_name: Text<'a>,
    #[serde(borrow)]
    pub(super) status: Text<'a>,
    #[serde(borrow)]
    pub(super) account_type: Text<'a>,
    pub(super) is_hidden: Flag,
    pub(super) is_super_admin: Flag,
    pub(super) is_god: Flag,
}

/// A text attribute in whatever type it came: types drift between answers (API facts, "User attributes").
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Text<'a> {
    #[default]
    Missing,
    Value(Cow<'a, str>),
    /// An object, a list or a truth value: nothing that a text could be.
    Drifted,
}

impl Text<'_> {
    /// The text; empty when it is missing or no text.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Value(text) => text,
            Self::Missing | Self::Drifted => "",
        }
    }

    pub(super) fn has_drifted(&self) -> bool {
        matches!(self, Self::Drifted)
    }
}

/// A yes-or-no attribute in whatever type it came.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    #[default]
    Missing,
    Value(bool),
    Drifted,
}

impl Flag {
    pub(super) fn is_set(self) -> bool {
        self == Self::Value(true)
    }

    pub(super) fn has_drifted(self) -> bool {
        self == Self::Drifted
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText;
        impl<'de> Visitor<'de> for AnyText {
            type Value = Text<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text::Value(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text::Value(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Text::Value(Cow::Owned(number.to_string())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Text::Value(Cow::Owned(number.to_string())))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Text::Drifted)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Text::Drifted)
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Text::Missing)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text::Drifted)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text::Drifted)
            }
        }
        deserializer.deserialize_any(AnyText)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyFlag;
        impl<'de> Visitor<'de> for AnyFlag {
            type Value = Flag;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true or false")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag::Value(value))
            }
            fn visit_str<E>(self, text: &str) -> Result<Flag, E> {
                Ok(match text {
                    "" => Flag::Missing,
                    _ if text.eq_ignore_ascii_case("true") => Flag::Value(true),
                    _ if text.eq_ignore_ascii_case("false") => Flag::Value(false),
                    _ => Flag::Drifted,
                })
            }
            fn visit_u64<E>(self, _: u64) -> Result<Flag, E> {
                Ok(Flag::Drifted)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Flag, E> {
                Ok(Flag::Drifted)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Flag, E> {
                Ok(Flag::Drifted)
            }
            fn visit_unit<E>(self) -> Result<Flag, E> {
                Ok(Flag::Missing)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flag, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Flag::Drifted)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Flag, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Flag::Drifted)
            }
        }
        deserializer.deserialize_any(AnyFlag)
    }
}

/// Hands every user of a page to `take` as it is read, without holding them all; an error of `take` ends the reading.
/// With [`IgnoredAny`] for users, only what stands beside them is read.
pub(super) fn read_users<'de, U: Deserialize<'de>>(
    page: &'de str,
    take: impl FnMut(U) -> Result<(), String>,
) -> Result<PageEnd, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(page);
    let end = deserializer.deserialize_map(WholePage(take, PhantomData))?;
    deserializer.end()?;
    Ok(end)
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum PageField {
    Items,
    Cursor,
    More,
    Error,
    #[serde(other)]
    Other,
}

struct WholePage<U, F>(F, PhantomData<U>);

impl<'de, U: Deserialize<'de>, F: FnMut(U) -> Result<(), String>> Visitor<'de> for WholePage<U, F> {
    type Value = PageEnd;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a page of users")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<PageEnd, A::Error> {
        let (mut items, mut cursor, mut more) = (None, None, None);
        let mut has_error = false;
        while let Some(field) = members.next_key()? {
            match field {
                PageField::Items => {
                    once("items", &mut items, members.next_value_seed(Users(&mut self.0, PhantomData))?)?;
                }
                PageField::Cursor => once("cursor", &mut cursor, members.next_value::<Option<String>>()?)?,
                PageField::More => once("more", &mut more, members.next_value::<Flag>()?)?,
                PageField::Error => has_error |= members.next_value::<Option<IgnoredAny>>()?.is_some(),
                PageField::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let has_users = items.unwrap_or(0) > 0;
        Ok(PageEnd { cursor: cursor.flatten(), more: more.unwrap_or_default(), has_users, has_error })
    }
}

fn once<T, E: serde::de::Error>(name: &'static str, place: &mut Option<T>, value: T) -> Result<(), E> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

/// What must be an object. Without this, a list would pass for one: derived readers take its values by place.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyObject<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyObject<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(AnyObject(PhantomData)).map(Self)
    }
}

/// The users of a page; counts them.
struct Users<'f, U, F>(&'f mut F, PhantomData<U>);

impl<'de, U: Deserialize<'de>, F: FnMut(U) -> Result<(), String>> DeserializeSeed<'de> for Users<'_, U, F> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, U: Deserialize<'de>, F: FnMut(U) -> Result<(), String>> Visitor<'de> for Users<'_, U, F> {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of users")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while let Some(Object(user)) = list.next_element::<Object<U>>()? {
            (self.0)(user).map_err(A::Error::custom)?;
            count += 1;
        }
        Ok(count)
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(0)
    }
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) access_token: String,
}

#[derive(Deserialize)]
struct ErrorAnswer<'a> {
    #[serde(borrow)]
    error: ErrorBody<'a>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorBody<'a> {
    Described {
        #[serde(borrow)]
        message: Cow<'a, str>,
    },
    Word(#[serde(borrow)] Cow<'a, str>),
}

/// Messages are told up to here: a gateway's page is no message.
const MESSAGE_CHARACTERS: usize = 300;

/// What an error answer says, on one line, cut to a readable length.
pub(super) fn error_message(body: &[u8]) -> String {
    let message = match serde_json::from_slice::<Object<ErrorAnswer<'_>>>(body) {
        Ok(Object(ErrorAnswer { error: ErrorBody::Described { message } | ErrorBody::Word(message) })) => {
            message.into_owned()
        }
        Err(_) => gateway_message(&String::from_utf8_lossy(body)),
    };
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = words.chars().filter(|character| !character.is_control()).collect();
    match line.char_indices().nth(MESSAGE_CHARACTERS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn gateway_message(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").zip(lower.find("</title>")).and_then(|(start, end)| text.get(start + 7..end));
    match title {
        Some(title) => format!("a page titled \"{}\"", title.trim()),
        None if lower.contains("<html") => "a page of HTML".to_owned(),
        None => text.to_owned(),
    }
}

/// Whether a 400 really says "too many" (API facts, "Where and how").
pub(super) fn says_rate_limited(body: &[u8]) -> bool {
    memchr::memmem::find(body, b"RATE_LIMIT_EXCEEDED").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_in_whatever_type_they_come() {
        let page = r#"{"items":[{"uid":12,"email":"a\u0040b.test","firstName":null,"lastName":{"x":[1]},
            "isHidden":"true","isGod":1,"isSuperAdmin":false,"unknown":{"a":[{}]}}],"facets":{}}"#;
        let mut seen = Vec::new();
        read_users(page, |user: ListedUser<'_>| {
            assert_eq!(user.uid.as_str(), "12");
            assert_eq!(user.email.as_str(), "a@b.test");
            assert!(user.last_name.has_drifted() && user.is_god.has_drifted() && user.is_hidden.is_set());
            seen.push(user.first_name == Text::Missing);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, [true]);
    }

    #[test]
    fn errors_are_read_in_the_apis_shape_and_in_a_gateways() {
        assert_eq!(error_message(br#"{"error":{"code":400,"message":"no\nsuch  user","errors":[]}}"#), "no such user");
        assert_eq!(error_message(br#"{"error":"invalid_client"}"#), "invalid_client");
        assert_eq!(
            error_message(b"<html><head><title>502 Bad Gateway</title></head>"),
            "a page titled \"502 Bad Gateway\""
        );
        assert_eq!(error_message(b"upstream\x1b[31m timed out"), "upstream[31m timed out");
        assert_eq!(error_message("é".repeat(500).as_bytes()).chars().count(), 301);
    }
}
