//! The values of one row, or the faults that make it invalid.

use std::borrow::Cow;

use super::cells;
use super::fault::Fault;
use crate::model::{DesiredUser, FieldValue, FieldValues, GroupCell, ManagedField, Status, unguard};
use crate::source::columns::{Columns, Field};
use crate::source::table::Row;

/// The values of the managed cells. A cell at fault has the default value.
#[derive(Debug, Default)]
pub(crate) struct Values<'t> {
    pub(crate) email: Cow<'t, str>,
    pub(crate) first_name: Cow<'t, str>,
    pub(crate) last_name: Cow<'t, str>,
    pub(crate) uid: Cow<'t, str>,
    pub(crate) status: Option<Status>,
    pub(crate) is_hidden: Option<bool>,
    /// Empty when there is none.
    pub(crate) password: Cow<'t, str>,
    /// `None` for an empty cell.
    pub(crate) groups: Option<GroupCell>,
}

impl<'t> Values<'t> {
    /// Reads the cells of a row that has as many as the header.
    pub(crate) fn read(columns: &Columns, row: Row<'t>) -> (Self, Vec<Fault>) {
        let mut reader = CellReader { columns, row, faults: Vec::new() };
        let values = Self {
            email: reader.read(Field::Email, cells::email),
            first_name: reader.read(Field::FirstName, |cell| cells::name(Field::FirstName, cell)),
            last_name: reader.read(Field::LastName, |cell| cells::name(Field::LastName, cell)),
            uid: reader.read(Field::Uid, cells::uid),
            status: reader.read(Field::Status, |cell| cells::status(&cell)),
            is_hidden: reader.read(Field::IsHidden, |cell| cells::is_hidden(&cell)),
            password: reader.read_untrimmed(Field::Password, cells::password),
            groups: reader.read(Field::Groups, |cell| cells::groups(&cell)),
        };
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
        DesiredUser { row: line, uid: &self.uid, values }
    }
}

struct CellReader<'a, 't> {
    columns: &'a Columns,
    row: Row<'t>,
    faults: Vec<Fault>,
}

impl<'t> CellReader<'_, 't> {
    /// The value of a field's cell; its default when there is no such column or the cell is at fault.
    fn read<T: Default>(&mut self, field: Field, parse: impl FnOnce(Cow<'t, str>) -> Result<T, Fault>) -> T {
        self.read_untrimmed(field, |cell| {
            parse(match cell {
                Cow::Borrowed(text) => Cow::Borrowed(tidy(text)),
                Cow::Owned(text) => Cow::Owned(tidy(&text).to_owned()),
            })
        })
    }

    fn read_untrimmed<T: Default>(&mut self, field: Field, parse: impl FnOnce(Cow<'t, str>) -> Result<T, Fault>) -> T {
        let Some(position) = self.columns.position(field) else { return T::default() };
        parse(self.row.value(position)).unwrap_or_else(|fault| {
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
