//! The managed fields of many users in one allocation: a million users must not mean five million small strings.

use std::hint::black_box;

use thiserror::Error;

use crate::model::{FIELDS, FieldValues, ManagedField};

/// A `uid` and the managed fields of each user, packed into one string with the borders of every value beside it.
///
/// Costs the bytes of the values and four bytes a border; holds up to 4 GiB of text.
#[derive(Debug, Clone, Default)]
pub struct FieldTable {
    text: String,
    /// One row's borders stand together, so that finding a value waits for memory once.
    borders: Vec<[u32; COLUMNS + 1]>,
}

/// The texts of one table would pass 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than 4 GiB of names and addresses; split the job by --email-domain or --types")]
pub struct FieldTableFull;

const COLUMNS: usize = FIELDS + 1;
/// The column behind the fields.
const UID: usize = FIELDS;

impl FieldTable {
    pub(in crate::model) fn push(&mut self, uid: &str, values: &FieldValues<'_>) -> Result<(), FieldTableFull> {
        let fields = ManagedField::ALL.map(|field| ManagedField::pack(values.get(field)));
        let mut borders = [self.border()?; COLUMNS + 1];
        for (border, value) in borders[1..].iter_mut().zip(fields.into_iter().chain([uid])) {
            self.text.push_str(value);
            *border = self.border()?;
        }
        self.borders.push(borders);
        Ok(())
    }

    pub(in crate::model) fn get(&self, index: usize) -> (&str, FieldValues<'_>) {
        let mut values = FieldValues::default();
        for field in ManagedField::ALL {
            values.set(field, field.unpack(self.packed(index, field)));
        }
        (self.uid(index), values)
    }

    /// A field's value as one word; empty when there is none. Equal words stand for equal values.
    pub(in crate::model) fn packed(&self, index: usize, field: ManagedField) -> &str {
        self.column(index, field as usize)
    }

    pub(in crate::model) fn uid(&self, index: usize) -> &str {
        self.column(index, UID)
    }

    /// Reads a little of each of these users. Reads that do not depend on each other wait for memory together, so that
    /// comparing the users afterwards does not wait once for each (`docs/performance.md`).
    pub(in crate::model) fn warm(&self, users: &[u32]) {
        let ends = users.iter().map(|&user| (self.borders[user as usize][0], self.borders[user as usize][COLUMNS]));
        let byte = |place: u32| u64::from(self.text.as_bytes().get(place as usize).copied().unwrap_or_default());
        black_box(ends.map(|(start, end)| byte(start) + byte(end)).sum::<u64>());
    }

    pub(in crate::model) fn append(&mut self, other: &Self) -> Result<(), FieldTableFull> {
        let offset = self.border()?;
        self.text.push_str(&other.text);
        self.border()?;
        self.borders.extend(other.borders.iter().map(|borders| borders.map(|border| border + offset)));
        Ok(())
    }

    pub(in crate::model) fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.borders.shrink_to_fit();
    }

    fn column(&self, index: usize, column: usize) -> &str {
        let borders = &self.borders[index];
        &self.text[borders[column] as usize..borders[column + 1] as usize]
    }

    fn border(&self) -> Result<u32, FieldTableFull> {
        u32::try_from(self.text.len()).map_err(|_| FieldTableFull)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FieldValue;

    fn table(users: &[(&str, &str, &str)]) -> FieldTable {
        let mut table = FieldTable::default();
        for (uid, email, last_name) in users {
            let values = FieldValues::default()
                .with(ManagedField::Email, FieldValue::text(email))
                .with(ManagedField::LastName, FieldValue::text(last_name));
            table.push(uid, &values).unwrap();
        }
        table
    }

    fn rows(table: &FieldTable) -> Vec<(&str, &str, &str)> {
        let row = |index| {
            (table.uid(index), table.packed(index, ManagedField::Email), table.packed(index, ManagedField::LastName))
        };
        (0..table.borders.len()).map(row).collect()
    }

    #[test]
    fn users_come_back_as_they_were_pushed_also_from_an_appended_table() {
        let users = [("1", "a@example.com", "Zoë"), ("", "", ""), ("2", "b@example.com", ""), ("", "", "x")];
        let (mut left, right) = (table(&users[..2]), table(&users[2..]));
        left.append(&right).unwrap();
        assert_eq!(rows(&left), users);
        assert_eq!(left.packed(0, ManagedField::FirstName), "");
    }
}
