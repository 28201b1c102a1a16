//! One change of a user that the plan asks for.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::IntoStaticStr;

use crate::model::{FieldValue, ManagedField, Scalar, Status, Uid};

/// What is done to one user, with everything that applying it needs but a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ActionDocument", into = "ActionDocument")]
pub struct Action {
    /// The address: the row's for a create, else the one that the user has now.
    pub email: Box<str>,
    /// Line of the CSV that asks for it.
    pub row: Option<u64>,
    /// First and last name as they are now, or as a create sends them; nothing is decided by it.
    pub name: Option<Box<str>>,
    /// Why the action is in the plan.
    pub reason: Reason,
    /// What a reviewer should look at, such as a likely change of address.
    pub note: Option<Box<str>>,
    /// What is done.
    pub change: UserChange,
}

/// What is done to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserChange {
    /// A new account.
    Create {
        /// The row's filled cells, without the address.
        fields: Changes,
        /// The row has a password, which no plan holds.
        needs_password: bool,
    },
    /// Managed fields of an account change.
    Edit {
        /// Whose.
        uid: Uid,
        /// The fields that change, and nothing else.
        fields: Changes,
    },
}

/// The kinds of changes, in the order of summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ActionKind {
    /// A new account.
    Create,
    /// Fields change, the status does not.
    Update,
    /// The user becomes enabled; names may change too.
    Enable,
    /// The user becomes disabled; names may change too.
    Disable,
    /// The user is added to a group; never an action, but part of a plan's memberships.
    Join,
    /// The user is removed from a group; never an action either.
    Leave,
}

/// The steps of applying; one ends before the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Creates and enables.
    Admit,
    /// Updates.
    Update,
    /// Users are added to groups.
    Join,
    /// Users are removed from groups.
    Leave,
    /// Disables.
    Disable,
}

/// Why an action is in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// A row of the CSV asks for it.
    Row,
    /// No row names the user.
    Absent,
    /// A run is taken back.
    Undo,
}

/// The managed fields that an action changes, in the order of the table of fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes(Vec<(ManagedField, Change)>);

/// A field's value now and after the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `None` for a create.
    pub before: Option<FieldValue<'static>>,
    /// What the field becomes.
    pub after: FieldValue<'static>,
}

/// A change of any field, as texts, for tables that people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange<'a> {
    /// The API's name of the field.
    pub field: &'static str,
    /// `None` for a create.
    pub before: Option<&'a str>,
    /// What it becomes.
    pub after: &'a str,
}

impl Action {
    /// Create, update, enable or disable: follows from what is done.
    pub fn kind(&self) -> ActionKind {
        match &self.change {
            UserChange::Create { .. } => ActionKind::Create,
            UserChange::Edit { fields, .. } => match fields.status() {
                Some(Status::Enabled) => ActionKind::Enable,
                Some(Status::Disabled) => ActionKind::Disable,
                None => ActionKind::Update,
            },
        }
    }

    /// The user's identifier; a create has none.
    pub fn uid(&self) -> Option<&Uid> {
        match &self.change {
            UserChange::Create { .. } => None,
            UserChange::Edit { uid, .. } => Some(uid),
        }
    }

    /// The fields that it sets.
    pub fn fields(&self) -> &Changes {
        match &self.change {
            UserChange::Create { fields, .. } | UserChange::Edit { fields, .. } => fields,
        }
    }

    /// The changes as texts, for tables that people read.
    pub fn field_changes(&self) -> impl Iterator<Item = FieldChange<'_>> {
        self.fields().iter().map(|(field, change)| FieldChange {
            field: field.api_name(),
            before: change.before.as_ref().map(FieldValue::as_str),
            after: change.after.as_str(),
        })
    }

    /// Whether the create's row has a password, which no plan holds.
    pub fn needs_password(&self) -> bool {
        matches!(self.change, UserChange::Create { needs_password: true, .. })
    }
}

impl ActionKind {
    /// All kinds, in the order of summaries.
    pub const ALL: [Self; 6] = [Self::Create, Self::Update, Self::Enable, Self::Disable, Self::Join, Self::Leave];

    /// The word of plans and reports.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// When it is applied: users get access first, and lose it last.
    pub fn phase(self) -> Phase {
        match self {
            Self::Create | Self::Enable => Phase::Admit,
            Self::Update => Phase::Update,
            Self::Disable => Phase::Disable,
            Self::Join => Phase::Join,
            Self::Leave => Phase::Leave,
        }
    }
}

impl Phase {
    /// In the order of applying.
    pub const ALL: [Self; 5] = [Self::Admit, Self::Update, Self::Join, Self::Leave, Self::Disable];
}

impl Changes {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changes, in the order of the table of fields.
    pub fn iter(&self) -> impl Iterator<Item = (ManagedField, &Change)> {
        self.0.iter().map(|(field, change)| (*field, change))
    }

    /// The change of one field, if it changes.
    pub fn get(&self, field: ManagedField) -> Option<&Change> {
        self.0.iter().find(|(changed, _)| *changed == field).map(|(_, change)| change)
    }

