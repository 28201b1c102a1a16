//! The desired state: what the CSV wants, packed so that a million rows stay small.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Status, TextTable, TextTableFull};

const EMAIL: usize = 0;
const UID: usize = 3;

/// The columns that the CSV has: only these are managed (contract, "CSV").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each column that a CSV may have")]
pub struct ManagedColumns {
    /// `firstName`
    pub first_name: bool,
    /// `lastName`
    pub last_name: bool,
    /// `status`; without it every row wants its user enabled.
    pub status: bool,
    /// `isHidden`
    pub is_hidden: bool,
    /// `uid`
    pub uid: bool,
    /// `password`, which only a create uses.
    pub password: bool,
}

/// One row's wish. An empty text or a `None` means "leave as it is".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DesiredUser<'a> {
    /// Line of the CSV on which the row starts, counted from 1 with the header on line 1 of a plain file.
    pub row: u64,
    /// The address, trimmed and checked.
    pub email: &'a str,
    /// Trimmed, NFC; empty when not managed.
    pub first_name: &'a str,
    /// Trimmed, NFC; empty when not managed.
    pub last_name: &'a str,
    /// The tenant's identifier, when the row names it; else empty.
    pub uid: &'a str,
    /// What the `status` cell says; `None` for an empty cell or without the column.
    pub status: Option<Status>,
    /// What the `isHidden` cell says.
    pub is_hidden: Option<bool>,
}

/// All valid rows, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct DesiredUsers {
    texts: TextTable<4>,
    rows: Vec<u32>,
    flags: Vec<Flags>,
    passwords: BTreeMap<u32, SecretString>,
}

#[derive(Debug, Clone, Copy)]
struct Flags {
    status: Option<Status>,
    is_hidden: Option<bool>,
}

impl DesiredUsers {
    /// Appends a row.
    pub fn push(&mut self, user: DesiredUser<'_>) -> Result<(), TextTableFull> {
        let row = u32::try_from(user.row).map_err(|_| TextTableFull)?;
        self.texts.push([user.email, user.first_name, user.last_name, user.uid])?;
        self.rows.push(row);
        self.flags.push(Flags { status: user.status, is_hidden: user.is_hidden });
        Ok(())
    }

    /// Keeps the password of the row that was pushed last.
    pub fn set_last_password(&mut self, password: SecretString) {
        if let Some(&row) = self.rows.last() {
            self.passwords.insert(row, password);
        }
    }

    /// The row at `index`, counted from 0 over the valid rows.
    pub fn get(&self, index: usize) -> DesiredUser<'_> {
        let [email, first_name, last_name, uid] = self.texts.row(index);
        let Flags { status, is_hidden } = self.flags[index];
        DesiredUser { row: u64::from(self.rows[index]), email, first_name, last_name, uid, status, is_hidden }
    }

    /// The address of the row at `index`.
    pub fn email(&self, index: usize) -> &str {
        self.texts.field(index, EMAIL)
    }

    /// The `uid` cell of the row at `index`; empty when there is none.
    pub fn uid(&self, index: usize) -> &str {
        self.texts.field(index, UID)
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

    /// Takes over `other`'s rows behind its own, for a loader that reads in parts.
    pub fn append(&mut self, other: Self) -> Result<(), TextTableFull> {
        self.texts.append(&other.texts)?;
        self.rows.extend(other.rows);
        self.flags.extend(other.flags);
        self.passwords.extend(other.passwords);
        Ok(())
    }

    /// Gives back the memory that growing left over.
    pub fn shrink_to_fit(&mut self) {
        self.texts.shrink_to_fit();
        self.rows.shrink_to_fit();
        self.flags.shrink_to_fit();
    }
}

/// Users that invalid rows may refer to. They are never disabled for absence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Addresses found on invalid rows, by their comparison key.
    pub emails: BTreeSet<String>,
    /// `uid`s found on invalid rows.
    pub uids: BTreeSet<String>,
    /// Lines of invalid rows whose user is not known: while there is one, nobody is disabled for absence.
    pub rows_without_identity: Vec<u64>,
}

impl Held {
    /// Whether an invalid row may mean this user.
    pub fn holds(&self, email_key: &str, uid: &str) -> bool {
        self.emails.contains(email_key) || (!uid.is_empty() && self.uids.contains(uid))
    }
}

/// Facts of the CSV that go into plans and reports (contract, "Files", `source`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFacts {
    /// As the operator named it; `-` for standard input.
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
}
