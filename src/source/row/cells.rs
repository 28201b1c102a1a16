//! What a valid cell of each field is.

use std::borrow::Cow;

use super::fault::{Fault, MASK};
use super::status_words;
use crate::model::{
    EmailProblem, GroupCell, GroupRef, NO_GROUP, Status, check_address, describe_character, has_control_character,
    is_invisible, is_joiner_in_script, normalize_name, visible, without_invisible,
};
use crate::source::address_hint::{addresses_in, meant_address};
use crate::source::columns::Field;
use crate::source::problems::ProblemKind;

pub(crate) fn email(cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if cell.is_ascii() && check_address(&cell).is_ok() {
        return Ok(cell);
    }
    if let Some(fault) = unseen_character(Field::Email, &cell, |_| false) {
        let help =
            meant_address(&cell).map_or("remove it".to_owned(), |address| format!("write {}", visible(&address)));
        return Err(fault.with_help(help));
    }
    match check_address(&cell) {
        Ok(()) => Ok(cell),
        Err(EmailProblem::Empty) => {
            let reason = EmailProblem::Empty.to_string();
            let fault = Fault::new(Field::Email, ProblemKind::MissingEmail, &cell, reason);
            Err(fault.with_help("every row needs the e-mail address of its user"))
        }
        Err(problem) => Err(not_an_address(&cell, &problem)),
    }
}

fn not_an_address(cell: &str, problem: &EmailProblem) -> Fault {
    let fault = |reason: String| Fault::new(Field::Email, ProblemKind::NotAnAddress, cell, reason);
    let Some(address) = meant_address(cell) else {
        let fault = fault(problem.to_string());
        let has_several = addresses_in(cell).len() > 1;
        return if has_several {
            fault.with_help("one address a row: give each of them a row of its own")
        } else {
            fault
        };
    };
    let reason = if cell.contains('<') {
        "the address has a name or brackets around it".to_owned()
    } else if cell.to_ascii_lowercase().contains("mailto:") {
        "the address is written as a mailto: link".to_owned()
    } else {
        problem.to_string()
    };
    fault(reason).with_help(format!("write {}", visible(&address)))
}

pub(crate) fn name(field: Field, cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if is_printable_ascii(&cell) {
        return Ok(cell);
    }
    match unseen_character(field, &cell, char::is_whitespace) {
        Some(fault) => Err(fault),
        None => Ok(match cell {
            Cow::Borrowed(text) => normalize_name(text),
            Cow::Owned(text) => Cow::Owned(normalize_name(&text).into_owned()),
        }),
    }
}

/// Whether a user's name can stand in a CSV: it is read back, and as the same name.
pub fn can_stand_as_name(name: &str) -> bool {
    unseen_character(Field::FirstName, name.trim(), char::is_whitespace).is_none()
}

/// A fault for a character that can't be seen; blanks other than the plain one may be allowed.
fn unseen_character(field: Field, cell: &str, is_allowed: impl Fn(char) -> bool) -> Option<Fault> {
    if is_printable_ascii(cell) {
        return None;
    }
    let is_unseen = |&(place, character): &(usize, char)| {
        let is_blank = character.is_whitespace() && character != ' ';
        character.is_control()
            || ((is_blank || is_invisible(character)) && !is_allowed(character) && !is_joiner_in_script(cell, place))
    };
    let (_, character) = cell.char_indices().find(is_unseen)?;
    let (kind, what) = if character.is_control() {
        (ProblemKind::ControlCharacter, format!("a control character (U+{:04X})", u32::from(character)))
    } else {
        (ProblemKind::InvisibleCharacter, describe_character(character))
    };
    let fault = Fault::new(field, kind, cell, format!("the {field} holds {what}"));
    Some(fault.with_help(format!("write {}", visible(&without_invisible(cell)))))
}

fn is_printable_ascii(cell: &str) -> bool {
    cell.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

pub(crate) fn uid(cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(cell);
    }
    if let Some(fault) = unseen_character(Field::Uid, &cell, |_| false) {
        return Err(fault);
    }
    let reason = if is_scientific(&cell) {
        "a spreadsheet has rounded the uid to a short number"
    } else if cell.strip_suffix(".0").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
        "a program has made the uid a fractional number"
    } else {
        return Ok(cell);
    };
    let fault = Fault::new(Field::Uid, ProblemKind::UnreadableUid, &cell, reason);
    Err(fault.with_help("export the column as text, so that all digits stay"))
}

/// `5,07614E+15`, as Excel shows a long number.
fn is_scientific(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    exponent.strip_prefix('+').is_some_and(is_number)
        && is_number(mantissa)
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
}

pub(crate) fn status(cell: &str) -> Result<Option<Status>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    status_words::status(cell).map(Some).ok_or_else(|| {
        let reason = "the status says neither enabled nor disabled";
        let help = "write enabled or disabled (active, inactive, true, false, 1, 0, yes and no do as well), or leave \
                    the cell empty to keep the status as it is";
        Fault::new(Field::Status, ProblemKind::UnreadableStatus, cell, reason).with_help(help)
    })
}

pub(crate) fn is_hidden(cell: &str) -> Result<Option<bool>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    status_words::flag(cell).map(Some).ok_or_else(|| {
        let reason = "isHidden says neither yes nor no";
        let help = "write true or false (1, 0, yes and no do as well), or leave the cell empty";
        Fault::new(Field::IsHidden, ProblemKind::UnreadableFlag, cell, reason).with_help(help)
    })
}

/// Names and identifiers of groups, each once, between `;` or line breaks.
pub(crate) fn groups(cell: &str) -> Result<Option<GroupCell>, Fault> {
    let parts = cell.split([';', '\n', '\r']).map(str::trim).filter(|part| !part.is_empty());
    let mut groups = Vec::new();
    let mut wants_none = false;
    for part in parts {
        if let Some(fault) = unseen_character(Field::Groups, part, char::is_whitespace) {
            return Err(fault);
        }
        match GroupRef::parse(part) {
            _ if part.eq_ignore_ascii_case(NO_GROUP) => wants_none = true,
            Some(group) if groups.contains(&group) => {}
            Some(group) => groups.push(group),
            None => return Err(unreadable_groups(cell, "an id: without an identifier")),
        }
    }
    match (wants_none, groups.is_empty()) {
        (true, true) => Ok(Some(GroupCell::None)),
        (true, false) => Err(unreadable_groups(cell, "<none> beside a group")),
        (false, true) => Ok(None),
        (false, false) => Ok(Some(GroupCell::Of(groups))),
    }
}

fn unreadable_groups(cell: &str, what: &str) -> Fault {
    let help = "write the names or ids of groups with a semicolon between them, <none> alone, or nothing";
    Fault::new(Field::Groups, ProblemKind::UnreadableGroups, cell, format!("the groups hold {what}")).with_help(help)
}

/// A password is kept to the letter, and is never quoted.
pub(crate) fn password(cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if !has_control_character(&cell) {
        return Ok(cell);
    }
    let reason = "the password holds a control character";
    let fault = Fault::new(Field::Password, ProblemKind::ControlCharacter, MASK, reason);
    Err(fault.with_help("remove it, or leave the cell empty"))
}
