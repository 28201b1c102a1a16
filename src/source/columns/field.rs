//! The fields that a CSV can have.

use serde::Serialize;
use strum::{Display, IntoStaticStr, VariantArray};

/// A field that a column can be matched to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Display, IntoStaticStr, VariantArray)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Field {
    /// The address; the one that must be there.
    Email,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// Enabled or disabled.
    Status,
    /// The opposite of the status: yes is disabled.
    Disabled,
    /// The first day on which the user is wanted.
    StartDate,
    /// The last one.
    EndDate,
    /// Left out of search and directory, or not.
    IsHidden,
    /// The tenant's identifier of the user.
    Uid,
    /// The groups that the user is in.
    Groups,
    /// The password of a user to be created.
    Password,
}

impl Field {
    /// All fields, in the order in which they are documented.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The fields that say who is in and who has left.
    pub(crate) const OF_LEAVING: [Self; 3] = [Self::Status, Self::Disabled, Self::EndDate];

    /// The name of the field, as options, messages and reports write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
