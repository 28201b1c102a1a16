//! What a piece of the file says: its valid rows, and everything that is wrong with the others.

use std::borrow::Cow;
use std::collections::BTreeSet;

use secrecy::SecretString;

use super::dialect::Dialect;
use super::duplicates::Keys;
use super::error::SourceError;
use super::header::Columns;
use super::pieces::Piece;
use super::problem::{Problem, ProblemKind};
use super::refuse::{self, Refused};
use super::row::{Fault, Values};
use super::rows::Rows;
use super::settings::Field;
use super::split::Record;
use crate::model::{DesiredUsers, Held, TextTableFull, comparison_key};

/// Marks the index of a refused row among the keys.
const REFUSED: u32 = 1 << 31;

/// How the rows of a file are read.
pub(super) struct Rules<'a> {
    pub(super) path: &'a str,
    pub(super) dialect: Dialect,
    pub(super) columns: Columns,
    /// Columns that we ignore and that hold addresses too, such as a manager's.
    pub(super) other_addresses: usize,
}

impl Rules<'_> {
    fn is_even(&self, record: &Record) -> bool {
        let (cells, width) = (&record.cells, self.columns.width());
        cells.len() == width
            || (self.dialect.has_extra_delimiter
                && cells.len() == width + 1
                && cells.last().is_some_and(|cell| cell.start == cell.end))
    }

    /// A last row that has too few cells and no line end was cut, and who knows what came behind it.
    fn refuse_if_cut(&self, record: &Record, line: u64) -> Result<(), SourceError> {
        let (found, wanted) = (record.cells.len(), self.columns.width());
        if record.is_terminated || found >= wanted {
            return Ok(());
        }
        let how = format!("its last row, on line {line}, has {found} of {wanted} fields and no line end");
        Err(SourceError::Truncated { path: self.path.to_owned(), how })
    }
}

/// What some rows say.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) users: DesiredUsers,
    emails: Keys,
    uids: Keys,
    refused: Vec<Refused>,
    pub(super) held: Held,
    pub(super) problems: Vec<Problem>,
    pub(super) row_count: u64,
    pub(super) empty_rows: Noted,
    pub(super) odd_blanks: Noted,
}

/// How often something was seen, and where first.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Noted {
    pub(super) count: u64,
    pub(super) first_line: u64,
}

impl Noted {
    fn add(&mut self, line: u64) {
        self.append(Self { count: 1, first_line: line });
    }

    fn append(&mut self, later: Self) {
        if self.count == 0 {
            self.first_line = later.first_line;
        }
        self.count += later.count;
    }
}

impl Part {
    /// Reads every row of a piece, behind what was read before.
    pub(super) fn read(&mut self, piece: &Piece, rules: &Rules<'_>) -> Result<(), SourceError> {
        let mut rows = Rows::new(rules.path, piece, rules.dialect);
        // Kept over the rows, so that a row costs no allocation.
        let mut faults = Vec::new();
        while rows.advance()? {
            self.row(&rows, rules, &mut faults)?;
        }
        Ok(())
    }

    fn row(&mut self, rows: &Rows<'_>, rules: &Rules<'_>, faults: &mut Vec<Fault>) -> Result<(), SourceError> {
        let (text, record, line) = (rows.text(), rows.record(), rows.line());
        if is_empty(text, record) {
            if record.cells.len() > 1 {
                self.empty_rows.add(line);
            }
            return Ok(());
        }
        self.row_count += 1;
        if record.broken.is_some() || !rules.is_even(record) {
            rules.refuse_if_cut(record, line)?;
            let (refused, problem) =
                refuse::unsplit(&rules.columns, rules.other_addresses, text, record, line, &mut self.held);
            self.problems.push(problem);
            self.keep_refused(refused);
            return Ok(());
        }
        let values = Values::read(rules, text, record, faults);
        if faults.is_empty() {
            let accepted = self.accept(&values, line);
            return accepted.map_err(|source| SourceError::TooMuchText { path: rules.path.to_owned(), source });
        }
        self.refuse(&rules.columns, text, record, line, &values, faults);
        Ok(())
    }

    fn accept(&mut self, values: &Values<'_>, line: u64) -> Result<(), TextTableFull> {
        let index = to_index(self.users.len())?;
        self.users.push(&values.user(line))?;
        let key = if values.is_email_key { Cow::Borrowed(&*values.email) } else { comparison_key(&values.email) };
        self.emails.push(index, key.as_bytes());
        if !values.uid.is_empty() {
            self.uids.push(index, values.uid.as_bytes());
        }
        if !values.password.is_empty() {
            self.users.set_last_password(SecretString::from(values.password.as_ref()));
        }
        if values.has_odd_blank {
            self.odd_blanks.add(line);
        }
        Ok(())
    }

    fn refuse(
        &mut self,
        columns: &Columns,
        text: &str,
        record: &Record,
        line: u64,
        values: &Values<'_>,
        faults: &mut Vec<Fault>,
    ) {
        if let Some(problem) = refuse::repeated_header(columns, text, record, line) {
            faults.clear();
            self.problems.push(problem);
            return;
        }
        let refused = refuse::faulty(columns, text, record, line, values, faults, &mut self.held);
        self.problems.extend(faults.drain(..).map(|fault| fault.at(line, columns)));
        self.keep_refused(refused);
    }

