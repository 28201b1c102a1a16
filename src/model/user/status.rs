//! Whether an account can log in.

use serde::{Deserialize, Serialize};

/// The two statuses that the API documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The user can log in.
    Enabled,
    /// The account is kept, but closed.
    Disabled,
}

impl Status {
    /// The API's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }

    /// Reads the API's word, in any case; `None` for any other: nobody is enabled or disabled on a guess.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Enabled, Self::Disabled].into_iter().find(|status| status.as_str().eq_ignore_ascii_case(word))
    }
}