    /// The status that the action sets, if it sets one.
    pub fn status(&self) -> Option<Status> {
        match self.get(ManagedField::Status)?.after {
            FieldValue::Status(status) => Some(status),
            FieldValue::Text(_) | FieldValue::Flag(_) => None,
        }
    }
}

impl FromIterator<(ManagedField, Change)> for Changes {
    fn from_iter<I: IntoIterator<Item = (ManagedField, Change)>>(changes: I) -> Self {
        let mut changes: Vec<_> = changes.into_iter().collect();
        changes.sort_by_key(|(field, _)| *field);
        Self(changes)
    }
}

impl Serialize for Changes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, change) in self.iter() {
            map.serialize_entry(&field, change)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Changes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldMap;
        impl<'de> Visitor<'de> for FieldMap {
            type Value = Changes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the fields that change")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Changes, A::Error> {
                let mut changes: Vec<(ManagedField, Change)> = Vec::new();
                while let Some((name, change)) = map.next_entry::<String, ChangeDocument<'_>>()? {
                    let field = ManagedField::from_api_name(&name)
                        .ok_or_else(|| A::Error::custom(format_args!("unknown field `{name}`")))?;
                    if changes.iter().any(|(known, _)| *known == field) {
                        return Err(A::Error::custom(format_args!("the field `{name}` comes twice")));
                    }
                    changes.push((field, change.into_change(field).map_err(A::Error::custom)?));
                }
                Ok(changes.into_iter().collect())
            }
        }
        deserializer.deserialize_map(FieldMap)
    }
}

/// A change as a plan file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeDocument<'a> {
    #[serde(borrow)]
    before: Scalar<'a>,
    #[serde(borrow)]
    after: Scalar<'a>,
}

impl ChangeDocument<'_> {
    fn into_change(self, field: ManagedField) -> Result<Change, String> {
        let read = |value: &Scalar<'_>| match value {
            // An empty text is a value here: the user has no name yet.
            Scalar::Text(text) if text.is_empty() => Ok(Some(FieldValue::text(""))),
            value => {
                field.read(value).map(|value| value.map(FieldValue::into_owned)).map_err(|error| error.to_string())
            }
        };
        let after = read(&self.after)?.ok_or_else(|| format!("`{field}` has no `after`"))?;
        Ok(Change { before: read(&self.before)?, after })
    }
}

/// An action as a plan file has it. Its kind is held against what it does, so that a plan says what is done.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ActionDocument {
    kind: ActionKind,
    email: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<Uid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Box<str>>,
    reason: Reason,
    changes: Changes,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    needs_password: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Box<str>>,
}

impl From<Action> for ActionDocument {
    fn from(action: Action) -> Self {
        let kind = action.kind();
        let (uid, changes, needs_password) = match action.change {
            UserChange::Create { fields, needs_password } => (None, fields, needs_password),
            UserChange::Edit { uid, fields } => (Some(uid), fields, false),
        };
        let Action { email, row, name, reason, note, change: _ } = action;
        Self { kind, email, uid, row, name, reason, changes, needs_password, note }
    }
}

impl TryFrom<ActionDocument> for Action {
    type Error = String;

    fn try_from(document: ActionDocument) -> Result<Self, String> {
        let ActionDocument { kind, email, uid, row, name, reason, changes: fields, needs_password, note } = document;
        let change = match uid {
            Some(uid) => UserChange::Edit { uid, fields },
            None => UserChange::Create { fields, needs_password },
        };
        let action = Self { email, row, name, reason, note, change };
        if action.kind() == kind {
            Ok(action)
        } else {
            let (email, done) = (&action.email, action.kind().as_str());
            Err(format!("the action for {email} is called `{}`, but what it does is `{done}`", kind.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISABLE: &str = r#"{"kind":"disable","email":"a@example.com","uid":"7","reason":"absent","changes":{"status":{"before":"enabled","after":"disabled"}}}"#;

    #[test]
    fn an_action_reads_back_as_it_was_written() {
        let action: Action = serde_json::from_str(DISABLE).unwrap();
        assert_eq!(action.kind(), ActionKind::Disable);
        assert_eq!(serde_json::to_string(&action).unwrap(), DISABLE);
    }

    #[test]
    fn an_action_that_is_called_what_it_does_not_do_is_refused() {
        for (from, to) in [
            ("\"kind\":\"disable\"", "\"kind\":\"update\""),
            ("\"kind\":\"disable\"", "\"kind\":\"create\""),
            (",\"uid\":\"7\"", ""),
            ("\"after\":\"disabled\"", "\"after\":\"archived\""),
            ("\"after\":\"disabled\"", "\"after\":null"),
            ("\"status\":{", "\"lang\":{"),
        ] {
            let changed = DISABLE.replace(from, to);
            assert!(serde_json::from_str::<Action>(&changed).is_err(), "{changed}");
        }
    }
}
