//! The desired state: what the CSV wants, packed so that a million rows stay small.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::model::{
    Attention, FieldTable, FieldTableFull, FieldValues, GroupCell, GroupCells, ManagedField, doubt_of_address,
    doubt_of_name,
};

/// What the CSV says.
#[derive(Debug, Clone, Copy)]
pub struct Desired<'a> {
    /// The valid rows.
    pub users: &'a DesiredUsers,
    /// The columns that there are.
    pub columns: &'a ManagedColumns,
    /// Whose the invalid rows may be.
    pub held: &'a Held,
    /// Values of valid rows that may be none, by line.
    pub doubts: &'a [Doubt],
    /// Path, digest and counts.
    pub facts: &'a SourceFacts,
    /// What the loader warned of.
    pub warnings: &'a [String],
    /// What of it needs a person.
    pub attention: &'a [Attention],
}

/// The columns that the CSV has: only these are managed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ManagedColumns {
    /// Fields that have a column; the status may be said by one of its opposite.
    pub fields: BTreeSet<ManagedField>,
    /// `uid`
    pub uid: bool,
    /// `password`, which only a create uses.
    pub password: bool,
    /// `groups`
    pub groups: bool,
}

/// What one row asks for. A field without a value is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredUser<'a> {
    /// Line of the CSV on which the row starts, counted from 1 with the header on line 1 of a plain file.
    pub row: u64,
    /// The tenant's identifier, when the row names it; else empty.
    pub uid: &'a str,
    /// The address, and the filled cells of managed columns. Names are trimmed and NFC.
    pub values: FieldValues<'a>,
    /// The first day, where it is still to come: before it nobody is created or enabled for the row.
    pub not_before: Option<Date>,
}

/// All valid rows, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct DesiredUsers {
    fields: FieldTable,
    rows: Vec<u32>,
    /// By row, for the few that have one.
    not_before: BTreeMap<u32, Date>,
    passwords: BTreeMap<u32, SecretString>,
    groups: GroupCells,
}

impl DesiredUser<'_> {
    /// The row's address, trimmed and checked.
    pub fn email(&self) -> &str {
        self.values.text(ManagedField::Email)
    }
}

impl DesiredUsers {
    /// Appends a row.
    pub fn push(&mut self, user: &DesiredUser<'_>) -> Result<(), FieldTableFull> {
        let row = u32::try_from(user.row).map_err(|_| FieldTableFull)?;
        self.fields.push(user.uid, &user.values)?;
        self.rows.push(row);
        self.not_before.extend(user.not_before.map(|day| (row, day)));
        Ok(())
    }

    /// Keeps the password of the row that was pushed last.
    pub fn set_last_password(&mut self, password: SecretString) {
        if let Some(&row) = self.rows.last() {
            self.passwords.insert(row, password);
        }
    }

    /// Sets the `groups` cell of the row that was pushed last.
    pub fn set_last_groups(&mut self, cell: &GroupCell) {
        if let Some(last) = self.rows.len().checked_sub(1) {
            self.groups.set(last, cell);
        }
    }

    /// Pushes the row at `index` of `other` with everything that belongs to it.
    pub fn push_of(&mut self, other: &Self, index: usize) -> Result<(), FieldTableFull> {
        let user = other.get(index);
        self.push(&user)?;
        if let Some(password) = other.password(user.row) {
            self.set_last_password(password.clone());
        }
        if let Some(cell) = other.groups.get(index) {
            self.set_last_groups(cell);
        }
        Ok(())
    }

    /// The `groups` cells.
    pub fn groups(&self) -> &GroupCells {
        &self.groups
    }

    /// The row at `index`, counted from 0 over the valid rows.
    pub fn get(&self, index: usize) -> DesiredUser<'_> {
        let (uid, values) = self.fields.get(index);
        DesiredUser { row: u64::from(self.rows[index]), uid, values, not_before: self.not_before(index) }
    }

    /// The first day of the row at `index`, where it is still to come.
    pub fn not_before(&self, index: usize) -> Option<Date> {
        self.not_before.get(&self.rows[index]).copied()
    }

    /// The address of the row at `index`.
    pub fn email(&self, index: usize) -> &str {
        self.packed(index, ManagedField::Email)
    }

    /// A field of the row at `index` as one word, without unpacking the others; empty when it has no value.
    pub fn packed(&self, index: usize, field: ManagedField) -> &str {
        self.fields.packed(index, field)
    }

    /// The `uid` cell of the row at `index`; empty when there is none.
    pub fn uid(&self, index: usize) -> &str {
        self.fields.uid(index)
    }

    /// The index of the row that starts on `line`.
    pub fn index_of(&self, line: u64) -> Option<usize> {
        u32::try_from(line).ok().and_then(|line| self.rows.binary_search(&line).ok())
    }

    /// The password of the row that starts on `row`, for a create.
    pub fn password(&self, row: u64) -> Option<&SecretString> {
        u32::try_from(row).ok().and_then(|row| self.passwords.get(&row))
    }

    /// How many valid rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no valid row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All rows in file order.
    pub fn iter(&self) -> impl Iterator<Item = DesiredUser<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Gives back the memory that growing left over.
    pub fn shrink_to_fit(&mut self) {
        self.fields.shrink_to_fit();
        self.rows.shrink_to_fit();
    }
}

/// A value that is hardly what was meant. It stands where the row's user already has it; else its row is invalid.
///
/// The value stands in its row, and its reason is found out when it is asked for: a file may hold millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// Line on which the row starts.
    pub line: u64,
    /// Which value of the row.
    pub field: ManagedField,
}

impl Doubt {
    /// Why the value is doubtful, for a person to read.
    pub fn reason(&self, row: &DesiredUser<'_>) -> String {
        let value = row.values.text(self.field);
        let reason = match self.field {
            ManagedField::Email => doubt_of_address(value),
            _ => doubt_of_name(value),
        };
        reason.unwrap_or_else(|| "it is hardly what was meant".to_owned())
    }

    /// Which value of the row it is, and why it is doubtful.
    pub fn sentence(&self, row: &DesiredUser<'_>) -> String {
        format!("{} `{}` is doubtful: {}", self.field, row.values.text(self.field), self.reason(row))
    }
}

/// Whose the invalid rows may be. Nobody whom one of them names is disabled for absence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held(pub Vec<HeldRow>);

/// What an invalid row says about whose it is: texts that name a user only where they are exactly a user's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldRow {
    /// Line on which the row starts.
    pub line: u64,
    /// Cells that may be its address, by their comparison key.
    pub emails: Vec<String>,
    /// Cells that may be its `uid`.
    pub uids: Vec<String>,
    /// Whether the `uid` is enough to know whose row it is.
    pub is_known_by_uid: bool,
    /// How many of the addresses must be users' until the row's own is known to be among them; `None` when none is enough.
    pub addresses_needed: Option<usize>,
}

/// Facts of the CSV that go into plans and reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFacts {
    /// As given on the command line; `-` for standard input.
    pub path: String,
    /// Of the bytes as read, before any decoding; lower-case hexadecimal.
    pub sha256: String,
    /// Data rows, valid or not.
    pub rows: u64,
    /// Rows that a plan can use.
    pub valid_rows: u64,
    /// Rows that it can't.
    pub invalid_rows: u64,
    /// How the bytes were read, such as `windows-1252, delimiter ";"`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dialect: String,
    /// The fields that have a column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Headers that nothing is read from, as they are compared; those of `--ignore-column` are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored_columns: Vec<String>,
    /// Whether the encoding was assumed, and neither given nor told by the bytes. A person should look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encoding_assumed: bool,
}
