//! The table of managed fields. Everything that knows them (plan, drift check, save, export, reports, the list's
//! `fields`) walks it: a field that is planned and never written can't be added.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use strum::{Display, EnumString, IntoStaticStr};
use thiserror::Error;

use crate::model::{Scalar, Status, UserRecord, is_same_address, is_same_name};

/// An attribute of a user that a CSV can change. Listed in the order of plans and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Display, EnumString, IntoStaticStr)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum ManagedField {
    /// `email`: changed only for a row with a `uid`.
    Email,
    /// `firstName`
    FirstName,
    /// `lastName`
    LastName,
    /// `status`
    Status,
    /// `isHidden`
    IsHidden,
}

/// How many managed fields there are.
pub const FIELDS: usize = ManagedField::ALL.len();

/// What kind of value a field holds: how it is read, compared and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    Name,
    Status,
    Flag,
}

/// A value of a managed field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// An address or a name.
    Text(Cow<'a, str>),
    /// Enabled or disabled.
    Status(Status),
    /// Yes or no.
    Flag(bool),
}

/// An attribute holds something that its field can't have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the user's `{field}` can't be read: {found}")]
pub struct Unreadable {
    /// The API's name of the field.
    pub field: &'static str,
    /// What it holds, cut short.
    pub found: String,
}

impl ManagedField {
    /// All fields, in the order of plans and reports.
    pub const ALL: [Self; 5] = [Self::Email, Self::FirstName, Self::LastName, Self::Status, Self::IsHidden];

    /// The API's name, which plans and reports use too.
    pub fn api_name(self) -> &'static str {
        self.into()
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Email => Kind::Address,
            Self::FirstName | Self::LastName => Kind::Name,
            Self::Status => Kind::Status,
            Self::IsHidden => Kind::Flag,
        }
    }

    /// The field of this API name.
    pub fn from_api_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// What a user has whose attribute is missing: the schema's default.
    pub const fn default_value(self) -> FieldValue<'static> {
        match self.kind() {
            Kind::Address | Kind::Name => FieldValue::Text(Cow::Borrowed("")),
            Kind::Status => FieldValue::Status(Status::Enabled),
            Kind::Flag => FieldValue::Flag(false),
        }
    }

    /// Reads an attribute; `None` when it is missing.
    pub fn read<'a>(self, attribute: &Scalar<'a>) -> Result<Option<FieldValue<'a>>, Unreadable> {
        let text = |text: &Cow<'a, str>| Some(FieldValue::Text(text.clone()));
        let read = match (self.kind(), attribute) {
            (_, Scalar::Missing) => None,
            (Kind::Address | Kind::Name, Scalar::Text(value)) => text(value),
            (Kind::Flag, Scalar::Flag(flag)) => Some(FieldValue::Flag(*flag)),
            (Kind::Status | Kind::Flag, Scalar::Text(word)) if word.is_empty() => None,
            (Kind::Status, Scalar::Text(word)) => Some(FieldValue::Status(self.known(Status::from_word(word), word)?)),
            (Kind::Flag, Scalar::Text(word)) => Some(FieldValue::Flag(self.known(flag_from_word(word), word)?)),
            (Kind::Address | Kind::Name | Kind::Status, Scalar::Flag(flag)) => {
                return Err(self.unreadable(if *flag { "true" } else { "false" }));
            }
            (_, Scalar::Unusable) => return Err(self.unreadable("it is no plain text")),
        };
        Ok(read)
    }

    /// The value that a user object holds; the default where the attribute is missing.
    pub fn read_from(self, user: &UserRecord) -> Result<FieldValue<'_>, Unreadable> {
        Ok(self.read(&user.scalar(self.api_name()))?.unwrap_or(self.default_value()))
    }

    /// Whether two values are the same as far as a reader of the directory can see.
    pub fn is_same(self, left: &FieldValue<'_>, right: &FieldValue<'_>) -> bool {
        match (self.kind(), left, right) {
            (Kind::Address, FieldValue::Text(left), FieldValue::Text(right)) => is_same_address(left, right),
            (Kind::Name, FieldValue::Text(left), FieldValue::Text(right)) => is_same_name(left, right),
            (_, left, right) => left == right,
        }
    }

    /// The value in a word that [`ManagedField::unpack`] reads again; an empty one stands for no value.
    pub(in crate::model) fn pack<'a>(value: Option<&'a FieldValue<'_>>) -> &'a str {
        match value {
            None => "",
            Some(value) => value.as_str(),
        }
    }

    pub(in crate::model) fn unpack(self, packed: &str) -> Option<FieldValue<'_>> {
        if packed.is_empty() {
            return None;
        }
        Some(match self.kind() {
            Kind::Address | Kind::Name => FieldValue::Text(Cow::Borrowed(packed)),
            Kind::Status if packed == Status::Enabled.as_str() => FieldValue::Status(Status::Enabled),
            Kind::Status => FieldValue::Status(Status::Disabled),
            Kind::Flag => FieldValue::Flag(packed == TRUE),
        })
    }

    fn known<T>(self, read: Option<T>, word: &str) -> Result<T, Unreadable> {
        read.ok_or_else(|| self.unreadable(word))
    }

    fn unreadable(self, found: &str) -> Unreadable {
        Unreadable { field: self.api_name(), found: found.chars().take(40).collect() }
    }
}

