//! Who joins and leaves a group. No plan has any yet: they are part of the format, so that it stays the same with them.

use serde::{Deserialize, Serialize};

use crate::model::Uid;

/// The changes of one group's members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Membership {
    /// Which group.
    pub group: GroupName,
    /// Users to add.
    pub join: Vec<Member>,
    /// Users to remove.
    pub leave: Vec<Member>,
}

/// A group, as documents name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupName {
    /// The tenant's identifier of the group.
    pub id: String,
    /// As people know it.
    pub name: String,
}

/// A user who joins or leaves a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// Whose.
    pub email: Box<str>,
    /// The user's identifier; one that the same plan creates has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// Line of the CSV that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
}
