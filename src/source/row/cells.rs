//! What a valid cell of each field is.

use std::borrow::Cow;

use jiff::civil::Date;

use super::date::{DateFormat, is_plausible, read_date};
use super::fault::{Fault, MASK};
use super::status_words;
use super::values::CellRules;
use crate::model::{
    EmailProblem, GroupCell, GroupRef, NO_GROUP, Status, check_address, describe_character, doubt_of_address,
    doubt_of_name, has_control_character, is_invisible, is_plain_address, is_plain_name, normalize_name, visible,
    without_invisible,
};
use crate::source::address_hint::{addresses_in, meant_address};
use crate::source::columns::Field;
use crate::source::problems::ProblemKind;

/// A cell's value, and whether it is doubtful.
pub(crate) type Doubted<'t> = (Cow<'t, str>, bool);

pub(crate) fn email(cell: Cow<'_, str>) -> Result<Doubted<'_>, Fault> {
    if is_plain_address(&cell) {
        return Ok((cell, false));
    }
    match check_address(&cell) {
        Ok(()) => {
            let is_doubtful = doubt_of_address(&cell).is_some();
            Ok((cell, is_doubtful))
        }
        Err(EmailProblem::Empty) => {
            let reason = EmailProblem::Empty.to_string();
            let fault = Fault::new(Field::Email, ProblemKind::MissingEmail, &cell, reason);
            Err(fault.with_help("every row needs the e-mail address of its user"))
        }
        Err(problem) => Err(unseen_character(Field::Email, &cell).unwrap_or_else(|| not_an_address(&cell, &problem))),
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

pub(crate) fn name(field: Field, cell: Cow<'_, str>) -> Result<Doubted<'_>, Fault> {
    if is_plain_name(&cell) {
        return Ok((cell, false));
    }
    if let Some(control) = cell.chars().find(|character| character.is_control()) {
        return Err(unseen(field, &cell, control));
    }
    let name = match cell {
        Cow::Borrowed(text) => normalize_name(text),
        Cow::Owned(text) => Cow::Owned(normalize_name(&text).into_owned()),
    };
    let is_doubtful = doubt_of_name(&name).is_some();
    Ok((name, is_doubtful))
}

/// A fault for the first character that can't be seen.
fn unseen_character(field: Field, cell: &str) -> Option<Fault> {
    let is_unseen = |&c: &char| c.is_control() || is_invisible(c) || (c.is_whitespace() && c != ' ');
    cell.chars().find(is_unseen).map(|character| unseen(field, cell, character))
}

fn unseen(field: Field, cell: &str, character: char) -> Fault {
    let (kind, what) = if character.is_control() {
        (ProblemKind::ControlCharacter, format!("a control character (U+{:04X})", u32::from(character)))
    } else {
        (ProblemKind::InvisibleCharacter, describe_character(character))
    };
    let fault = Fault::new(field, kind, cell, format!("the {field} holds {what}"));
    let meant = if field == Field::Email { meant_address(cell) } else { Some(without_invisible(cell)) };
    fault.with_help(meant.map_or_else(|| "remove it".to_owned(), |meant| format!("write {}", visible(&meant))))
}

pub(crate) fn uid(cell: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(cell);
    }
    if let Some(fault) = unseen_character(Field::Uid, &cell) {
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

pub(crate) fn status(cell: &str, rules: &CellRules) -> Result<Option<Status>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    let further = || rules.status_words.get(&status_words::fold(cell)).copied();
    status_words::status(cell).or_else(further).map(Some).ok_or_else(|| {
        let reason = "the status says neither enabled nor disabled";
        let help = "write enabled or disabled (active, inactive, true, false, 1, 0, yes and no do as well), say what the \
                    word means with --status-word, or leave the cell empty to keep the status as it is";
        Fault::new(Field::Status, ProblemKind::UnreadableStatus, cell, reason).with_help(help)
    })
}

/// Yes is disabled.
pub(crate) fn disabled(cell: &str) -> Result<Option<bool>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    status_words::flag(cell).map(Some).ok_or_else(|| {
        let reason = "the cell says neither yes nor no to whether the user is disabled";
        let help = "write yes for who has left and no for who is in (true, false, 1 and 0 do as well), or leave the cell empty";
        Fault::new(Field::Disabled, ProblemKind::UnreadableFlag, cell, reason).with_help(help)
    })
}

/// A status that one column contradicts the other about.
pub(crate) fn contradiction(disabled: bool) -> Fault {
    let [cell, reason] = if disabled {
        ["yes", "the row is disabled by this column, and enabled by its status"]
    } else {
        ["no", "the row is not disabled by this column, and disabled by its status"]
    };
    let fault = Fault::new(Field::Disabled, ProblemKind::UnreadableStatus, cell, reason);
    fault.with_help("let both columns say the same, or leave one of them out with --ignore-column")
}

pub(crate) fn date(field: Field, cell: &str, format: Option<&DateFormat>) -> Result<Option<Date>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    let fault = |reason, help| Err(Fault::new(field, ProblemKind::UnreadableDate, cell, reason).with_help(help));
    match (read_date(cell, format), format) {
        (Some(day), _) if is_plausible(field, day) => Ok(Some(day)),
        (Some(day), _) => fault(
            format!("the {field} is in the year {}", day.year()),
            "write the year with four digits, or leave the cell empty where there is no such day",
        ),
        (None, None) => fault(
            format!("the {field} is no day that can be read"),
            "write it like 2026-10-31, or say how it is written with --date-format, such as %d.%m.%Y",
        ),
        (None, Some(_)) => fault(
            format!("the {field} is no day that can be read"),
            "write it in the form that --date-format gives, or leave the cell empty",
        ),
    }
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
        if let Some(control) = part.chars().find(|character| character.is_control()) {
            return Err(unseen(Field::Groups, part, control));
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