    /// A refused row's address and identifier stand on the file like any other's.
    fn keep_refused(&mut self, refused: Refused) {
        let index = REFUSED | u32::try_from(self.refused.len()).unwrap_or(u32::MAX);
        if let Some(email) = &refused.email {
            self.emails.push(index, email.as_bytes());
        }
        if let Some(uid) = &refused.uid {
            self.uids.push(index, uid.as_bytes());
        }
        self.refused.push(refused);
    }

    /// Takes over what the rows behind these say.
    pub(super) fn append(&mut self, later: Self, rules: &Rules<'_>) -> Result<(), SourceError> {
        self.take_over(later).map_err(|source| SourceError::TooMuchText { path: rules.path.to_owned(), source })
    }

    fn take_over(&mut self, later: Self) -> Result<(), TextTableFull> {
        let Self { users, emails, uids, refused, held, problems, row_count, empty_rows, odd_blanks } = later;
        let (before, refused_before) = (to_index(self.users.len())?, to_index(self.refused.len())?);
        to_index(self.users.len() + users.len())?;
        to_index(self.refused.len() + refused.len())?;
        let moved = |index: u32| index + if index & REFUSED == 0 { before } else { refused_before };
        self.users.append(users)?;
        self.emails.append(&emails, moved);
        self.uids.append(&uids, moved);
        self.refused.extend(refused);
        self.held.emails.extend(held.emails);
        self.held.uids.extend(held.uids);
        self.held.untold_rows.extend(held.untold_rows);
        self.problems.extend(problems);
        self.row_count += row_count;
        self.empty_rows.append(empty_rows);
        self.odd_blanks.append(odd_blanks);
        Ok(())
    }

    /// Makes every row invalid whose address or identifier stands on another row too.
    pub(super) fn refuse_duplicates(&mut self, columns: &Columns) -> Result<(), TextTableFull> {
        let (emails, uids) = (std::mem::take(&mut self.emails), std::mem::take(&mut self.uids));
        // The two have nothing to do with each other, and a million of each take a while.
        let (emails, uids) = std::thread::scope(|scope| {
            let uids = scope.spawn(|| uids.groups(|index| self.uid(index)));
            let emails = emails.groups(|index| self.email_key(index));
            (emails, uids.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let mut doomed = BTreeSet::new();
        for (field, kind, groups) in
            [(Field::Email, ProblemKind::DuplicateEmail, emails), (Field::Uid, ProblemKind::DuplicateUid, uids)]
        {
            for group in groups {
                self.report_group(columns, (field, kind), &group);
                doomed.extend(group.into_iter().filter(|index| index & REFUSED == 0));
            }
        }
        self.drop_users(&doomed)
    }

    fn report_group(&mut self, columns: &Columns, rule: (Field, ProblemKind), group: &[u32]) {
        let mut lines: Vec<u64> = group.iter().map(|&index| self.line(index)).collect();
        lines.sort_unstable();
        for &index in group {
            let value = if rule.0 == Field::Email { self.email(index) } else { self.uid(index) };
            let problem = refuse::duplicate(columns, rule, &value, self.line(index), &lines);
            self.problems.push(problem);
        }
    }

    fn drop_users(&mut self, doomed: &BTreeSet<u32>) -> Result<(), TextTableFull> {
        if doomed.is_empty() {
            return Ok(());
        }
        let all = std::mem::take(&mut self.users);
        for (index, user) in (0_u32..).zip(all.iter()) {
            if doomed.contains(&index) {
                self.held.emails.insert(comparison_key(user.email()).into_owned());
                self.held.uids.extend((!user.uid.is_empty()).then(|| user.uid.to_owned()));
                continue;
            }
            self.users.push(&user)?;
            if let Some(password) = all.password(user.row) {
                self.users.set_last_password(password.clone());
            }
        }
        Ok(())
    }

    fn refused_at(&self, index: u32) -> Option<&Refused> {
        (index & REFUSED != 0).then(|| &self.refused[(index & !REFUSED) as usize])
    }

    fn line(&self, index: u32) -> u64 {
        self.refused_at(index).map_or_else(|| self.users.get(index as usize).row, |refused| refused.line)
    }

    fn email(&self, index: u32) -> String {
        match self.refused_at(index) {
            Some(refused) => refused.email.clone().unwrap_or_default(),
            None => self.users.email(index as usize).to_owned(),
        }
    }

    fn email_key(&self, index: u32) -> String {
        comparison_key(&self.email(index)).into_owned()
    }

    fn uid(&self, index: u32) -> String {
        match self.refused_at(index) {
            Some(refused) => refused.uid.clone().unwrap_or_default(),
            None => self.users.uid(index as usize).to_owned(),
        }
    }
}

/// Rows are counted in 31 bits.
fn to_index(rows: usize) -> Result<u32, TextTableFull> {
    u32::try_from(rows).ok().filter(|index| index & REFUSED == 0).ok_or(TextTableFull)
}

/// A blank line, or one of nothing but delimiters as spreadsheets write for cleared rows.
fn is_empty(text: &str, record: &Record) -> bool {
    record.cells.iter().all(|cell| text[cell.start..cell.end].trim_start().is_empty())
}
