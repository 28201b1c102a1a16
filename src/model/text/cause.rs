//! Why something failed in the end.

use std::error::Error;

/// The innermost cause of an error, in its own words.
pub fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
