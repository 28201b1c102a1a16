//! What an invalid row still tells: whom it may mean, so that nobody is taken for absent because of a slip.

use super::clean::{addresses_in, meant_address};
use super::header::Columns;
use super::problem::{Problem, ProblemKind};
use super::row::{Fault, Values, row_problem};
use super::settings::Field;
use super::split::Record;
use crate::model::{Held, comparison_key, unguard};

/// Lines that a duplicate's problem names before it says how many more there are.
const NAMED_LINES: usize = 5;

/// An invalid row, as far as it can be told whom it means.
#[derive(Debug, Default)]
pub(super) struct Refused {
    pub(super) line: u64,
    /// The comparison key of its address.
    pub(super) email: Option<String>,
    pub(super) uid: Option<String>,
}

/// A row with the right number of cells, some of which are refused.
pub(super) fn faulty(
    columns: &Columns,
    text: &str,
    record: &Record,
    line: u64,
    values: &Values<'_>,
    faults: &[Fault],
    held: &mut Held,
) -> Refused {
    let cell = record.cells[columns.email_position()].value(text);
    let addresses = match &*values.email {
        "" => meant_address(&cell).map_or_else(|| addresses_in(&cell), |address| vec![address]),
        email => vec![email.to_owned()],
    };
    let keys: Vec<String> = addresses.iter().map(|address| comparison_key(address).into_owned()).collect();
    let uid = (!values.uid.is_empty()).then(|| values.uid.to_string());
    let is_uid_lost = faults.iter().any(|fault| fault.field == Field::Uid);
    hold(held, line, &keys, uid.iter().cloned(), !keys.is_empty() && !is_uid_lost);
    Refused { line, email: only(keys), uid }
}

/// A row whose cells may stand in the wrong places: too many, too few, or torn by a quote.
///
/// Any cell may be the address or the identifier. The address counts as told when there are as many addresses as a
/// whole row has: one, and one for each ignored column that holds addresses (`other_addresses`), such as a manager's.
pub(super) fn unsplit(
    columns: &Columns,
    other_addresses: usize,
    text: &str,
    record: &Record,
    line: u64,
    held: &mut Held,
) -> (Refused, Problem) {
    let cells: Vec<_> = record.cells.iter().map(|cell| cell.value(text)).collect();
    let keys: Vec<String> =
        cells.iter().flat_map(|cell| addresses_in(cell)).map(|address| comparison_key(&address).into_owned()).collect();
    // With passwords about, a cell that may be one is kept nowhere, and so the identifier is lost.
    let is_uid_lost = columns.position(Field::Uid).is_some() && columns.position(Field::Password).is_some();
    let has_uids = columns.position(Field::Uid).is_some() && !is_uid_lost;
    let uids = cells.iter().map(|cell| unguard(cell.trim()).to_owned()).filter(|cell| has_uids && !cell.is_empty());
    let is_told = keys.len() > other_addresses && !is_uid_lost;
    hold(held, line, &keys, uids, is_told);
    let email = if is_told { only(keys) } else { None };
    (Refused { line, email, uid: None }, unsplit_problem(columns, record, line))
}

fn unsplit_problem(columns: &Columns, record: &Record, line: u64) -> Problem {
    let (found, wanted) = (record.cells.len(), columns.width());
    if let Some(position) = record.broken {
        let reason = "there is text behind the closing quote of a cell";
        let help = "a quote inside a quoted cell is written twice: \"Ann \"\"Annie\"\" Smith\"";
        let column = Some(columns.column(position)).filter(|_| found == wanted);
        return row_problem(line, ProblemKind::BrokenQuotes, column, ["", reason, help]);
    }
    let reason = format!("the row has {found} fields, where the header has {wanted}");
    let help = if found > wanted {
        "a cell that holds the delimiter is written in quotes"
    } else {
        "write every field, an empty one too, and leave no line break outside quotes"
    };
    row_problem(line, ProblemKind::FieldCount, None, [&found.to_string(), &reason, help])
}

/// The header once more, which is no person: it can hold nobody's place.
pub(super) fn repeated_header(columns: &Columns, text: &str, record: &Record, line: u64) -> Option<Problem> {
    let cells: Vec<_> = record.cells.iter().map(|cell| cell.value(text)).collect();
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    let email = cells.get(columns.email_position()).copied().unwrap_or_default();
    let reason = "the header stands here once more";
    let help = "were several files joined? remove this line";
    let column = Some(columns.column(columns.email_position()));
    columns
        .is_header(&cells)
        .then(|| row_problem(line, ProblemKind::RepeatedHeader, column, [email.trim(), reason, help]))
}

/// The problem of one row of several that have the same key; `lines` are those of all, in order.
pub(super) fn duplicate(
    columns: &Columns,
    (field, kind): (Field, ProblemKind),
    value: &str,
    line: u64,
    lines: &[u64],
) -> Problem {
    let what = if field == Field::Email { "this address" } else { "this uid" };
    let reason = format!("{what} stands on {} too", name_others(line, lines));
    let help = "keep one row for each user";
    row_problem(line, kind, columns.of(field), [value, &reason, help])
}

/// The other lines of a group; only the first few, since a group can be the whole file.
fn name_others(line: u64, lines: &[u64]) -> String {
    let others = lines.iter().filter(|&&other| other != line);
    let named: Vec<String> = others.take(NAMED_LINES).map(u64::to_string).collect();
    let word = if named.len() == 1 { "line" } else { "lines" };
    match (lines.len() - 1).saturating_sub(NAMED_LINES) {
        0 => format!("{word} {}", named.join(", ")),
        more => format!("{word} {} and {more} more", named.join(", ")),
    }
}

fn hold(held: &mut Held, line: u64, keys: &[String], uids: impl Iterator<Item = String>, is_told: bool) {
    held.emails.extend(keys.iter().cloned());
    held.uids.extend(uids);
    if !is_told {
        held.untold_rows.push(line);
    }
}

/// Of several addresses it can't be told which one is the row's.
fn only(mut keys: Vec<String>) -> Option<String> {
    if keys.len() == 1 { keys.pop() } else { None }
}
