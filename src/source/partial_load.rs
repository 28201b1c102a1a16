//! What the rows so far have in them: valid rows, and everything that is wrong with the others.

use std::borrow::Cow;
use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};

use super::columns::{Columns, Field, LeavingWatch};
use super::error::SourceError;
use super::problems::Problems;
use super::row::{
    Fault, Values, duplicate_problem, hold_faulty, hold_misplaced, misplaced_problem, repeated_header, repeated_keys,
};
use super::rules::Rules;
use super::table::Row;
use crate::model::{
    DesiredUser, DesiredUsers, Doubt, FieldTableFull, GroupCell, HeldRow, ManagedField, comparison_key, is_same_address,
};

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
    pub(crate) doubts: Vec<Doubt>,
    /// The invalid rows, and how many texts they hold.
    pub(crate) invalid: Vec<HeldRow>,
    held_texts: usize,
    pub(crate) problems: Problems,
    pub(crate) row_count: u64,
    pub(crate) empty_rows: Occurrences,
    pub(crate) unusual_blanks: Occurrences,
    /// Rows that want what another row wants already.
    pub(crate) repeated_rows: Occurrences,
    pub(crate) leaving: LeavingWatch,
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
        self.leaving.look(&row);
        let (values, faults) = Values::read(rules, row);
        if faults.is_empty() {
            self.add_valid(values, row.line).map_err(|source| too_much_text(&rules.path, source))
        } else {
            self.add_faulty(row, &values, faults, &rules.columns);
            Ok(())
        }
    }

    fn add_valid(&mut self, values: Values<'_>, line: u64) -> Result<(), FieldTableFull> {
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
        self.doubts.extend(values.doubts);
        Ok(())
    }

    fn add_faulty(&mut self, row: Row<'_>, values: &Values<'_>, faults: Vec<Fault>, columns: &Columns) {
        if let Some(problem) = repeated_header(columns, row) {
            self.problems.push(problem);
            return;
        }
        self.add_invalid(hold_faulty(columns, row, values, &faults));
        for fault in faults {
            self.problems.push(fault.at(row.line, columns));
        }
    }

    fn add_misplaced(&mut self, row: Row<'_>, rules: &Rules) {
        self.add_invalid(hold_misplaced(&rules.columns, rules.other_addresses, row));
        self.problems.push(misplaced_problem(&rules.columns, row));
    }

    /// Of very many texts, only an address that another row may repeat is kept: the rows count as of users who are not
    /// known, for which nobody is disabled for absence.
    fn add_invalid(&mut self, mut row: HeldRow) {
        self.held_texts += row.emails.len() + row.uids.len();
        if self.held_texts > MOST_HELD {
            row.emails.truncate(usize::from(row.emails.len() == 1));
            row = HeldRow { line: row.line, emails: row.emails, ..HeldRow::default() };
        }
        self.invalid.push(row);
    }

    /// Makes every row invalid whose address or `uid` is also that of another row, a valid or an invalid one.
    pub(crate) fn refuse_duplicates(&mut self, rules: &Rules) -> Result<(), SourceError> {
        let full = |source| too_much_text(&rules.path, source);
        let count = u32::try_from(self.users.len() + self.invalid.len()).map_err(|_| full(FieldTableFull))?;
        let email_of = |number| comparison_key(self.email(self.row(number)));
        let uid_of = |number| Cow::Borrowed(self.uid(self.row(number)));
        let (mut refused, mut repeated) = (BTreeSet::new(), BTreeSet::new());
        for (field, groups) in
            [(Field::Email, repeated_keys(count, email_of)), (Field::Uid, repeated_keys(count, uid_of))]
        {
            for group in groups {
                let group: Vec<RowRef> =
                    group.into_iter().map(|number| self.row(number)).filter(|row| !repeated.contains(row)).collect();
                match group.as_slice() {
                    [first, others @ ..] if others.iter().all(|other| self.agree(*first, *other)) => {
                        repeated.extend(others);
                    }
                    _ => {
                        self.report_duplicates(&rules.columns, field, &group);
                        refused.extend(group);
                    }
                }
            }
        }
        repeated.retain(|row| !refused.contains(row));
        let mut lines: Vec<u64> = repeated.iter().map(|&row| self.line(row)).collect();
        lines.sort_unstable();
        for line in lines {
            self.repeated_rows.add(line);
        }
        self.drop_users(&refused, &repeated).map_err(full)
    }

    /// Whether two valid rows of one address want the same.
    fn agree(&self, left: RowRef, right: RowRef) -> bool {
        let (RowRef::Valid(left), RowRef::Valid(right)) = (left, right) else { return false };
        let groups = |index| self.users.groups().get(index).map(GroupCell::named);
        let is_same_groups = groups(left) == groups(right);
        let (left, right) = (self.users.get(left), self.users.get(right));
        let password = |row| self.users.password(row).map(ExposeSecret::expose_secret);
        let values = |field| field == ManagedField::Email || left.values.get(field) == right.values.get(field);
        is_same_groups
            && is_same_address(left.email(), right.email())
            && ManagedField::ALL.into_iter().all(values)
            && (left.uid, left.not_before, password(left.row)) == (right.uid, right.not_before, password(right.row))
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

    fn drop_users(&mut self, refused: &BTreeSet<RowRef>, repeated: &BTreeSet<RowRef>) -> Result<(), FieldTableFull> {
        if refused.is_empty() && repeated.is_empty() {
            return Ok(());
        }
        let all = std::mem::take(&mut self.users);
        for (index, user) in all.iter().enumerate() {
            if repeated.contains(&RowRef::Valid(index)) {
                continue;
            }
            if refused.contains(&RowRef::Valid(index)) {
                self.add_invalid(hold_valid(&user));
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
            RowRef::Invalid(index) if self.invalid[index].addresses_needed > Some(1) => "",
            RowRef::Invalid(index) => only(&self.invalid[index].emails),
        }
    }

    fn uid(&self, row: RowRef) -> &str {
        match row {
            RowRef::Valid(index) => self.users.uid(index),
            RowRef::Invalid(index) if !self.invalid[index].is_known_by_uid => "",
            RowRef::Invalid(index) => only(&self.invalid[index].uids),
        }
    }
}

/// Of several texts, none is known to be the row's.
fn only(texts: &[String]) -> &str {
    match texts {
        [text] => text,
        _ => "",
    }
}

fn hold_valid(user: &DesiredUser<'_>) -> HeldRow {
    let emails = vec![comparison_key(user.email()).into_owned()];
    let uids = if user.uid.is_empty() { Vec::new() } else { vec![user.uid.to_owned()] };
    HeldRow { line: user.row, emails, uids, is_known_by_uid: true, addresses_needed: Some(1) }
}

fn too_much_text(path: &str, source: FieldTableFull) -> SourceError {
    SourceError::TooMuchText { path: path.to_owned(), source }
}
