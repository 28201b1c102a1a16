//! From the bytes of a CSV to the desired state, with everything that is wrong at its place in the file.
//!
//! | room or file | answers |
//! | --- | --- |
//! | `settings` | what the operator said about the file |
//! | `bytes` | where the bytes come from |
//! | `text` | which text they are |
//! | `table` | where rows and cells begin and end |
//! | `columns` | which column holds which field |
//! | `row` | what a row means, and what is wrong with it |
//! | `rules` | how the rows of a file are read |
//! | `load` | how a whole file is read |
//! | `partial_load`, `loaded` | what the rows so far have in them, and what the whole file has |
//! | `problems` | how problems are kept and shown |
//! | `address_hint` | which address a cell means that has one in another form |
//! | `profile` | what is in the file, in figures |
//! | `error` | why a file is refused as a whole |

mod address_hint;
mod bytes;
mod columns;
mod error;
mod load;
mod loaded;
mod partial_load;
mod problems;
mod profile;
mod row;
mod rules;
mod settings;
mod table;
mod text;

pub(crate) use bytes::is_loopback;
pub use bytes::{RawSource, open, open_local, open_remote};
pub use columns::{Column, Columns, Field};
pub use error::SourceError;
pub use load::load;
pub use loaded::{Layout, Loaded};
pub use problems::{DIAGNOSED_IN_FULL, DiagnosticStyle, Problem, ProblemKind, diagnose, write_problems_csv};
pub use profile::{DomainCount, Profile, StatusCounts};
pub use row::{DateFormat, parse_date_format};
pub use settings::{
    DEFAULT_SIZE_LIMIT, SettingError, SourceSettings, parse_column, parse_delimiter, parse_encoding, parse_status_word,
};
