//! One row: its cells read as values, or the faults that make it invalid.

use std::borrow::Cow;

use wide::u8x16;

use super::clean::{
    addresses_in, describe, is_invisible, is_joiner_in_script, meant_address, visible, without_invisible,
};
use super::header::{Column, Columns};
use super::part::Rules;
use super::problem::{Problem, ProblemKind};
use super::settings::Field;
use super::split::Record;
use super::words;
use crate::model::{
    DesiredUser, EmailProblem, FieldValue, FieldValues, ManagedField, Status, check_address, has_control_character,
    lanes, normalize_name, plain_address, unguard,
};

/// Most characters of a value that a problem quotes.
const LONGEST_QUOTE: usize = 200;
/// What stands for a password wherever a row is shown.
pub(super) const MASK: &str = "•••";

/// The cells that we manage, read; whether they are all right is told by the faults that came with them.
#[derive(Debug, Default)]
pub(super) struct Values<'t> {
    pub(super) email: Cow<'t, str>,
    pub(super) first_name: Cow<'t, str>,
    pub(super) last_name: Cow<'t, str>,
    pub(super) uid: Cow<'t, str>,
    pub(super) status: Option<Status>,
    pub(super) is_hidden: Option<bool>,
    /// Empty when there is none.
    pub(super) password: Cow<'t, str>,
    /// A name holds a blank that looks like the plain one and is another.
    pub(super) has_odd_blank: bool,
    /// The address is its own comparison key.
    pub(super) is_email_key: bool,
}

/// Why a cell is refused.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) field: Field,
    pub(super) kind: ProblemKind,
    value: String,
    reason: String,
    help: Option<String>,
}

impl<'t> Values<'t> {
    /// Reads the cells of a row that has as many as the header.
    pub(super) fn read(rules: &Rules<'_>, text: &'t str, record: &Record, faults: &mut Vec<Fault>) -> Self {
        let Rules { columns, dialect, .. } = rules;
        let is_latin = is_latin(&text.as_bytes()[record.start..record.end], dialect.delimiter);
        let mut cells = Cells { columns, text, record, faults, is_latin, has_odd_blank: false, is_email_key: false };
        Self {
            email: cells.email(),
            first_name: cells.name(Field::FirstName),
            last_name: cells.name(Field::LastName),
            uid: cells.read(Field::Uid, plain_uid, uid),
            status: cells.read(Field::Status, plain_status, status),
            is_hidden: cells.read(Field::IsHidden, plain_flag, is_hidden),
            password: cells.password(),
            has_odd_blank: cells.has_odd_blank,
            is_email_key: cells.is_email_key,
        }
    }

    /// The row as the plan will see it.
    pub(super) fn user(&self, line: u64) -> DesiredUser<'_> {
        let values = FieldValues::default()
            .with(ManagedField::Email, FieldValue::text(&self.email))
            .with(ManagedField::FirstName, FieldValue::text(&self.first_name))
            .with(ManagedField::LastName, FieldValue::text(&self.last_name))
            .with(ManagedField::Status, self.status.map(FieldValue::Status))
            .with(ManagedField::IsHidden, self.is_hidden.map(FieldValue::Flag));
        DesiredUser { row: line, uid: &self.uid, values }
    }
}

struct Cells<'a, 't> {
    columns: &'a Columns,
    text: &'t str,
    record: &'a Record,
    faults: &'a mut Vec<Fault>,
    /// As [`is_latin`] says of the row.
    is_latin: bool,
    has_odd_blank: bool,
    is_email_key: bool,
}

impl<'t> Cells<'_, 't> {
    fn raw(&self, field: Field) -> Option<Cow<'t, str>> {
        let position = self.columns.position(field)?;
        Some(self.record.cells[position].value(self.text))
    }

    /// The value of a field's cell; its default when there is no such column or the cell is refused.
    ///
    /// `glance` is a quick look that lets nearly all cells through as they are; the others are parsed.
    fn read<T: Default>(
        &mut self,
        field: Field,
        glance: impl FnOnce(&'t str) -> Option<T>,
        parse: impl FnOnce(Cow<'t, str>) -> Result<T, Fault>,
    ) -> T {
        let Some(position) = self.columns.position(field) else { return T::default() };
        let cell = self.record.cells[position];
        if !cell.is_doubled
            && let Some(value) = glance(&self.text[cell.start..cell.end])
        {
            return value;
        }
        self.parse(cell.value(self.text), parse)
    }

    #[cold]
    fn parse<T: Default>(&mut self, cell: Cow<'t, str>, parse: impl FnOnce(Cow<'t, str>) -> Result<T, Fault>) -> T {
        parse(tidy(cell)).unwrap_or_else(|fault| {
            self.faults.push(fault);
            T::default()
        })
    }

    fn email(&mut self) -> Cow<'t, str> {
        let mut is_key = false;
        let glance = |cell: &'t str| {
            let plain = plain_address(cell.as_bytes())?;
            is_key = plain.is_key;
            Some(Cow::Borrowed(cell))
        };
        let value = self.read(Field::Email, glance, email);
        self.is_email_key = is_key;
        value
    }

    fn name(&mut self, field: Field) -> Cow<'t, str> {
        let mut has_odd_blank = false;
        let is_latin = self.is_latin;
        let value = self.read(
            field,
            |cell| is_latin.then(|| plain_name(cell)).flatten(),
            |cell| {
                has_odd_blank = cell.chars().any(|c| c.is_whitespace() && !c.is_ascii());
                name(field, cell)
            },
        );
        self.has_odd_blank |= has_odd_blank;
        value
    }

    /// A password is taken to the letter, and is never quoted.
    fn password(&mut self) -> Cow<'t, str> {
        let Some(password) = self.raw(Field::Password) else { return Cow::Borrowed("") };
        if has_control_character(&password) {
            let reason = "the password holds a control character".to_owned();
            let help = Some("remove it, or leave the cell empty".to_owned());
            let (field, kind, value) = (Field::Password, ProblemKind::ControlCharacter, MASK.to_owned());
            self.faults.push(Fault { field, kind, value, reason, help });
            return Cow::Borrowed("");
        }
        password
    }
}

