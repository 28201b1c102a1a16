//! Which users an invalid row may refer to. They must not be disabled for absence.

use super::fault::Fault;
use super::values::Values;
use crate::model::{Held, comparison_key, unguard};
use crate::source::address_hint::{addresses_in, meant_address};
use crate::source::columns::{Columns, Field};
use crate::source::table::Row;

/// An invalid row by what other rows must not repeat.
#[derive(Debug, Default)]
pub(crate) struct InvalidRow {
    pub(crate) line: u64,
    /// The comparison key of its address.
    pub(crate) email: Option<String>,
    pub(crate) uid: Option<String>,
}

/// Holds the users of a row with the right number of cells, some of which are at fault.
pub(crate) fn hold_faulty(
    columns: &Columns,
    row: Row<'_>,
    values: &Values<'_>,
    faults: &[Fault],
    held: &mut Held,
) -> InvalidRow {
    let emails = match &*values.email {
        "" => keys_in(&row.value(columns.email_position())),
        email => vec![comparison_key(email).into_owned()],
    };
    let uid = (!values.uid.is_empty()).then(|| values.uid.to_string());
    let is_uid_lost = faults.iter().any(|fault| fault.field == Field::Uid);
    held.emails.extend(emails.iter().cloned());
    held.uids.extend(uid.clone());
    if emails.is_empty() || is_uid_lost {
        held.rows_without_identity.push(row.line);
    }
    InvalidRow { line: row.line, email: only(emails), uid }
}

/// Holds the users of a row whose cells may stand in the wrong places: any cell may be the address or the `uid`.
///
/// The row's own address is known to be among those found when there are as many as a whole row has: one, and one for
/// each ignored column that holds addresses (`other_addresses`), such as a manager's.
pub(crate) fn hold_misplaced(columns: &Columns, other_addresses: usize, row: Row<'_>, held: &mut Held) -> InvalidRow {
    let emails: Vec<String> = row.values().flat_map(|cell| addresses_in(&cell)).map(|address| key(&address)).collect();
    // A cell that may be a password is kept nowhere, and so the uid is lost.
    let has_uid = columns.position(Field::Uid).is_some();
    let is_uid_lost = has_uid && columns.position(Field::Password).is_some();
    if has_uid && !is_uid_lost {
        held.uids.extend(row.values().map(|cell| unguard(cell.trim()).to_owned()).filter(|cell| !cell.is_empty()));
    }
    held.emails.extend(emails.iter().cloned());
    let has_identity = emails.len() > other_addresses && !is_uid_lost;
    if !has_identity {
        held.rows_without_identity.push(row.line);
    }
    InvalidRow { line: row.line, email: if has_identity { only(emails) } else { None }, uid: None }
}

fn keys_in(cell: &str) -> Vec<String> {
    let addresses = meant_address(cell).map_or_else(|| addresses_in(cell), |address| vec![address]);
    addresses.iter().map(|address| key(address)).collect()
}

fn key(address: &str) -> String {
    comparison_key(address).into_owned()
}

/// Of several addresses, none is known to be the row's.
fn only(mut keys: Vec<String>) -> Option<String> {
    if keys.len() == 1 { keys.pop() } else { None }
}
