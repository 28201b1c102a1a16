//! The walk over the whole file: every row is read, every problem kept.

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use super::dialect::{Dialect, sample_rows};
use super::encoding::{self, Assumption, Basis};
use super::error::SourceError;
use super::excerpt::{Excerpt, Excerpts};
use super::header::Columns;
use super::open::RawSource;
use super::part::{Noted, Part, Rules};
use super::pieces::{Piece, Pieces};
use super::problem::Problem;
use super::settings::SourceSettings;
use super::text::TextReader;
use crate::model::{Desired, DesiredUsers, Held, ManagedColumns, SourceFacts, check_address};

/// Pieces that may wait for the second thread.
const AHEAD: usize = 2;

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

impl Loaded {
    /// What the plan is made from.
    pub fn desired(&self) -> Desired<'_> {
        let Self { users, managed, held, facts, warnings, .. } = self;
        Desired { users, columns: managed, held, facts, warnings }
    }
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
    let mut reader = TextReader::new(raw, assumed)?;
    let first = reader.next()?;
    let rules = Rules::find(&path, &first, reader.is_done(), settings)?;
    let dialect = rules.dialect;
    let mut pieces = Pieces::new(reader, &first, dialect);
    drop(first);
    let mut part = read_all(&mut pieces, &rules)?;
    let digest = pieces.digest()?;
    part.refuse_duplicates(&rules.columns).map_err(|source| SourceError::TooMuchText { path: path.clone(), source })?;
    let mut loaded = finish(part, rules, digest, assumed);
    loaded.excerpts = Excerpts { assumed, dialect, columns: &loaded.layout.columns }.take(raw, &loaded.problems)?;
    Ok(loaded)
}

/// What the second thread has to do next, in the order of the file.
enum Work {
    Check(Piece),
    Append(Box<Part>),
}

/// Checks the pieces of a file, the longer ones on two threads: this one reads, and helps out when it is ahead.
fn read_all(pieces: &mut Pieces<'_>, rules: &Rules<'_>) -> Result<Part, SourceError> {
    let Some(first) = pieces.next()? else { return Ok(Part::default()) };
    let mut whole = Part::default();
    if pieces.is_done() {
        whole.read(&first, rules)?;
        return Ok(whole);
    }
    std::thread::scope(|scope| {
        let (to_checker, work) = sync_channel(AHEAD);
        let checker = scope.spawn(move || {
            for work in work {
                match work {
                    Work::Check(piece) => whole.read(&piece, rules)?,
                    Work::Append(part) => whole.append(*part, rules)?,
                }
            }
            Ok(whole)
        });
        let sent = send_all(first, pieces, rules, &to_checker);
        drop(to_checker);
        // What is wrong with an earlier piece is told before what is wrong with a later one.
        let whole = checker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        sent.map(|()| whole)
    })
}

/// Hands on all pieces, checked where the second thread is busy with others.
fn send_all(
    first: Piece,
    pieces: &mut Pieces<'_>,
    rules: &Rules<'_>,
    to_checker: &SyncSender<Work>,
) -> Result<(), SourceError> {
    let mut next = Some(first);
    while let Some(piece) = next {
        // A checker that takes nothing any more has met an error, and tells it.
        match to_checker.try_send(Work::Check(piece)) {
            Ok(()) => {}
            Err(TrySendError::Full(Work::Check(piece))) => {
                let mut part = Box::<Part>::default();
                part.read(&piece, rules)?;
                if to_checker.send(Work::Append(part)).is_err() {
                    return Ok(());
                }
            }
            Err(TrySendError::Full(Work::Append(_)) | TrySendError::Disconnected(_)) => return Ok(()),
        }
        next = pieces.next()?;
    }
    Ok(())
}

impl<'a> Rules<'a> {
    fn find(path: &'a str, first: &str, is_whole: bool, settings: &SourceSettings) -> Result<Self, SourceError> {
        let dialect = Dialect::find(first, is_whole, settings).ok_or_else(|| no_header(path, first, is_whole))?;
        let mut sample = sample_rows(first, is_whole, dialect).into_iter();
        let columns = Columns::new(path, dialect.header_line, sample.next().unwrap_or_default(), settings)?;
        let rows: Vec<Vec<String>> = sample.collect();
        let holds_address = |&position: &usize| {
            rows.iter().any(|row| row.get(position).is_some_and(|cell| check_address(cell).is_ok()))
        };
        let other_addresses = columns.other_positions().into_iter().filter(|position| holds_address(position)).count();
        Ok(Self { path, dialect, columns, other_addresses })
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

fn finish(part: Part, rules: Rules<'_>, digest: String, assumed: Assumption) -> Loaded {
    let warnings = warnings(&part, &rules, assumed);
    let Part { mut users, mut held, mut problems, row_count, .. } = part;
    let Rules { path, dialect, columns, .. } = rules;
    users.shrink_to_fit();
    held.untold_rows.sort_unstable();
    problems.sort_by(|left, right| (left.line, &left.column, left.kind).cmp(&(right.line, &right.column, right.kind)));
    let (encoding, delimiter) = (assumed.encoding.name().to_owned(), dialect.delimiter_name());
    let valid_rows = users.len() as u64;
    let facts = SourceFacts {
        path: path.to_owned(),
        sha256: digest,
        rows: row_count,
        valid_rows,
        invalid_rows: row_count - valid_rows,
        dialect: format!("{encoding}, delimiter {delimiter}"),
    };
    let managed = columns.managed();
    let layout = Layout { encoding, delimiter, columns };
    Loaded { users, managed, held, facts, warnings, problems, layout, excerpts: Vec::new() }
}

fn warnings(part: &Part, rules: &Rules<'_>, assumed: Assumption) -> Vec<String> {
    let mut warnings = Vec::new();
    if assumed.basis == Basis::Guessed {
        let name = assumed.encoding.name();
        warnings.push(format!(
            "the file is not UTF-8; it was read as {name}, going by its bytes: if names look wrong, say --encoding"
        ));
    }
    warnings.extend(rules.columns.warnings());
    if rules.dialect.has_extra_delimiter {
        warnings.push("every row ends with a delimiter that the header lacks; it was passed over".to_owned());
    }
    let Noted { count, first_line } = part.empty_rows;
    if count > 0 {
        let what = "rows with nothing but empty cells were passed over";
        warnings.push(format!("{what}: {count}, first on line {first_line}"));
    }
    let Noted { count, first_line } = part.odd_blanks;
    if count > 0 {
        let what = "rows whose names hold a non-breaking or other unusual space, kept as it is";
        warnings.push(format!("{what}: {count}, first on line {first_line}"));
    }
    warnings
}
