//! The one place that reads the wall clock; everything below takes the time as an argument.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The present moment, cut to milliseconds so that documents read well.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Which day it is in a time zone; the machine's where none is given.
pub fn today(zone: Option<&TimeZone>) -> Date {
    zone.map_or_else(TimeZone::system, TimeZone::clone).to_datetime(now()).date()
}
