//! Which column holds which field.

use std::borrow::Cow;

use serde::Serialize;

use super::field::Field;
use super::leaving::speaks_of_leaving;
use super::vocabulary::{
    field_named, likely_field, likely_header, may_be_full_name, means_full_name, means_visible, normalize,
};
use crate::model::{ManagedColumns, ManagedField, visible, without_invisible};
use crate::source::address_hint::addresses_in;
use crate::source::error::SourceError;
use crate::source::settings::SourceSettings;

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// As the header row names it, trimmed.
    pub name: String,
    /// From 1.
    pub number: usize,
}

impl std::fmt::Display for Column {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "\"{}\" (column {})", visible(&self.name), self.number)
    }
}

/// The header row, understood.
#[derive(Debug, Clone)]
pub struct Columns {
    headers: Vec<String>,
    /// Position of each field's column, by the order of [`Field::ALL`].
    positions: [Option<usize>; Field::ALL.len()],
    /// Positions of the columns of `--ignore-column`.
    left_out: Vec<usize>,
    warnings: Vec<String>,
}

impl Columns {
    /// Matches `headers`, which stand on `line` of the file, to fields.
    pub(crate) fn new(
        path: &str,
        line: u64,
        headers: Vec<String>,
        settings: &SourceSettings,
    ) -> Result<Self, SourceError> {
        let positions = [None; Field::ALL.len()];
        let mut columns = Self { headers, positions, left_out: Vec::new(), warnings: Vec::new() };
        columns.refuse_data(path, line)?;
        columns.place_named(path, line, settings)?;
        columns.leave_out(settings)?;
        columns.place_known(path, line, settings)?;
        if columns.position(Field::Email).is_none() {
            return Err(columns.without_email(path, line));
        }
        Ok(columns)
    }

    /// How many cells a row has.
    pub(crate) fn width(&self) -> usize {
        self.headers.len()
    }

    /// Where the field's cell is, from 0.
    pub(crate) fn position(&self, field: Field) -> Option<usize> {
        self.positions[field as usize]
    }

    /// Where the address is, from 0.
    pub(crate) fn email_position(&self) -> usize {
        self.position(Field::Email).unwrap_or_default()
    }

    /// The column at a position from 0.
    pub(crate) fn column(&self, position: usize) -> Column {
        Column { name: self.headers.get(position).cloned().unwrap_or_default(), number: position + 1 }
    }

    /// The column that holds the field, if there is one.
    pub fn of(&self, field: Field) -> Option<Column> {
        self.position(field).map(|position| self.column(position))
    }

    /// Columns that nothing is read from, but for those without a header.
    pub fn ignored(&self) -> Vec<Column> {
        let is_ignored = |position: &usize| !self.headers[*position].is_empty() && !self.is_placed(*position);
        (0..self.width()).filter(is_ignored).map(|position| self.column(position)).collect()
    }

    /// Ignored columns, but for those that the operator left out.
    fn ignored_unasked(&self) -> impl Iterator<Item = Column> {
        self.ignored().into_iter().filter(|column| !self.left_out.contains(&(column.number - 1)))
    }

    /// The headers of columns that the operator may not know to be ignored, in the form in which headers are compared.
    pub(crate) fn ignored_headers(&self) -> Vec<String> {
        let mut headers: Vec<String> = self.ignored_unasked().map(|column| normalize(&column.name)).collect();
        headers.sort_unstable();
        headers.dedup();
        headers
    }

