//! Where an account comes from.

use serde::{Deserialize, Serialize};
use strum::{Display, IntoStaticStr};

/// The account types that the API documents (`docs/lumapps-api.md`), and one for whatever else it may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum AccountType {
    /// Created and changed by API: what lumsync manages by default, and the only type that it creates.
    External,
    /// Synchronized from a Google directory.
    Google,
    /// Synchronized from a Microsoft directory.
    Microsoft,
    /// Synchronized from Okta.
    Okta,
    /// Any other word, or no text at all.
    Undocumented,
}

impl AccountType {
    /// The types that the API documents.
    pub const DOCUMENTED: [Self; 4] = [Self::External, Self::Google, Self::Microsoft, Self::Okta];

    /// The API's word.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the API's word, in any case.
    pub fn from_word(word: &str) -> Self {
        let is_meant = |known: &Self| known.as_str().eq_ignore_ascii_case(word);
        Self::DOCUMENTED.into_iter().find(is_meant).unwrap_or(Self::Undocumented)
    }
}
