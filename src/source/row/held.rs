//! What an invalid row says about whose it is. Nothing is guessed: the plan asks whether a cell is exactly a user's.

use super::fault::Fault;
use super::values::Values;
use crate::model::{HeldRow, comparison_key, unguard};
use crate::source::columns::{Columns, Field};
use crate::source::table::Row;

/// Holds the user of a row with the right number of cells, some of which are at fault.
pub(crate) fn hold_faulty(columns: &Columns, row: Row<'_>, values: &Values<'_>, faults: &[Fault]) -> HeldRow {
    let email = row.value(columns.email_position());
    let is_uid_lost = faults.iter().any(|fault| fault.field == Field::Uid);
    let emails = key(&email).into_iter().collect();
    let uids = if values.uid.is_empty() { Vec::new() } else { vec![values.uid.to_string()] };
    HeldRow { line: row.line, emails, uids, is_known_by_uid: true, addresses_needed: (!is_uid_lost).then_some(1) }
}

/// Holds the users of a row whose cells may stand in the wrong places: any cell may be the address or the `uid`.
///
/// The row's own address is known to be among those found when there are as many as a whole row has: one, and one for
/// each ignored column that holds addresses (`other_addresses`), such as a manager's.
pub(crate) fn hold_misplaced(columns: &Columns, other_addresses: usize, row: Row<'_>) -> HeldRow {
    let emails = row.values().filter_map(|cell| key(&cell)).collect();
    // A cell that may be a password is kept nowhere, and so the uid is lost.
    let has_uid = columns.position(Field::Uid).is_some();
    let is_uid_lost = has_uid && columns.position(Field::Password).is_some();
    let cells = row.values().map(|cell| unguard(cell.trim()).to_owned()).filter(|cell| !cell.is_empty());
    let uids = if has_uid && !is_uid_lost { cells.collect() } else { Vec::new() };
    let addresses_needed = (!is_uid_lost).then_some(1 + other_addresses);
    HeldRow { line: row.line, emails, uids, is_known_by_uid: false, addresses_needed }
}

/// The key of a cell that may be an address.
fn key(cell: &str) -> Option<String> {
    let cell = unguard(cell.trim()).trim();
    cell.contains('@').then(|| comparison_key(cell).into_owned())
}