const TRUE: &str = "true";
const FALSE: &str = "false";

fn flag_from_word(word: &str) -> Option<bool> {
    match word {
        _ if word.eq_ignore_ascii_case(TRUE) => Some(true),
        _ if word.eq_ignore_ascii_case(FALSE) => Some(false),
        _ => None,
    }
}

impl<'a> FieldValue<'a> {
    /// A text that is borrowed.
    pub const fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// As people read it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Status(status) => status.as_str(),
            Self::Flag(true) => TRUE,
            Self::Flag(false) => FALSE,
        }
    }

    /// The value, borrowed from this one.
    pub fn borrowed(&self) -> FieldValue<'_> {
        match self {
            Self::Text(text) => FieldValue::text(text),
            Self::Status(status) => FieldValue::Status(*status),
            Self::Flag(flag) => FieldValue::Flag(*flag),
        }
    }

    /// The value, owned.
    pub fn into_owned(self) -> FieldValue<'static> {
        match self {
            Self::Text(text) => FieldValue::Text(Cow::Owned(text.into_owned())),
            Self::Status(status) => FieldValue::Status(status),
            Self::Flag(flag) => FieldValue::Flag(flag),
        }
    }
}

/// Texts and words as JSON strings, flags as `true` and `false`: the way in which the API takes them.
impl Serialize for FieldValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Text(_) | Self::Status(_) => serializer.serialize_str(self.as_str()),
        }
    }
}

/// At most one value for each managed field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldValues<'a>([Option<FieldValue<'a>>; FIELDS]);

impl<'a> FieldValues<'a> {
    /// The value of a field, where there is one.
    pub fn get(&self, field: ManagedField) -> Option<&FieldValue<'a>> {
        self.0[field as usize].as_ref()
    }

    /// Gives a field a value; an empty text is none.
    pub fn set(&mut self, field: ManagedField, value: impl Into<Option<FieldValue<'a>>>) {
        let value = value.into().filter(|value| !value.as_str().is_empty());
        self.0[field as usize] = value;
    }

    /// The same values with one more.
    #[must_use]
    pub fn with(mut self, field: ManagedField, value: impl Into<Option<FieldValue<'a>>>) -> Self {
        self.set(field, value);
        self
    }

    /// The value of a field as text; empty when there is none.
    pub fn text(&self, field: ManagedField) -> &str {
        self.get(field).map_or("", FieldValue::as_str)
    }

    /// The status, where there is one.
    pub fn status(&self) -> Option<Status> {
        match self.get(ManagedField::Status) {
            Some(FieldValue::Status(status)) => Some(*status),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_reads_back_what_it_packs_and_knows_its_name() {
        for field in ManagedField::ALL {
            assert_eq!(ManagedField::from_api_name(field.api_name()), Some(field));
            let values = match field.kind() {
                Kind::Address => vec![FieldValue::text("a@example.com")],
                Kind::Name => vec![FieldValue::text("Zoë")],
                Kind::Status => vec![FieldValue::Status(Status::Enabled), FieldValue::Status(Status::Disabled)],
                Kind::Flag => vec![FieldValue::Flag(true), FieldValue::Flag(false)],
            };
            for value in values {
                assert_eq!(field.unpack(ManagedField::pack(Some(&value))), Some(value.clone()));
            }
            assert_eq!(field.unpack(ManagedField::pack(None)), None);
        }
    }

    #[test]
    fn attributes_are_read_in_the_types_that_they_drift_to_and_nothing_is_guessed() {
        let read = |field: ManagedField, json: &'static str| {
            field.read(&Scalar::parse(json)).map(|value| value.map(|value| value.as_str().to_owned()))
        };
        let is = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(read(ManagedField::FirstName, "7"), is("7"));
        assert_eq!(read(ManagedField::FirstName, "null"), Ok(None));
        assert_eq!(read(ManagedField::Status, r#""ENABLED""#), is("enabled"));
        assert_eq!(read(ManagedField::Status, r#""""#), Ok(None));
        assert_eq!(read(ManagedField::IsHidden, r#""True""#), is("true"));
        for (field, json) in [
            (ManagedField::FirstName, "true"),
            (ManagedField::LastName, "{}"),
            (ManagedField::Status, r#""archived""#),
            (ManagedField::Status, "true"),
            (ManagedField::IsHidden, "1"),
            (ManagedField::IsHidden, r#""maybe""#),
        ] {
            assert!(read(field, json).is_err(), "{field} {json}");
        }
    }
}
