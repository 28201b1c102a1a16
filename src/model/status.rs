//! Whether an account can log in.

use serde::{Deserialize, Serialize};

/// The status that a row wants or that an action sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The person can log in.
    Enabled,
    /// The account is kept, but closed.
    Disabled,
}

impl Status {
    /// The word that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

/// The status that the tenant told of a user.
///
/// The API documents two words; a third is kept apart so that nobody is enabled or disabled on a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantStatus {
    /// `enabled`, or nothing: the schema's default.
    Enabled,
    /// `disabled`.
    Disabled,
    /// A word that we don't know, or an answer that can't be read: nobody is enabled or disabled on it.
    Unknown,
}

impl TenantStatus {
    /// Reads the API's word; an absent one means enabled (schema default).
    pub fn from_api(word: Option<&str>) -> Self {
        match word {
            None | Some("") => Self::Enabled,
            Some(word) if word.eq_ignore_ascii_case("enabled") => Self::Enabled,
            Some(word) if word.eq_ignore_ascii_case("disabled") => Self::Disabled,
            Some(_) => Self::Unknown,
        }
    }

    /// The status where it is one of the two documented ones.
    pub fn known(self) -> Option<Status> {
        match self {
            Self::Enabled => Some(Status::Enabled),
            Self::Disabled => Some(Status::Disabled),
            Self::Unknown => None,
        }
    }
}
