//! The walk over the whole file: every row is read, every problem kept.

use std::collections::BTreeSet;

use encoding_rs::UTF_8;
use secrecy::SecretString;

use super::dialect::{Dialect, address_columns};
use super::duplicates::Keys;
use super::encoding::{self, Assumption, Basis};
use super::error::SourceError;
use super::excerpt::{Excerpt, Excerpts};
use super::header::Columns;
use super::open::RawSource;
use super::problem::{Problem, ProblemKind};
use super::refuse::{self, Refused};
use super::row::{Fault, Values};
use super::rows::Rows;
use super::settings::{Field, SourceSettings};
use super::split::{Record, Splitter, Step};
use super::text::TextReader;
use super::window::Window;
use crate::model::{DesiredUsers, Held, ManagedColumns, SourceFacts, TextTableFull, comparison_key};

/// Marks the index of a refused row among the keys.
const REFUSED: u32 = 1 << 31;

/// All that a CSV says.
#[derive(Debug)]
pub struct Loaded {
    /// The valid rows.
    pub users: DesiredUsers,
    /// The fields that have a column.
    pub managed: ManagedColumns,
    /// What the invalid rows still tell.
    pub held: Held,
    /// For plans and reports.
    pub facts: SourceFacts,
    /// What was assumed or passed over.
    pub warnings: Vec<String>,
    /// Everything that makes a row invalid, by line and column.
    pub problems: Vec<Problem>,
    /// How the file is laid out.
    pub layout: Layout,
    /// The lines of the first problems, in their order.
    pub(super) excerpts: Vec<Excerpt>,
}

/// How a file is laid out.
#[derive(Debug)]
pub struct Layout {
    /// Its standard name, such as `UTF-8`.
    pub encoding: String,
    /// As people write it, such as `";"` or `tab`.
    pub delimiter: String,
    /// The header, understood.
    pub columns: Columns,
}

/// Reads every row of `raw`. Nothing is written, and nothing but `raw` is read.
pub fn load(mut raw: RawSource, settings: &SourceSettings) -> Result<Loaded, SourceError> {
    let assumed = encoding::assume(&mut raw, settings.encoding)?;
    match load_as(&mut raw, settings, assumed) {
        Err(SourceError::NotDecodable { path, line, encoding }) if assumed.basis == Basis::Presumed => {
            match encoding::guess(&mut raw)? {
                Some(guessed) => load_as(&mut raw, settings, guessed),
                None => Err(SourceError::NotDecodable { path, line, encoding }),
            }
        }
        outcome => outcome,
    }
}

fn load_as(raw: &mut RawSource, settings: &SourceSettings, assumed: Assumption) -> Result<Loaded, SourceError> {
    let path = raw.name().to_owned();
    let (dialect, mut loaded) = std::thread::scope(|scope| {
        let mut reader = TextReader::new(raw, assumed)?;
        let first = reader.next()?.unwrap_or_default();
        let start = Start::find(&path, &first, reader.is_done(), settings)?;
        let rows = Rows::new(&path, Window::open(first, reader, scope)?, start.dialect);
        let dialect = start.dialect;
        Loader::new(&path, start).walk(rows, assumed).map(|loaded| (dialect, loaded))
    })?;
    loaded.excerpts =
        Excerpts { path: &path, assumed, dialect, columns: &loaded.layout.columns }.take(raw, &loaded.problems)?;
    Ok(loaded)
}

/// What the first piece of text tells.
struct Start {
    dialect: Dialect,
    columns: Columns,
    /// Columns that we ignore and that hold addresses too, such as a manager's.
    other_addresses: usize,
}

impl Start {
    fn find(path: &str, first: &str, is_whole: bool, settings: &SourceSettings) -> Result<Self, SourceError> {
        let dialect = Dialect::find(first, is_whole, settings).ok_or_else(|| no_header(path, first, is_whole))?;
        let mut header = Record::default();
        let step =
            Splitter::new(dialect.delimiter, dialect.terminator).next(first, dialect.header_at, is_whole, &mut header);
        debug_assert_eq!(step, Step::Row, "the dialect has read the header");
        let headers = header.cells.iter().map(|cell| cell.value(first).trim().to_owned()).collect();
        let columns = Columns::new(path, dialect.header_line, headers, settings)?;
        let other_addresses = address_columns(first, dialect, &columns.other_positions());
        Ok(Self { dialect, columns, other_addresses })
    }
}

fn no_header(path: &str, first: &str, is_whole: bool) -> SourceError {
    let path = path.to_owned();
    if is_whole && first.trim().is_empty() {
        SourceError::Empty { path }
    } else {
        SourceError::Truncated { path, how: "its header row does not end; is a quote never closed?".to_owned() }
    }
}