/// Whether the cells of a row hold nothing but printable ASCII and letters and marks of Latin script.
fn is_latin(row: &[u8], delimiter: u8) -> bool {
    // Between quotes a tab may be part of a cell, and is to be seen there.
    if delimiter.is_ascii_control() && memchr::memchr(b'"', row).is_some() {
        return false;
    }
    lanes::all(row, |lane| {
        // Printable ASCII, and the bytes of the characters from U+00C0 to U+02FF: the second and the first.
        lanes::within(lane, b' ', b'~')
            | lanes::within(lane, 0x80, 0xbf)
            | lanes::within(lane, 0xc3, 0xcb)
            | lane.simd_eq(u8x16::splat(delimiter))
    })
}

/// A cell of a row of Latin script ([`is_latin`]), and so in NFC, with nothing to trim and no guard in front.
fn plain_name(cell: &str) -> Option<Cow<'_, str>> {
    let is_plain = match cell.as_bytes() {
        [] => true,
        [first, .., last] | [first @ last] => *first > b' ' && *first != b'\'' && *last > b' ',
    };
    is_plain.then_some(Cow::Borrowed(cell))
}

const DIGITS: [bool; 256] = bytes_that(b"09");

/// A table of the bytes in some ranges, each given by its first and last.
const fn bytes_that(ranges: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut range = 0;
    while range < ranges.len() {
        let mut byte = ranges[range] as usize;
        while byte <= ranges[range + 1] as usize {
            table[byte] = true;
            byte += 1;
        }
        range += 2;
    }
    table
}

/// Whether all bytes are in a table. Without a branch in the loop, since nearly always they are.
fn all(bytes: &[u8], table: &[bool; 256]) -> bool {
    bytes.iter().fold(true, |are, &byte| are & table[usize::from(byte)])
}

fn plain_uid(cell: &str) -> Option<Cow<'_, str>> {
    all(cell.as_bytes(), &DIGITS).then_some(Cow::Borrowed(cell))
}

/// The outer `None` sends the cell on to be parsed; the inner one is an empty cell's.
#[expect(clippy::option_option, reason = "a glance may see nothing, and may see an empty cell")]
fn plain_status(cell: &str) -> Option<Option<Status>> {
    match cell {
        "" => Some(None),
        "enabled" | "active" | "1" => Some(Some(Status::Enabled)),
        "disabled" | "inactive" | "0" => Some(Some(Status::Disabled)),
        _ => None,
    }
}

/// As for the status.
#[expect(clippy::option_option, reason = "a glance may see nothing, and may see an empty cell")]
fn plain_flag(cell: &str) -> Option<Option<bool>> {
    match cell {
        "" => Some(None),
        "true" | "1" => Some(Some(true)),
        "false" | "0" => Some(Some(false)),
        _ => None,
    }
}

/// Trims a cell and takes off the quote that keeps it from being a formula.
fn tidy(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(unguard(trim(text)).trim()),
        Cow::Owned(text) => Cow::Owned(unguard(text.trim()).trim().to_owned()),
    }
}

/// `str::trim`, at once where nothing is to be trimmed.
fn trim(text: &str) -> &str {
    match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(first), Some(last)) if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn email(cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if let Some(fault) = unseen(Field::Email, &cell, |_| false) {
        let help =
            meant_address(&cell).map_or("remove it".to_owned(), |address| format!("write {}", visible(&address)));
        return Err(Fault { help: Some(help), ..fault });
    }
    let problem = match check_address(&cell) {
        Ok(()) => return Ok(cell),
        Err(problem) => problem,
    };
    let kind = if problem == EmailProblem::Empty { ProblemKind::MissingEmail } else { ProblemKind::NotAnAddress };
    let reason = match meant_address(&cell) {
        Some(_) if cell.contains('<') => "the address has a name or brackets around it".to_owned(),
        Some(_) if cell.to_ascii_lowercase().contains("mailto:") => {
            "the address is written as a mailto: link".to_owned()
        }
        _ => problem.to_string(),
    };
    Err(Fault { help: address_help(&cell, kind), ..Fault::new(Field::Email, kind, &cell, reason) })
}

