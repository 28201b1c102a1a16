//! The fields that a CSV can have.

/// A field that a column can be matched to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
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
    pub const ALL: [Self; 11] = [
        Self::Email,
        Self::FirstName,
        Self::LastName,
        Self::Status,
        Self::Disabled,
        Self::StartDate,
        Self::EndDate,
        Self::IsHidden,
        Self::Uid,
        Self::Groups,
        Self::Password,
    ];

    /// The fields that say who is in and who has left.
    pub(crate) const OF_LEAVING: [Self; 3] = [Self::Status, Self::Disabled, Self::EndDate];

    /// The name of the field, as options, messages and reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::Status => "status",
            Self::Disabled => "disabled",
            Self::StartDate => "startDate",
            Self::EndDate => "endDate",
            Self::IsHidden => "isHidden",
            Self::Uid => "uid",
            Self::Groups => "groups",
            Self::Password => "password",
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}