/// What is known of the file so far.
struct Loader<'a> {
    path: &'a str,
    dialect: Dialect,
    columns: Columns,
    other_addresses: usize,
    users: DesiredUsers,
    emails: Keys,
    uids: Keys,
    refused: Vec<Refused>,
    held: Held,
    problems: Vec<Problem>,
    /// Of the row at hand; kept so that a row costs no allocation.
    faults: Vec<Fault>,
    row_count: u64,
    empty_rows: Noted,
    odd_blanks: Noted,
}

/// How often something was seen, and where first.
#[derive(Debug, Default)]
struct Noted {
    count: u64,
    first_line: u64,
}

impl Noted {
    fn add(&mut self, line: u64) {
        self.count += 1;
        if self.count == 1 {
            self.first_line = line;
        }
    }
}

impl<'a> Loader<'a> {
    fn new(path: &'a str, start: Start) -> Self {
        let Start { dialect, columns, other_addresses } = start;
        Self {
            path,
            dialect,
            columns,
            other_addresses,
            users: DesiredUsers::default(),
            emails: Keys::default(),
            uids: Keys::default(),
            refused: Vec::new(),
            held: Held::default(),
            problems: Vec::new(),
            faults: Vec::new(),
            row_count: 0,
            empty_rows: Noted::default(),
            odd_blanks: Noted::default(),
        }
    }

    fn walk(mut self, mut rows: Rows<'_>, assumed: Assumption) -> Result<Loaded, SourceError> {
        rows.advance()?;
        while rows.advance()? {
            self.row(&rows)?;
        }
        let digest = rows.into_digest();
        self.refuse_duplicates()?;
        Ok(self.finish(digest, assumed))
    }

    fn row(&mut self, rows: &Rows<'_>) -> Result<(), SourceError> {
        let (text, record, line) = (rows.text(), rows.record(), rows.line());
        if is_empty(text, record) {
            if record.cells.len() > 1 {
                self.empty_rows.add(line);
            }
            return Ok(());
        }
        self.row_count += 1;
        if record.broken.is_some() || !self.is_even(record) {
            self.refuse_if_cut(rows)?;
            let (refused, problem) =
                refuse::unsplit(&self.columns, self.other_addresses, text, record, line, &mut self.held);
            self.problems.push(problem);
            self.keep_refused(refused);
            return Ok(());
        }
        let values = Values::read(&self.columns, text, record, &mut self.faults);
        if self.faults.is_empty() {
            self.accept(&values, line).map_err(|source| self.too_much(source))
        } else {
            self.refuse(text, record, line, &values);
            Ok(())
        }
    }

    fn is_even(&self, record: &Record) -> bool {
        let (cells, width) = (&record.cells, self.columns.width());
        cells.len() == width
            || (self.dialect.has_extra_delimiter
                && cells.len() == width + 1
                && cells.last().is_some_and(|cell| cell.start == cell.end))
    }

    /// A last row that has too few cells and no line end was cut, and who knows what came behind it.
    fn refuse_if_cut(&self, rows: &Rows<'_>) -> Result<(), SourceError> {
        let (found, wanted) = (rows.record().cells.len(), self.columns.width());
        if !rows.is_open_end() || found >= wanted {
            return Ok(());
        }
        let line = rows.line();
        let how = format!("its last row, on line {line}, has {found} of {wanted} fields and no line end");
        Err(SourceError::Truncated { path: self.path.to_owned(), how })
    }

    fn accept(&mut self, values: &Values<'_>, line: u64) -> Result<(), TextTableFull> {
        let index = u32::try_from(self.users.len()).ok().filter(|index| index & REFUSED == 0).ok_or(TextTableFull)?;
        self.users.push(values.user(line))?;
        self.emails.push(index, comparison_key(&values.email).as_bytes());
        if !values.uid.is_empty() {
            self.uids.push(index, values.uid.as_bytes());
        }
        if !values.password.is_empty() {
            self.users.set_last_password(SecretString::from(values.password.as_ref()));
        }
        if values.has_odd_blank() {
            self.odd_blanks.add(line);
        }
        Ok(())
    }