    /// The fields that have a column.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(|&field| self.position(field).is_some())
    }

    /// Positions of columns that hold no field and that the operator did not leave out.
    pub(crate) fn unread_positions(&self) -> impl Iterator<Item = usize> {
        (0..self.width()).filter(|position| !self.is_placed(*position) && !self.left_out.contains(position))
    }

    /// Positions of all columns that hold no field.
    pub(crate) fn other_positions(&self) -> Vec<usize> {
        (0..self.width()).filter(|&position| !self.is_placed(position)).collect()
    }

    /// Which fields the file manages.
    pub fn managed(&self) -> ManagedColumns {
        let has = |field| self.position(field).is_some();
        let managed = [
            (Field::FirstName, ManagedField::FirstName),
            (Field::LastName, ManagedField::LastName),
            (Field::Status, ManagedField::Status),
            (Field::Disabled, ManagedField::Status),
            (Field::IsHidden, ManagedField::IsHidden),
        ];
        ManagedColumns {
            fields: managed.into_iter().filter(|(field, _)| has(*field)).map(|(_, managed)| managed).collect(),
            uid: has(Field::Uid),
            password: has(Field::Password),
            groups: has(Field::Groups),
        }
    }

    /// Whether the cells of a row are the header once more.
    pub(crate) fn is_header(&self, cells: &[Cow<'_, str>]) -> bool {
        let is_same = |(header, cell): (&String, &Cow<'_, str>)| header.eq_ignore_ascii_case(&without_invisible(cell));
        cells.len() == self.width() && self.headers.iter().zip(cells).all(is_same)
    }

    /// What the operator should know about the header.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let named: Vec<String> = self.ignored_unasked().map(|column| self.describe_ignored(&column)).collect();
        let mut warnings = self.warnings.clone();
        if !named.is_empty() {
            let verb = if named.len() == 1 { "column is" } else { "columns are" };
            warnings.push(format!("{} {verb} ignored: {}", named.len(), named.join(", ")));
        }
        warnings
    }

    fn describe_ignored(&self, column: &Column) -> String {
        if means_visible(&column.name) {
            return format!("{column}, the opposite of isHidden");
        }
        if may_be_full_name(&column.name) || means_full_name(&column.name) {
            return format!("{column}, which may hold full names; first and last names need a column each");
        }
        // A column that speaks of leaving has its own advice.
        if speaks_of_leaving(&column.name, false).is_some() {
            return column.to_string();
        }
        match likely_field(&column.name).filter(|&field| self.position(field).is_none()) {
            Some(field) => {
                format!("{column}, did you mean {field}? then say --column {field}=\"{}\"", visible(&column.name))
            }
            None => column.to_string(),
        }
    }

    fn is_placed(&self, position: usize) -> bool {
        self.positions.contains(&Some(position))
    }

    /// A header that holds an address is a person.
    fn refuse_data(&self, path: &str, line: u64) -> Result<(), SourceError> {
        match self.headers.iter().flat_map(|header| addresses_in(header)).next() {
            None => Ok(()),
            Some(address) => {
                Err(SourceError::NoHeader { path: path.to_owned(), line, address: visible(&address).into_owned() })
            }
        }
    }

    /// What `--ignore-column` says.
    fn leave_out(&mut self, settings: &SourceSettings) -> Result<(), SourceError> {
        for header in &settings.ignored_columns {
            let found = self.named(header);
            if let Some(field) =
                self.fields().find(|&field| found.contains(&self.positions[field as usize].unwrap_or(usize::MAX)))
            {
                return Err(SourceError::ReadAndIgnored { header: visible(header).into_owned(), field });
            }
            if found.is_empty() {
                let header = visible(header);
                self.warnings.push(format!("--ignore-column \"{header}\" names a column that is not there"));
            }
            self.left_out.extend(found);
        }
        Ok(())
    }

    /// What `--column` says comes first.
    fn place_named(&mut self, path: &str, line: u64, settings: &SourceSettings) -> Result<(), SourceError> {
        for (&field, header) in &settings.columns {
            let position = self.find(path, line, field, header)?;
            let other = Field::ALL.iter().copied().find(|&other| self.position(other) == Some(position));
            if let Some(first) = other {
                return Err(SourceError::ColumnTwice { header: visible(header).into_owned(), first, second: field });
            }
            self.positions[field as usize] = Some(position);
        }
        Ok(())
    }

    /// A header as the operator wrote it: to the letter if there is one, else as headers are compared.
    fn find(&self, path: &str, line: u64, field: Field, header: &str) -> Result<usize, SourceError> {
        match self.named(header)[..] {
            [position] => Ok(position),
            [] => Err(SourceError::NoSuchColumn {
                path: path.to_owned(),
                line,
                field,
                header: visible(header).into_owned(),
                help: self.help_for(header),
            }),
            [first, second, ..] => Err(self.same_field(path, line, field, [first, second])),
        }
    }

    /// The columns of a header: those that are spelt so, or else those that are spelt alike.
    fn named(&self, header: &str) -> Vec<usize> {
        let word = normalize(header);
        let exact = |position: &usize| self.headers[*position] == header;
        let alike = |position: &usize| normalize(&self.headers[*position]) == word;
        let found: Vec<usize> = (0..self.width()).filter(exact).collect();
        if found.is_empty() { (0..self.width()).filter(alike).collect() } else { found }
    }

    fn help_for(&self, header: &str) -> String {
        match likely_header(header, &self.headers) {
            Some(likely) => format!("did you mean \"{}\"?", visible(likely)),
            None => format!("the headers are {}", self.quoted_headers()),
        }
    }

    /// The other columns by the words that we know.
    fn place_known(&mut self, path: &str, line: u64, settings: &SourceSettings) -> Result<(), SourceError> {
        let known: Vec<(usize, Field)> = self
            .unread_positions()
            .filter_map(|position| Some((position, field_named(&self.headers[position])?)))
            .filter(|(_, field)| !settings.columns.contains_key(field))
            .collect();
        let (full, sure): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|&(position, _)| may_be_full_name(&self.headers[position]));
        for (position, field) in sure {
            self.place(path, line, field, position)?;
        }
        for (position, field) in full {
            let other = if field == Field::FirstName { Field::LastName } else { Field::FirstName };
            if self.position(other).is_some() {
                self.place(path, line, field, position)?;
            }
        }
        Ok(())
    }

    fn place(&mut self, path: &str, line: u64, field: Field, position: usize) -> Result<(), SourceError> {
        match self.positions[field as usize].replace(position) {
            None => Ok(()),
            Some(first) => Err(self.same_field(path, line, field, [first.min(position), first.max(position)])),
        }
    }

    fn same_field(&self, path: &str, line: u64, field: Field, [first, second]: [usize; 2]) -> SourceError {
        SourceError::SameField {
            path: path.to_owned(),
            line,
            field,
            first: self.column(first).to_string(),
            second: self.column(second).to_string(),
        }
    }

    fn without_email(&self, path: &str, line: u64) -> SourceError {
        let path = path.to_owned();
        let likely = self.headers.iter().find(|header| likely_field(header) == Some(Field::Email));
        let help = match likely {
            Some(header) => format!("if \"{0}\" is meant for it, say --column email=\"{0}\"", visible(header)),
            None => "name it with --column email=HEADER, or check --delimiter and --encoding".to_owned(),
        };
        SourceError::NoEmailColumn { path, line, headers: self.quoted_headers(), help }
    }

    fn quoted_headers(&self) -> String {
        let named: Vec<String> =
            self.headers.iter().take(20).map(|header| format!("\"{}\"", visible(header))).collect();
        named.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headers: &[&str], named: &[(Field, &str)]) -> Result<Columns, SourceError> {
        let columns = named.iter().map(|&(field, header)| (field, header.to_owned())).collect();
        let settings = SourceSettings { columns, ..SourceSettings::default() };
        Columns::new("users.csv", 1, headers.iter().map(|&header| header.to_owned()).collect(), &settings)
    }

    fn refusal(headers: &[&str], named: &[(Field, &str)]) -> String {
        columns(headers, named).unwrap_err().to_string()
    }

    #[test]
    fn fields_are_found_in_any_order_and_language() {
        let columns = columns(&["Nom", "Prénom", "Service", "E-mail", "", "Actif"], &[]).unwrap();
        assert_eq!(columns.of(Field::Email).map(|column| column.number), Some(4));
        assert_eq!(columns.of(Field::LastName).map(|column| column.number), Some(1));
        assert_eq!(
            columns.managed(),
            ManagedColumns {
                fields: [ManagedField::FirstName, ManagedField::LastName, ManagedField::Status].into(),
                ..ManagedColumns::default()
            }
        );
        assert_eq!(columns.warnings(), [r#"1 column is ignored: "Service" (column 3)"#]);
    }

    #[test]
    fn two_headers_of_one_field_are_both_named_unless_the_operator_decides() {
        insta::assert_snapshot!(
            refusal(&["E-mail", "Mail"], &[]),
            @r#"users.csv, line 1: the columns "E-mail" (column 1) and "Mail" (column 2) both mean email; say which one with --column email=HEADER"#
        );
        let decided = columns(&["E-mail", "Mail"], &[(Field::Email, "mail")]).unwrap();
        assert_eq!(decided.of(Field::Email).map(|column| column.number), Some(2));
    }

    #[test]
    fn a_column_that_is_not_there_gets_a_did_you_mean() {
        insta::assert_snapshot!(
            refusal(&["Work Email", "Name"], &[(Field::Email, "Work Emial")]),
            @r#"users.csv, line 1: --column email=Work Emial names a column that is not there; did you mean "Work Email"?"#
        );
        insta::assert_snapshot!(
            refusal(&["E-mial", "Name"], &[]),
            @r#"users.csv, line 1: no column holds the e-mail address (headers: "E-mial", "Name"); if "E-mial" is meant for it, say --column email="E-mial""#
        );
    }

    #[test]
    fn one_column_can_not_be_two_fields_and_a_person_is_no_header() {
        insta::assert_snapshot!(
            refusal(&["mail", "X"], &[(Field::FirstName, "X"), (Field::LastName, "X")]),
            @"--column gives the column X to both firstName and lastName"
        );
        insta::assert_snapshot!(
            refusal(&["ann@example.com", "Ann"], &[]),
            @"users.csv, line 1: the first row looks like data (`ann@example.com`), where a header row such as email,firstName,lastName is needed"
        );
    }

    #[test]
    fn a_lone_column_of_names_is_no_first_or_last_name() {
        for lone in ["Nom", "Nombre", "Nome", "Name"] {
            let alone = columns(&["email", lone], &[]).unwrap();
            assert!(alone.of(Field::FirstName).is_none() && alone.of(Field::LastName).is_none(), "{lone}");
        }
        assert!(columns(&["email", "Nom", "Prénom"], &[]).unwrap().of(Field::LastName).is_some());
        assert!(columns(&["Nombre", "Apellidos", "email"], &[]).unwrap().of(Field::FirstName).is_some());
        assert!(columns(&["email", "Nom"], &[(Field::LastName, "Nom")]).unwrap().of(Field::LastName).is_some());
    }

    #[test]
    fn a_column_that_is_left_out_is_neither_read_nor_warned_of() {
        let settings = SourceSettings {
            ignored_columns: vec!["STATUS".to_owned(), "Typo".to_owned()],
            ..SourceSettings::default()
        };
        let headers = ["email", "Status", "Employment Status"].map(str::to_owned).to_vec();
        let columns = Columns::new("users.csv", 1, headers, &settings).unwrap();
        assert_eq!(columns.of(Field::Status).map(|column| column.number), Some(3));
        assert_eq!(columns.warnings(), [r#"--ignore-column "Typo" names a column that is not there"#]);
    }

    #[test]
    fn a_slip_in_a_header_and_an_opposite_are_explained() {
        let columns = columns(&["email", "Fristname", "visible"], &[]).unwrap();
        insta::assert_snapshot!(columns.warnings().join("\n"), @r#"2 columns are ignored: "Fristname" (column 2), did you mean firstName? then say --column firstName="Fristname", "visible" (column 3), the opposite of isHidden"#);
    }
}
