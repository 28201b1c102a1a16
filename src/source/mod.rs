//! From the bytes of a CSV to the desired state, with everything that is wrong said where it is (contract, "CSV").
//!
//! | file | answers |
//! | --- | --- |
//! | `settings` | what the operator said about the file |
//! | `open`, `unpack`, `remote` | where the bytes come from |
//! | `encoding`, `text` | what text they are |
//! | `dialect`, `marks`, `split`, `pieces`, `rows` | where rows and cells begin and end |
//! | `header`, `header_words` | which column holds which field |
//! | `row`, `words`, `clean` | what a cell means |
//! | `part`, `duplicates`, `load` | what a piece says, and what the whole file says |
//! | `refuse` | whom an invalid row may mean |
//! | `error`, `problem` | what is wrong with the file, or with a row |
//! | `excerpt`, `diagnose`, `export` | how problems are shown |
//! | `profile` | what is in the file, in figures |

mod clean;
mod diagnose;
mod dialect;
mod duplicates;
mod encoding;
mod error;
mod excerpt;
mod export;
mod header;
mod header_words;
mod load;
mod marks;
mod open;
mod part;
mod pieces;
mod problem;
mod profile;
mod refuse;
mod remote;
mod row;
mod rows;
mod settings;
mod split;
mod text;
mod unpack;
mod words;

pub use clean::visible;
pub use diagnose::{DIAGNOSED_IN_FULL, DiagnosticStyle, diagnose};
pub use error::SourceError;
pub use export::{write_problems_csv, write_problems_json};
pub use header::{Column, Columns};
pub use load::{Layout, Loaded, load};
pub use open::{RawSource, open};
pub use problem::{Problem, ProblemKind, count_by_kind};
pub use profile::{DomainCount, Profile, StatusCounts};
pub use row::can_stand_as_name;
pub use settings::{
    DEFAULT_SIZE_LIMIT, Field, SettingError, SourceSettings, parse_column, parse_delimiter, parse_encoding,
};
