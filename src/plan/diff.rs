//! Compares one row with the user that it means, field by field.

use super::action::{ActionKind, Change, Changes};
use crate::model::{DesiredUser, ManagedColumns, Status, TenantStatus, TenantUser, is_same_address, is_same_name};

/// What comparing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Nothing differs.
    None,
    /// Something does; the kind follows from the status.
    Some(ActionKind, Box<Changes>),
    /// The tenant's answer holds something that the API does not document, so nothing is decided on it.
    Unreadable,
}

/// The status that a row wants: without a `status` column every row wants its user enabled (contract, "CSV").
pub fn wanted_status(row: &DesiredUser<'_>, managed: ManagedColumns) -> Option<Status> {
    if managed.status { row.status } else { Some(Status::Enabled) }
}

/// Compares every managed field. Fields are named one by one so that a new one can't be forgotten.
pub fn difference(row: &DesiredUser<'_>, user: &TenantUser<'_>, managed: ManagedColumns) -> Difference {
    let DesiredUser { row: _, email, first_name, last_name, uid, status: _, is_hidden } = *row;
    let wanted = wanted_status(row, managed);
    if user.status == TenantStatus::Unknown {
        return Difference::Unreadable;
    }
    let status = wanted.filter(|&wanted| user.status.known() != Some(wanted));
    let changes = Changes {
        email: (!uid.is_empty() && !is_same_address(email, user.email)).then(|| text_change(user.email, email)),
        first_name: name_change(user.first_name, first_name),
        last_name: name_change(user.last_name, last_name),
        status: status.map(|after| Change { before: user.status.known(), after }),
        is_hidden: is_hidden
            .filter(|&after| after != user.is_hidden)
            .map(|after| Change { before: Some(user.is_hidden), after }),
    };
    if changes.is_empty() {
        return Difference::None;
    }
    let kind = match status {
        Some(Status::Enabled) => ActionKind::Enable,
        Some(Status::Disabled) => ActionKind::Disable,
        None => ActionKind::Update,
    };
    Difference::Some(kind, Box::new(changes))
}

/// What a create sends beside the address: the row's filled cells.
pub fn creation(row: &DesiredUser<'_>) -> Changes {
    let new_text = |after: &str| (!after.is_empty()).then(|| Change { before: None, after: after.into() });
    Changes {
        email: None,
        first_name: new_text(row.first_name),
        last_name: new_text(row.last_name),
        status: row.status.map(|after| Change { before: None, after }),
        is_hidden: row.is_hidden.map(|after| Change { before: None, after }),
    }
}

fn name_change(before: &str, after: &str) -> Option<Change<Box<str>>> {
    (!after.is_empty() && !is_same_name(before, after)).then(|| text_change(before, after))
}

fn text_change(before: &str, after: &str) -> Change<Box<str>> {
    Change { before: Some(before.into()), after: after.into() }
}
