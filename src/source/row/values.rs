//! The values of one row, or the faults that make it invalid.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::cells::{self, Doubted};
use super::date::DateFormat;
use super::fault::Fault;
use crate::model::{DesiredUser, Doubt, FieldValue, FieldValues, GroupCell, ManagedField, Status, unguard};
use crate::source::columns::Field;
use crate::source::rules::Rules;
use crate::source::table::Row;

/// What the operator said about cells, and the day that they are held against.
#[derive(Debug, Clone)]
pub(crate) struct CellRules {
    /// Further words of a status, folded.
    pub(crate) status_words: BTreeMap<String, Status>,
    pub(crate) date_format: Option<DateFormat>,
    pub(crate) today: Date,
}

/// The values of the managed cells. A cell at fault has the default value.
#[derive(Debug, Default)]
pub(crate) struct Values<'t> {
    pub(crate) email: Cow<'t, str>,
    pub(crate) first_name: Cow<'t, str>,
    pub(crate) last_name: Cow<'t, str>,
    pub(crate) uid: Cow<'t, str>,
    /// What the row asks for today: by its status, the opposite of it, and its last day.
    pub(crate) status: Option<Status>,
    /// The first day, where it is still to come.
    pub(crate) not_before: Option<Date>,
    pub(crate) is_hidden: Option<bool>,
    /// Empty when there is none.
    pub(crate) password: Cow<'t, str>,
    /// `None` for an empty cell.
    pub(crate) groups: Option<GroupCell>,
    /// The values that may be none.
    pub(crate) doubts: Vec<Doubt>,
}

impl<'t> Values<'t> {
    /// Reads the cells of a row that has as many as the header.
    pub(crate) fn read(rules: &Rules, row: Row<'t>) -> (Self, Vec<Fault>) {
        let mut reader = CellReader { rules, row, faults: Vec::new(), doubts: Vec::new() };
        let (status, not_before) = reader.wanted();
        let mut values = Self {
            email: reader.read_doubted(ManagedField::Email, Field::Email, cells::email),
            first_name: reader
                .read_doubted(ManagedField::FirstName, Field::FirstName, |cell| cells::name(Field::FirstName, cell)),
            last_name: reader
                .read_doubted(ManagedField::LastName, Field::LastName, |cell| cells::name(Field::LastName, cell)),
            uid: reader.read(Field::Uid, cells::uid),
            status,
            not_before,
            is_hidden: reader.read(Field::IsHidden, |cell| cells::is_hidden(&cell)),
            password: reader.read_untrimmed(Field::Password, cells::password),
            groups: reader.read(Field::Groups, |cell| cells::groups(&cell)),
            doubts: Vec::new(),
        };
        values.doubts = reader.doubts;
        (values, reader.faults)
    }

    /// Whether a name has a blank that looks like the plain one and is another.
    pub(crate) fn has_unusual_blank(&self) -> bool {
        [&self.first_name, &self.last_name]
            .iter()
            .any(|name| !name.is_ascii() && name.chars().any(|c| c.is_whitespace() && !c.is_ascii()))
    }

    /// The row as the plan will see it.
    pub(crate) fn user(&self, line: u64) -> DesiredUser<'_> {
        let values = FieldValues::default()
            .with(ManagedField::Email, FieldValue::text(&self.email))
            .with(ManagedField::FirstName, FieldValue::text(&self.first_name))
            .with(ManagedField::LastName, FieldValue::text(&self.last_name))
            .with(ManagedField::Status, self.status.map(FieldValue::Status))
            .with(ManagedField::IsHidden, self.is_hidden.map(FieldValue::Flag));
        DesiredUser { row: line, uid: &self.uid, values, not_before: self.not_before }
    }
}

struct CellReader<'a, 't> {
    rules: &'a Rules,
    row: Row<'t>,
    faults: Vec<Fault>,
    doubts: Vec<Doubt>,
}

impl<'t> CellReader<'_, 't> {
    /// What the row asks for today, and the first day where it is still to come.
    fn wanted(&mut self) -> (Option<Status>, Option<Date>) {
        let rules = &self.rules.cells;
        let status = self.read(Field::Status, |cell| cells::status(&cell, rules));
        let disabled = self.read(Field::Disabled, |cell| cells::disabled(&cell));
        let mut day = |field| self.read(field, |cell| cells::date(field, &cell, rules.date_format.as_ref()));
        let (start, end) = (day(Field::StartDate), day(Field::EndDate));
        let of_flag = disabled.map(|disabled| if disabled { Status::Disabled } else { Status::Enabled });
        if let (Some(status), Some(of_flag), Some(disabled)) = (status, of_flag, disabled)
            && status != of_flag
        {
            self.faults.push(cells::contradiction(disabled));
        }
        let has_ended = end.is_some_and(|end| end < rules.today);
        let wanted = if has_ended { Some(Status::Disabled) } else { status.or(of_flag) };
        (wanted, start.filter(|start| *start > rules.today))
    }

    /// The value of a field's cell; its default when there is no such column or the cell is at fault.
    fn read<T: Default>(&mut self, field: Field, parse: impl FnOnce(Cow<'t, str>) -> Result<T, Fault>) -> T {
        self.read_untrimmed(field, |cell| {
            parse(match cell {
                Cow::Borrowed(text) => Cow::Borrowed(tidy(text)),
                Cow::Owned(text) => Cow::Owned(tidy(&text).to_owned()),
            })
        })
    }

    /// As [`CellReader::read`], for cells that may be doubtful.
    fn read_doubted(
        &mut self,
        managed: ManagedField,
        field: Field,
        parse: impl FnOnce(Cow<'t, str>) -> Result<Doubted<'t>, Fault>,
    ) -> Cow<'t, str> {
        let (value, is_doubtful) = self.read(field, parse);
        self.doubts.extend(is_doubtful.then_some(Doubt { line: self.row.line, field: managed }));
        value
    }

    fn read_untrimmed<T: Default>(&mut self, field: Field, parse: impl FnOnce(Cow<'t, str>) -> Result<T, Fault>) -> T {
        let Some(position) = self.rules.columns.position(field) else { return T::default() };
        let cell = self.row.value(position);
        let cell = if self.rules.is_null(&cell) { Cow::Borrowed("") } else { cell };
        parse(cell).unwrap_or_else(|fault| {
            self.faults.push(fault);
            T::default()
        })
    }
}

/// Trims a cell and takes off the quote that keeps it from being a formula.
fn tidy(cell: &str) -> &str {
    let edges = [cell.as_bytes().first(), cell.as_bytes().last()];
    let is_tidy = edges.iter().all(|edge| edge.is_none_or(u8::is_ascii_alphanumeric));
    if is_tidy { cell } else { unguard(cell.trim()).trim_start() }
}
