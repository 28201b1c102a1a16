//! Columns that no field is read from, and that speak all the same of who has left. Were they ignored in silence, a file
//! without `status` would enable everybody who has left.
//!
//! | file | answers |
//! | --- | --- |
//! | `header` | whether a header speaks of leaving, and which field reads such a column |
//! | `value` | whether a cell does |
//! | `watch` | which columns of a file do, row by row |

mod header;
mod value;
mod watch;

pub(super) use header::speaks_of_leaving;
pub(crate) use watch::LeavingWatch;
