//! What is wrong with a row, as data.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::source::columns::Column;

/// One thing that makes a row invalid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Physical line on which the row begins, from 1.
    pub line: u64,
    /// The column at fault; none when the whole row is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<Column>,
    /// What stands in the cell; never a password, and cut when it is long.
    pub value: String,
    /// Which rule it breaks.
    pub kind: ProblemKind,
    /// For a person to read.
    pub reason: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The rules that a row can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ProblemKind {
    /// More or fewer cells than the header.
    FieldCount,
    /// Text behind a closing quote.
    BrokenQuotes,
    /// The header once more, as in concatenated exports.
    RepeatedHeader,
    /// No address.
    MissingEmail,
    /// Something else where the address should be.
    NotAnAddress,
    /// A character without width or with a direction.
    InvisibleCharacter,
    /// A newline, a tab, an escape.
    ControlCharacter,
    /// A word that says neither enabled nor disabled.
    UnreadableStatus,
    /// A word that says neither yes nor no.
    UnreadableFlag,
    /// A day in another form than the one that is read.
    UnreadableDate,
    /// An identifier that a spreadsheet has spoilt.
    UnreadableUid,
    /// Something else than groups.
    UnreadableGroups,
    /// The address stands on another row too.
    DuplicateEmail,
    /// The identifier stands on another row too.
    DuplicateUid,
}

impl ProblemKind {
    /// The kind as a count of rows reads: "3 × …".
    pub fn summary(self) -> &'static str {
        match self {
            Self::FieldCount => "wrong number of fields",
            Self::BrokenQuotes => "broken quotes",
            Self::RepeatedHeader => "header repeated",
            Self::MissingEmail => "no e-mail address",
            Self::NotAnAddress => "not an e-mail address",
            Self::InvisibleCharacter => "invisible character",
            Self::ControlCharacter => "control character",
            Self::UnreadableStatus => "unreadable status",
            Self::UnreadableFlag => "unreadable yes or no",
            Self::UnreadableDate => "unreadable date",
            Self::UnreadableUid => "unreadable uid",
            Self::UnreadableGroups => "unreadable groups",
            Self::DuplicateEmail => "e-mail address on several rows",
            Self::DuplicateUid => "uid on several rows",
        }
    }
}

/// How many problems are kept as they are; a file that is wrong throughout has millions.
pub(crate) const KEPT: usize = 10_000;

/// The first problems, and how many there are of each kind.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) first: Vec<Problem>,
    pub(crate) counts: BTreeMap<ProblemKind, u64>,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        *self.counts.entry(problem.kind).or_default() += 1;
        if self.first.len() < KEPT {
            self.first.push(problem);
        }
    }
}
