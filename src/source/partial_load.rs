//! What the rows so far have in them: valid rows, and everything that is wrong with the others.

use std::borrow::Cow;
use std::collections::BTreeSet;

use secrecy::SecretString;

use super::columns::{Columns, Field};
use super::error::SourceError;
use super::problems::Problems;
use super::row::{
    Fault, InvalidRow, Values, duplicate_problem, hold_faulty, hold_misplaced, misplaced_problem, repeated_header,
    repeated_keys,
};
use super::rules::Rules;
use super::table::Row;
use crate::model::{DesiredUsers, FieldTableFull, Held, comparison_key};

/// Addresses and identifiers of invalid rows that are kept.
const MOST_HELD: usize = 500_000;

/// A row by its index among the valid or the invalid ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RowRef {
    Valid(usize),
    Invalid(usize),
}

#[derive(Debug, Default)]
pub(crate) struct PartialLoad {
    pub(crate) users: DesiredUsers,
    pub(crate) held: Held,
    pub(crate) problems: Problems,
    pub(crate) row_count: u64,
    pub(crate) empty_rows: Occurrences,
    pub(crate) unusual_blanks: Occurrences,
    invalid: Vec<InvalidRow>,
}

/// How many rows have something, and the first of them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Occurrences {
    pub(crate) count: u64,
    pub(crate) first_line: u64,
}

impl Occurrences {
    fn add(&mut self, line: u64) {
        if self.count == 0 {
            self.first_line = line;
        }
        self.count += 1;
    }
}

impl PartialLoad {
    pub(crate) fn add(&mut self, row: Row<'_>, rules: &Rules) -> Result<(), SourceError> {
        if row.is_empty() {
            if row.cells.len() > 1 {
                self.empty_rows.add(row.line);
            }
            return Ok(());
        }
        self.row_count += 1;
        if row.broken.is_some() || !rules.is_even(&row) {
            rules.refuse_if_cut(&row)?;
            self.add_misplaced(row, rules);
            return Ok(());
        }
        let (values, faults) = Values::read(&rules.columns, row);
        if faults.is_empty() {
            self.add_valid(&values, row.line).map_err(|source| too_much_text(&rules.path, source))
        } else {
            self.add_faulty(row, &values, faults, &rules.columns);
            Ok(())
        }
    }

    fn add_valid(&mut self, values: &Values<'_>, line: u64) -> Result<(), FieldTableFull> {
        self.users.push(&values.user(line))?;
        if !values.password.is_empty() {
            self.users.set_last_password(SecretString::from(values.password.as_ref()));
        }
        if let Some(cell) = &values.groups {
            self.users.set_last_groups(cell);
        }
        if values.has_unusual_blank() {
            self.unusual_blanks.add(line);
        }
        Ok(())
    }

    fn add_faulty(&mut self, row: Row<'_>, values: &Values<'_>, faults: Vec<Fault>, columns: &Columns) {
        if let Some(problem) = repeated_header(columns, row) {
            self.problems.push(problem);
            return;
        }
        let invalid = hold_faulty(columns, row, values, &faults, &mut self.held);
        self.add_invalid(invalid);
        for fault in faults {
            self.problems.push(fault.at(row.line, columns));
        }
    }

    fn add_misplaced(&mut self, row: Row<'_>, rules: &Rules) {
        let invalid = hold_misplaced(&rules.columns, rules.other_addresses, row, &mut self.held);
        self.add_invalid(invalid);
        self.problems.push(misplaced_problem(&rules.columns, row));
    }

    /// Only what another row may repeat is kept. Of very many users that invalid rows may refer to, none is kept: the rows
    /// count as of users who are not known, for which nobody is disabled for absence.
    fn add_invalid(&mut self, row: InvalidRow) {
        if self.held.emails.len() + self.held.uids.len() > MOST_HELD {
            (self.held.emails, self.held.uids) = Default::default();
            self.held.rows_without_identity.push(row.line);
        }
        self.invalid.extend(Some(row).filter(|row| row.email.is_some() || row.uid.is_some()));
    }

    /// Makes every row invalid whose address or `uid` is also that of another row, a valid or an invalid one.
    pub(crate) fn refuse_duplicates(&mut self, rules: &Rules) -> Result<(), SourceError> {
        let full = |source| too_much_text(&rules.path, source);
        let count = u32::try_from(self.users.len() + self.invalid.len()).map_err(|_| full(FieldTableFull))?;
        let email_of = |number| comparison_key(self.email(self.row(number)));
        let uid_of = |number| Cow::Borrowed(self.uid(self.row(number)));
        let mut refused = BTreeSet::new();
        for (field, groups) in
            [(Field::Email, repeated_keys(count, email_of)), (Field::Uid, repeated_keys(count, uid_of))]
        {
            for group in groups {
                let group: Vec<RowRef> = group.into_iter().map(|number| self.row(number)).collect();
                self.report_duplicates(&rules.columns, field, &group);
                refused.extend(group);
            }
        }
        self.drop_users(&refused).map_err(full)
    }

    /// Rows are numbered from 0, the invalid ones behind the valid ones.
    fn row(&self, number: u32) -> RowRef {
        match (number as usize).checked_sub(self.users.len()) {
            None => RowRef::Valid(number as usize),
            Some(index) => RowRef::Invalid(index),
        }
    }

    fn report_duplicates(&mut self, columns: &Columns, field: Field, group: &[RowRef]) {
        let mut lines: Vec<u64> = group.iter().map(|&row| self.line(row)).collect();
        lines.sort_unstable();
        for &row in group {
            let value = if field == Field::Email { self.email(row) } else { self.uid(row) };
            self.problems.push(duplicate_problem(columns, field, value, self.line(row), &lines));
        }
    }

    fn drop_users(&mut self, refused: &BTreeSet<RowRef>) -> Result<(), FieldTableFull> {
        if refused.is_empty() {
            return Ok(());
        }
        let all = std::mem::take(&mut self.users);
        for (index, user) in all.iter().enumerate() {
            if refused.contains(&RowRef::Valid(index)) {
                self.held.emails.insert(comparison_key(user.email()).into_owned());
                self.held.uids.extend((!user.uid.is_empty()).then(|| user.uid.to_owned()));
                continue;
            }
            self.users.push_of(&all, index)?;
        }
        Ok(())
    }

    fn line(&self, row: RowRef) -> u64 {
        match row {
            RowRef::Valid(index) => self.users.get(index).row,
            RowRef::Invalid(index) => self.invalid[index].line,
        }
    }

    /// The address of a row; empty when it is not known.
    fn email(&self, row: RowRef) -> &str {
        match row {
            RowRef::Valid(index) => self.users.email(index),
            RowRef::Invalid(index) => self.invalid[index].email.as_deref().unwrap_or_default(),
        }
    }

    fn uid(&self, row: RowRef) -> &str {
        match row {
            RowRef::Valid(index) => self.users.uid(index),
            RowRef::Invalid(index) => self.invalid[index].uid.as_deref().unwrap_or_default(),
        }
    }
}

fn too_much_text(path: &str, source: FieldTableFull) -> SourceError {
    SourceError::TooMuchText { path: path.to_owned(), source }
}
