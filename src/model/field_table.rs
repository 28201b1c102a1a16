//! The managed fields of many users in one allocation: a million users must not mean five million small strings.

use super::{FIELDS, FieldValues, ManagedField, TextTable, TextTableFull};

/// A `uid` and the managed fields of each user, packed.
#[derive(Debug, Clone, Default)]
pub struct FieldTable(TextTable<COLUMNS>);

const COLUMNS: usize = FIELDS + 1;
/// The column behind the fields.
const UID: usize = FIELDS;

impl FieldTable {
    pub(super) fn push(&mut self, uid: &str, values: &FieldValues<'_>) -> Result<(), TextTableFull> {
        let mut row = [uid; COLUMNS];
        for field in ManagedField::ALL {
            row[field as usize] = ManagedField::pack(values.get(field));
        }
        self.0.push(row)
    }

    pub(super) fn get(&self, index: usize) -> (&str, FieldValues<'_>) {
        let row = self.0.row(index);
        let mut values = FieldValues::default();
        for field in ManagedField::ALL {
            values.set(field, field.unpack(row[field as usize]));
        }
        (row[UID], values)
    }

    pub(super) fn field(&self, index: usize, field: ManagedField) -> &str {
        self.0.field(index, field as usize)
    }

    pub(super) fn uid(&self, index: usize) -> &str {
        self.0.field(index, UID)
    }

    pub(super) fn append(&mut self, other: &Self) -> Result<(), TextTableFull> {
        self.0.append(&other.0)
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
    }
}
