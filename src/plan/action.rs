//! One change that the plan asks for.

use serde::{Deserialize, Serialize};

use crate::model::{Status, Uid};

/// What is done to one user, with everything that applying it needs but a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Action {
    /// Which of the four.
    pub kind: ActionKind,
    /// The address: the row's for a create, else the one that the user has now.
    pub email: Box<str>,
    /// The user's identifier; a create has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// Line of the CSV that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// First and last name as they are now or, for a create, as they will be, so that a reviewer sees a person; nothing
    /// is decided by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// A row asks for it, or the lack of one.
    pub reason: Reason,
    /// The managed fields that change, and nothing else.
    pub changes: Changes,
    /// The create's row has a password, which no plan holds.
    #[serde(default, skip_serializing_if = "is_false")]
    pub needs_password: bool,
    /// What a reviewer should look at, such as a likely change of address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Box<str>>,
}

/// The four kinds, in the order in which the contract names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionKind {
    /// A new account.
    Create,
    /// Fields change, the status does not.
    Update,
    /// The user becomes enabled; names may change too.
    Enable,
    /// The user becomes disabled; names may change too.
    Disable,
}

impl ActionKind {
    /// All kinds, as the contract lists them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Update, Self::Enable, Self::Disable];

    /// The word of plans and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Enable => "enable",
            Self::Disable => "disable",
        }
    }

    /// When it is applied: people get in first, and lose access last (contract, "Applying").
    pub fn phase(self) -> Phase {
        match self {
            Self::Create | Self::Enable => Phase::Admit,
            Self::Update => Phase::Update,
            Self::Disable => Phase::Disable,
        }
    }
}

/// The three steps of applying; one ends before the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Creates and enables.
    Admit,
    /// Updates.
    Update,
    /// Disables.
    Disable,
}

impl Phase {
    /// In the order of applying.
    pub const ALL: [Self; 3] = [Self::Admit, Self::Update, Self::Disable];
}

/// Why an action is in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// A row of the CSV asks for it.
    Row,
    /// No row names the user.
    Absent,
}

/// The managed fields that an action changes. Every field is named, so that a new one can't be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Changes {
    /// A change of address, by a row with a `uid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Change<Box<str>>>,
    /// `firstName`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Change<Box<str>>>,
    /// `lastName`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Change<Box<str>>>,
    /// `status`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Change<Status>>,
    /// `isHidden`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_hidden: Option<Change<bool>>,
}

/// A field's value now and after the action; a create has no `before`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change<T> {
    /// `null` for a create.
    pub before: Option<T>,
    /// What the field becomes.
    pub after: T,
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

impl Changes {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.fields().next().is_none()
    }

    /// The changes in the order of the document.
    pub fn fields(&self) -> impl Iterator<Item = FieldChange<'_>> {
        let Self { email, first_name, last_name, status, is_hidden } = self;
        [
            email.as_ref().map(|change| text_change("email", change)),
            first_name.as_ref().map(|change| text_change("firstName", change)),
            last_name.as_ref().map(|change| text_change("lastName", change)),
            status.as_ref().map(|change| FieldChange {
                field: "status",
                before: change.before.map(Status::as_str),
                after: change.after.as_str(),
            }),
            is_hidden.as_ref().map(|change| FieldChange {
                field: "isHidden",
                before: change.before.map(bool_word),
                after: bool_word(change.after),
            }),
        ]
        .into_iter()
        .flatten()
    }
}

fn text_change<'a>(field: &'static str, change: &'a Change<Box<str>>) -> FieldChange<'a> {
    FieldChange { field, before: change.before.as_deref(), after: &change.after }
}

fn bool_word(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if hands a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
