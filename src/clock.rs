//! The one place that reads the wall clock; everything below takes the time as an argument.

use jiff::Timestamp;

/// The present moment, cut to milliseconds so that documents read well.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