    fn refuse(&mut self, text: &str, record: &Record, line: u64, values: &Values<'_>) {
        if let Some(problem) = refuse::repeated_header(&self.columns, text, record, line) {
            self.faults.clear();
            self.problems.push(problem);
            return;
        }
        let refused = refuse::faulty(&self.columns, text, record, line, values, &self.faults, &mut self.held);
        self.problems.extend(self.faults.drain(..).map(|fault| fault.at(line, &self.columns)));
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

    /// Makes every row invalid whose address or identifier stands on another row too.
    fn refuse_duplicates(&mut self) -> Result<(), SourceError> {
        let emails = std::mem::take(&mut self.emails).groups(|index| self.email_key(index));
        let uids = std::mem::take(&mut self.uids).groups(|index| self.uid(index));
        let mut doomed = BTreeSet::new();
        for (field, kind, groups) in
            [(Field::Email, ProblemKind::DuplicateEmail, emails), (Field::Uid, ProblemKind::DuplicateUid, uids)]
        {
            for group in groups {
                self.report_group(field, kind, &group);
                doomed.extend(group.into_iter().filter(|index| index & REFUSED == 0));
            }
        }
        self.drop_users(&doomed).map_err(|source| self.too_much(source))
    }

    fn report_group(&mut self, field: Field, kind: ProblemKind, group: &[u32]) {
        let mut lines: Vec<u64> = group.iter().map(|&index| self.line(index)).collect();
        lines.sort_unstable();
        for &index in group {
            let line = self.line(index);
            let value = if field == Field::Email { self.email(index) } else { self.uid(index) };
            self.problems.push(refuse::duplicate(&self.columns, (field, kind), &value, line, &lines));
        }
    }

    fn drop_users(&mut self, doomed: &BTreeSet<u32>) -> Result<(), TextTableFull> {
        if doomed.is_empty() {
            return Ok(());
        }
        let all = std::mem::take(&mut self.users);
        for (index, user) in (0_u32..).zip(all.iter()) {
            if doomed.contains(&index) {
                self.held.emails.insert(comparison_key(user.email).into_owned());
                self.held.uids.extend((!user.uid.is_empty()).then(|| user.uid.to_owned()));
                continue;
            }
            self.users.push(user)?;
            if let Some(password) = all.password(user.row) {
                self.users.set_last_password(password.clone());
            }
        }
        Ok(())
    }

    fn finish(mut self, digest: String, assumed: Assumption) -> Loaded {
        self.users.shrink_to_fit();
        self.held.untold_rows.sort_unstable();
        self.problems
            .sort_by(|left, right| (left.line, &left.column, left.kind).cmp(&(right.line, &right.column, right.kind)));
        let (encoding, delimiter) = (assumed.encoding.name().to_owned(), self.dialect.delimiter_name());
        let valid_rows = self.users.len() as u64;
        Loaded {
            managed: self.columns.managed(),
            warnings: self.warnings(assumed),
            facts: SourceFacts {
                path: self.path.to_owned(),
                sha256: digest,
                rows: self.row_count,
                valid_rows,
                invalid_rows: self.row_count - valid_rows,
                dialect: format!("{encoding}, delimiter {delimiter}"),
            },
            users: self.users,
            held: self.held,
            problems: self.problems,
            layout: Layout { encoding, delimiter, columns: self.columns },
            excerpts: Vec::new(),
        }
    }

    fn warnings(&self, assumed: Assumption) -> Vec<String> {
        let mut warnings = Vec::new();
        if assumed.basis == Basis::Guessed {
            let name = assumed.encoding.name();
            warnings.push(format!(
                "the file is not {}; it was read as {name}, going by its bytes: if names look wrong, say --encoding",
                UTF_8.name()
            ));
        }
        warnings.extend(self.columns.warnings());
        if self.dialect.has_extra_delimiter {
            warnings.push("every row ends with a delimiter that the header lacks; it was passed over".to_owned());
        }
        let Noted { count, first_line } = self.empty_rows;
        if count > 0 {
            warnings.push(format!(
                "rows with nothing but empty cells were passed over: {count}, first on line {first_line}"
            ));
        }
        let Noted { count, first_line } = self.odd_blanks;
        if count > 0 {
            warnings.push(format!(
                "rows whose names hold a non-breaking or other unusual space, kept as it is: {count}, first on line {first_line}"
            ));
        }
        warnings
    }

    fn line(&self, index: u32) -> u64 {
        match index & REFUSED {
            0 => self.users.get(index as usize).row,
            _ => self.refused[(index & !REFUSED) as usize].line,
        }
    }

    fn email(&self, index: u32) -> String {
        match index & REFUSED {
            0 => self.users.email(index as usize).to_owned(),
            _ => self.refused[(index & !REFUSED) as usize].email.clone().unwrap_or_default(),
        }
    }

    fn email_key(&self, index: u32) -> String {
        comparison_key(&self.email(index)).into_owned()
    }

    fn uid(&self, index: u32) -> String {
        match index & REFUSED {
            0 => self.users.uid(index as usize).to_owned(),
            _ => self.refused[(index & !REFUSED) as usize].uid.clone().unwrap_or_default(),
        }
    }

    fn too_much(&self, source: TextTableFull) -> SourceError {
        SourceError::TooMuchText { path: self.path.to_owned(), source }
    }
}

/// A blank line, or one of nothing but delimiters as spreadsheets write for cleared rows.
fn is_empty(text: &str, record: &Record) -> bool {
    record.cells.iter().all(|cell| text[cell.start..cell.end].trim_start().is_empty())
}
