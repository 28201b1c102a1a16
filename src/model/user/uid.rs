//! The tenant's own identifier of a user.

use serde::{Deserialize, Serialize};

/// A user's `uid`: a string of digits that the tenant gave, opaque to us.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uid(Box<str>);

impl Uid {
    /// Takes the identifier as the tenant wrote it.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The identifier as the tenant wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Uid {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Many identifiers in one allocation.
#[derive(Debug, Clone, Default)]
pub struct UidList {
    text: String,
    ends: Vec<usize>,
}

impl UidList {
    /// Appends an identifier.
    pub fn push(&mut self, uid: &str) {
        self.text.push_str(uid);
        self.ends.push(self.text.len());
    }

    /// Appends those of another list.
    pub fn append(&mut self, other: &Self) {
        other.iter().for_each(|uid| self.push(uid));
    }

    /// In the order of pushing.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}
