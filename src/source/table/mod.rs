//! Where rows and cells begin and end.
//!
//! | file | answers |
//! | --- | --- |
//! | `dialect` | which delimiter and line end a file uses, and where its header is |
//! | `record` | how `csv-core` splits text into records, and where the cells stand |
//! | `rows` | the rows of a whole file, with their lines |

mod dialect;
mod record;
mod rows;

pub(crate) use dialect::{Dialect, later_header, sample_rows};
pub(crate) use rows::{Row, Rows};