fn address_help(cell: &str, kind: ProblemKind) -> Option<String> {
    if kind == ProblemKind::MissingEmail {
        return Some("every row needs the e-mail address of its user".to_owned());
    }
    if let Some(address) = meant_address(cell) {
        return Some(format!("write {}", visible(&address)));
    }
    (addresses_in(cell).len() > 1).then(|| "one address a row: give each of them a row of its own".to_owned())
}

fn name(field: Field, cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if is_plain(&cell) {
        return Ok(cell);
    }
    let is_blank = |character: char| character.is_whitespace();
    match unseen(field, &cell, is_blank) {
        Some(fault) => Err(fault),
        None => Ok(match cell {
            Cow::Borrowed(text) => normalize_name(text),
            Cow::Owned(text) => Cow::Owned(normalize_name(&text).into_owned()),
        }),
    }
}

/// Whether a name that the tenant told can stand in a CSV: it is read back, and as the same name.
pub fn can_stand_as_name(name: &str) -> bool {
    unseen(Field::FirstName, name.trim(), char::is_whitespace).is_none()
}

/// A fault for a character that nobody sees; blanks other than the plain one may be allowed.
fn unseen(field: Field, cell: &str, is_allowed: impl Fn(char) -> bool) -> Option<Fault> {
    if is_plain(cell) {
        return None;
    }
    let fault = |kind, reason| {
        let help = Some(format!("write {}", visible(&without_invisible(cell))));
        Fault { help, ..Fault::new(field, kind, cell, reason) }
    };
    if let Some(character) = cell.chars().find(|character| character.is_control()) {
        let reason = format!("the {field} holds a control character (U+{:04X})", u32::from(character));
        return Some(fault(ProblemKind::ControlCharacter, reason));
    }
    let is_unseen = |&(place, character): &(usize, char)| {
        let is_odd_blank = character.is_whitespace() && character != ' ' && !is_allowed(character);
        is_odd_blank || (is_invisible(character) && !is_joiner_in_script(cell, place, character))
    };
    let (_, character) = cell.char_indices().find(is_unseen)?;
    Some(fault(ProblemKind::InvisibleCharacter, format!("the {field} holds {}", describe(character))))
}

fn uid(cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if let Some(fault) = unseen(Field::Uid, &cell, |_| false) {
        return Err(fault);
    }
    let spoilt = if is_scientific(&cell) {
        "a spreadsheet has rounded the uid to a short number"
    } else if cell.strip_suffix(".0").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
        "a program has made the uid a fractional number"
    } else {
        return Ok(cell);
    };
    let help = Some("export the column as text, so that all digits stay".to_owned());
    Err(Fault { help, ..Fault::new(Field::Uid, ProblemKind::UnreadableUid, &cell, spoilt.to_owned()) })
}

/// `5,07614E+15`, as Excel shows a long number.
fn is_scientific(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    exponent.strip_prefix('+').is_some_and(is_number)
        && is_number(mantissa)
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
}

#[expect(clippy::needless_pass_by_value, reason = "all cell readers have one shape")]
fn status(cell: Cow<'_, str>) -> Result<Option<Status>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    words::status(&cell).map(Some).ok_or_else(|| {
        let reason = "the status says neither enabled nor disabled".to_owned();
        let help = "write enabled or disabled (active, inactive, true, false, 1, 0, yes and no do as well), or leave \
                    the cell empty to keep the status as it is";
        Fault { help: Some(help.to_owned()), ..Fault::new(Field::Status, ProblemKind::UnreadableStatus, &cell, reason) }
    })
}

#[expect(clippy::needless_pass_by_value, reason = "all cell readers have one shape")]
fn is_hidden(cell: Cow<'_, str>) -> Result<Option<bool>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    words::flag(&cell).map(Some).ok_or_else(|| {
        let reason = "isHidden says neither yes nor no".to_owned();
        let help = Some("write true or false (1, 0, yes and no do as well), or leave the cell empty".to_owned());
        Fault { help, ..Fault::new(Field::IsHidden, ProblemKind::UnreadableFlag, &cell, reason) }
    })
}

impl Fault {
    fn new(field: Field, kind: ProblemKind, value: &str, reason: String) -> Self {
        Self { field, kind, value: quote(value), reason, help: None }
    }

    /// The fault at its place in the file.
    pub(super) fn at(self, line: u64, columns: &Columns) -> Problem {
        let Self { field, kind, value, reason, help } = self;
        Problem { line, column: columns.of(field), value, kind, reason, help }
    }
}

/// A value as problems quote it, cut when it is long.
pub(super) fn quote(value: &str) -> String {
    match value.char_indices().nth(LONGEST_QUOTE) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

/// The problem of a row whose cells can't be told apart.
pub(super) fn row_problem(line: u64, kind: ProblemKind, column: Option<Column>, texts: [&str; 3]) -> Problem {
    let [value, reason, help] = texts;
    Problem { line, column, value: quote(value), kind, reason: reason.to_owned(), help: Some(help.to_owned()) }
}
