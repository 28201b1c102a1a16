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
    /// Left out of search and directory, or not.
    IsHidden,
    /// The tenant's identifier of the user.
    Uid,
    /// The password of a user to be created.
    Password,
    /// The groups that the user belongs to.
    Groups,
}

impl Field {
    /// All fields, in the order in which they are documented.
    pub const ALL: [Self; 8] = [
        Self::Email,
        Self::FirstName,
        Self::LastName,
        Self::Status,
        Self::IsHidden,
        Self::Uid,
        Self::Password,
        Self::Groups,
    ];

    /// The name of the field, as options, messages and reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::Status => "status",
            Self::IsHidden => "isHidden",
            Self::Uid => "uid",
            Self::Password => "password",
            Self::Groups => "groups",
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}
