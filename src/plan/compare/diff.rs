//! Compares one row with its user, field by field.

use crate::model::{DesiredUser, FieldValue, ManagedColumns, ManagedField, Status, TenantUser};
use crate::plan::file::action::{Change, Changes};

/// The status that a row asks for: without a column that says it every row wants its user enabled, and nobody is enabled
/// before the first day.
pub(in crate::plan) fn wanted_status(row: &DesiredUser<'_>, columns: &ManagedColumns) -> Option<Status> {
    status_in_the_end(row, columns).filter(|status| *status == Status::Disabled || row.not_before.is_none())
}

/// The same, whatever the first day.
pub(in crate::plan) fn status_in_the_end(row: &DesiredUser<'_>, columns: &ManagedColumns) -> Option<Status> {
    let is_said = columns.fields.contains(&ManagedField::Status);
    row.values.status().or((!is_said).then_some(Status::Enabled))
}

/// The managed fields in which the user is not as the row wants it.
pub(in crate::plan) fn difference(row: &DesiredUser<'_>, user: &TenantUser<'_>, columns: &ManagedColumns) -> Changes {
    differing_fields(row, user, columns)
        .map(|(field, wanted)| {
            let before = Some(user.value(field).into_owned());
            (field, Change { before, after: wanted.into_owned() })
        })
        .collect()
}

/// Whether any managed field differs.
pub(in crate::plan) fn differs(row: &DesiredUser<'_>, user: &TenantUser<'_>, columns: &ManagedColumns) -> bool {
    differing_fields(row, user, columns).next().is_some()
}

fn differing_fields<'a>(
    row: &'a DesiredUser<'_>,
    user: &'a TenantUser<'_>,
    columns: &'a ManagedColumns,
) -> impl Iterator<Item = (ManagedField, FieldValue<'a>)> {
    ManagedField::ALL.into_iter().filter_map(|field| {
        let wanted = wanted_value(row, field, columns)?;
        let is_same = match user.values.get(field) {
            Some(value) => field.is_same(value, &wanted),
            None => field.is_same(&field.default_value(), &wanted),
        };
        (!is_same).then_some((field, wanted))
    })
}

/// What the row wants of a field; `None` for "leave as it is".
fn wanted_value<'a>(row: &'a DesiredUser<'_>, field: ManagedField, columns: &ManagedColumns) -> Option<FieldValue<'a>> {
    match field {
        // An address is how a row finds its user; only a `uid` makes another one a change.
        ManagedField::Email if row.uid.is_empty() => None,
        ManagedField::Status => wanted_status(row, columns).map(FieldValue::Status),
        _ => row.values.get(field).map(FieldValue::borrowed),
    }
}

/// What a create sends beside the address: the row's filled cells.
pub(in crate::plan) fn creation(row: &DesiredUser<'_>) -> Changes {
    let filled = ManagedField::ALL.into_iter().filter(|field| *field != ManagedField::Email);
    filled
        .filter_map(|field| {
            let after = row.values.get(field)?.clone().into_owned();
            Some((field, Change { before: None, after }))
        })
        .collect()
}
