//! First and last days, in the form of ISO 8601 or in the one that the operator gave.

use jiff::civil::{Date, Time};
use jiff::fmt::strtime;

use crate::source::columns::Field;
use crate::source::settings::SettingError;

/// A form of dates other than ISO 8601, with the marks of `strftime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat(String);

/// Reads the value of `--date-format`: `%d.%m.%Y`, or `DD.MM.YYYY`.
pub fn parse_date_format(text: &str) -> Result<DateFormat, SettingError> {
    let format = DateFormat(if text.contains('%') { text.to_owned() } else { marks_of(text) });
    // Day, month and year all differ, so that one which is missing is found.
    let sample = Date::constant(2024, 3, 14);
    let written = strtime::format(&format.0, sample.at(0, 0, 0, 0)).ok();
    match written.and_then(|written| format.read(&written)) {
        Some(read) if read == sample => Ok(format),
        _ => Err(SettingError::DateFormat(text.to_owned())),
    }
}

/// `DD.MM.YYYY` with the marks of `strftime`.
fn marks_of(text: &str) -> String {
    let names = [("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d"), ("M", "%m"), ("D", "%d")];
    let (mut format, mut rest) = (String::new(), text);
    while let Some(next) = rest.chars().next() {
        let known =
            names.iter().find(|(name, _)| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
        if let Some((name, mark)) = known {
            format.push_str(mark);
            rest = &rest[name.len()..];
        } else {
            format.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    format
}

impl DateFormat {
    fn read(&self, cell: &str) -> Option<Date> {
        strtime::parse(&self.0, cell).ok()?.to_date().ok()
    }
}

/// Whether a first or last day can be meant. Years of one or two digits, and the days on which clocks and spreadsheets
/// begin (1753-01-01, 1899-12-30, 1900-01-01, 1970-01-01), stand for no day at all; as a last day they would disable.
pub(crate) fn is_plausible(field: Field, day: Date) -> bool {
    match field {
        Field::EndDate => day > Date::constant(1970, 1, 1),
        _ => day.year() >= 1900,
    }
}

/// The day that a cell names; the time of day and its zone are no part of it.
pub(crate) fn read_date(cell: &str, format: Option<&DateFormat>) -> Option<Date> {
    match format {
        Some(format) => format.read(cell),
        None => read_iso(cell),
    }
}

fn read_iso(cell: &str) -> Option<Date> {
    let (date, time) = cell.split_once(['T', 't', ' ']).unwrap_or((cell, "00:00"));
    let is_date = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (is_date && is_time(time.trim())).then(|| date.parse().ok()).flatten()
}

/// A time of day, with or without a zone: `00:00`, `08:30:00.000Z`, `23:59:59+02:00`.
fn is_time(text: &str) -> bool {
    let (time, zone) = text.split_at(text.find(['Z', 'z', '+', '-', ' ']).unwrap_or(text.len()));
    let is_zone_mark = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ':');
    let is_zone = matches!(zone.trim(), "" | "Z" | "z" | "UTC") || zone.trim().chars().all(is_zone_mark);
    time.parse::<Time>().is_ok() && is_zone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_with_or_without_a_time() {
        for cell in [
            "2026-10-31", "2026-10-31T00:00:00", "2026-10-31 23:59", "2026-10-31T08:30:00.000Z",
            "2026-10-31 08:30:00+02:00", "2026-10-31 08:30:00 UTC",
        ] {
            assert_eq!(read_date(cell, None), Some(Date::constant(2026, 10, 31)), "{cell}");
        }
        for cell in [
            "", "2026", "31.10.2026", "10/31/2026", "2026-13-01", "2026-02-30", "1700000000", "0", "2026-10-31 soon",
            "never",
        ] {
            assert_eq!(read_date(cell, None), None, "{cell}");
        }
    }

    #[test]
    fn a_day_on_which_a_clock_begins_is_no_last_day() {
        let (start, end) = (Field::StartDate, Field::EndDate);
        let day = |text: &str| text.parse::<Date>().unwrap();
        for text in ["0001-01-01", "0027-12-31", "0202-06-30", "1753-01-01", "1899-12-30", "1900-01-01", "1970-01-01"] {
            assert!(!is_plausible(end, day(text)), "{text}");
        }
        assert!(is_plausible(end, day("1970-01-02")) && is_plausible(end, day("9999-12-31")));
        assert!(is_plausible(start, day("1961-04-01")) && !is_plausible(start, day("0027-12-31")));
    }

    #[test]
    fn another_order_is_read_as_it_was_given_and_as_nothing_else() {
        for (format, cell) in [
            ("%d.%m.%Y", "31.10.2026"),
            ("DD/MM/YYYY", "31/10/2026"),
            ("mm/dd/yyyy", "10/31/2026"),
            ("%d %b %Y", "31 Oct 2026"),
            ("D.M.YY", "31.10.26"),
            ("%m/%d/%Y %H:%M", "10/31/2026 08:15"),
        ] {
            let format = parse_date_format(format).unwrap();
            assert_eq!(read_date(cell, Some(&format)), Some(Date::constant(2026, 10, 31)), "{format:?}");
            assert_eq!(read_date("2026-10-31", Some(&format)), None, "{format:?}");
        }
        for wrong in ["", "iso", "%d.%m", "%Y", "MM/YYYY", "%Q"] {
            assert!(parse_date_format(wrong).is_err(), "{wrong}");
        }
    }
}
