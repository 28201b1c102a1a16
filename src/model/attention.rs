//! What needs a person although it stops nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A fact that `-q` prints and that `--notify-on attention` posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "their text says what they hold")]
pub enum Attention {
    /// An ignored column speaks of who has left, beside one that is read for it.
    ColumnOfLeaving { column: String },
    /// Columns are ignored that the last good run did not ignore.
    ColumnsNewlyIgnored { columns: Vec<String> },
    /// The last good run had columns that are gone.
    ColumnsGone { columns: Vec<String> },
    /// Rows want users disabled who are not to be found.
    LeaversNotFound { count: u64, row: u64 },
    /// A pattern or a domain matches no user and no row.
    MatchesNobody { option: String, value: String },
}

impl fmt::Display for Attention {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ColumnOfLeaving { column } => {
                write!(formatter, "the ignored column \"{column}\" speaks of who has left")
            }
            Self::ColumnsNewlyIgnored { columns } => {
                write!(formatter, "ignored for the first time: {}", columns.join(", "))
            }
            Self::ColumnsGone { columns } => {
                write!(formatter, "the last good run had columns that are gone: {}", columns.join(", "))
            }
            Self::LeaversNotFound { count: 1, row } => {
                write!(formatter, "the row on line {row} wants a user disabled who is not to be found")
            }
            Self::LeaversNotFound { count, row } => {
                write!(formatter, "{count} rows want users disabled who are not to be found, first on line {row}")
            }
            Self::MatchesNobody { option, value } => write!(formatter, "{option} {value} matches no user and no row"),
        }
    }
}
