//! `lumsync check CSV`: validates the CSV alone, offline, and ends with its profile.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;

use super::job::failure::Failure;
use crate::cli::{CheckArguments, OutputFormat};
use crate::console::Printer;
use crate::exit::Exit;
use crate::model::{DesiredUser, Doubt, ManagedField, SourceFacts, visible};
use crate::record::{AtomicWriteError, PRIVATE, write_atomically};
use crate::report::{Cell, Column, Table, TextStyle, guardrail_sentence};
use crate::source::{
    DIAGNOSED_IN_FULL, DiagnosticStyle, Loaded, Problem, ProblemKind, Profile, SourceSettings, diagnose, load, open,
    write_problems_csv,
};

/// `format` of the JSON output and of a JSON report.
const CHECK_FORMAT: &str = "lumsync-check";
/// `version` of the JSON output and of a JSON report.
const CHECK_VERSION: u32 = 1;

#[derive(Debug, Error)]
enum CheckError {
    #[error("can't tell the format of the report {0}: its name must end in .csv or .json")]
    ReportEnding(PathBuf),
    #[error("can't write the result")]
    Output(#[source] std::io::Error),
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        let exit = match error {
            CheckError::ReportEnding(_) => Exit::Usage,
            CheckError::Output(_) => Exit::CouldNot,
        };
        Self::new(exit, error)
    }
}

/// Checks a file with the settings that hold when nothing is set; whether every row can be used.
pub(in crate::commands) async fn try_out(csv: &str, printer: &Printer) -> Result<bool, Failure> {
    let settings = SourceSettings::default();
    let loaded = load(open(csv, &settings).await?, &settings)?;
    printer.result(|out| write_text(&loaded, style_for(printer), out)).map_err(CheckError::Output)?;
    Ok(loaded.problems.is_empty())
}

/// Checks the file; the result goes to `out`.
pub async fn run(
    arguments: &CheckArguments,
    settings: &SourceSettings,
    output: OutputFormat,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let formats = arguments.report.iter().map(|path| ProblemsFormat::of(path)).collect::<Result<Vec<_>, _>>()?;
    let loaded = load(open(&arguments.csv, settings).await?, settings)?;
    for (path, format) in arguments.report.iter().zip(formats) {
        write_report(path, format, &loaded)?;
    }
    let SourceFacts { rows, valid_rows, .. } = loaded.facts;
    let tripped: Vec<String> = arguments
        .guardrails
        .limits()
        .judge_rows(rows, valid_rows)
        .filter(|guardrail| guardrail.tripped)
        .map(|guardrail| guardrail_sentence(&guardrail))
        .collect();
    let printed = printer.result(|out| match output {
        OutputFormat::Text => write_text(&loaded, style_for(printer), out),
        OutputFormat::Json => write_json(&loaded, out),
        OutputFormat::None => Ok(()),
    });
    printed.map_err(CheckError::Output)?;
    for sentence in &tripped {
        printer.always(&format!("error: a run would be stopped: {sentence}"));
    }
    Ok(match (loaded.problems.is_empty(), tripped.is_empty()) {
        (false, _) => Exit::Usage,
        (true, false) => Exit::Guardrail,
        (true, true) => Exit::Done,
    })
}

#[derive(Debug, Clone, Copy)]
enum ProblemsFormat {
    Csv,
    Json,
}

impl ProblemsFormat {
    fn of(path: &Path) -> Result<Self, CheckError> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            _ => Err(CheckError::ReportEnding(path.to_owned())),
        }
    }
}

/// A report holds personal data, so only its owner may read it; it is replaced atomically.
fn write_report(path: &Path, format: ProblemsFormat, loaded: &Loaded) -> Result<(), AtomicWriteError> {
    write_atomically(path, PRIVATE, |mut out| {
        let written = match format {
            ProblemsFormat::Csv => write_problems_csv(&loaded.facts.path, &loaded.problems, &mut out),
            ProblemsFormat::Json => write_json(loaded, out),
        };
        written.map_err(|source| AtomicWriteError { path: path.to_owned(), source })
    })
}

/// How diagnostics are drawn on this printer's standard output.
fn style_for(printer: &Printer) -> DiagnosticStyle {
    let facts = printer.facts();
    DiagnosticStyle { colour: facts.colours_stdout(), width: facts.width.map_or(100, usize::from) }
}

/// The result as one JSON object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckDocument<'a> {
    format: &'static str,
    version: u32,
    source: &'a SourceFacts,
    profile: Profile,
    warnings: &'a [String],
    problem_counts: &'a BTreeMap<ProblemKind, u64>,
    problems: &'a [Problem],
    doubts: Vec<DoubtDocument>,
}

#[derive(Serialize)]
struct DoubtDocument {
    line: u64,
    field: ManagedField,
    value: String,
    reason: String,
}

impl DoubtDocument {
    fn new((doubt, row): (Doubt, DesiredUser<'_>)) -> Self {
        let (Doubt { line, field }, reason) = (doubt, doubt.reason(&row));
        Self { line, field, value: row.values.text(field).to_owned(), reason }
    }
}

/// The doubtful values with their rows.
fn doubts(loaded: &Loaded) -> impl Iterator<Item = (Doubt, DesiredUser<'_>)> {
    let row_of = |doubt: &Doubt| loaded.users.index_of(doubt.line).map(|index| loaded.users.get(index));
    loaded.doubts.iter().filter_map(move |doubt| Some((*doubt, row_of(doubt)?)))
}

fn write_json(loaded: &Loaded, out: &mut dyn Write) -> std::io::Result<()> {
    let document = CheckDocument {
        format: CHECK_FORMAT,
        version: CHECK_VERSION,
        source: &loaded.facts,
        profile: Profile::of(loaded),
        warnings: &loaded.warnings,
        problem_counts: &loaded.problem_counts,
        problems: &loaded.problems,
        doubts: doubts(loaded).map(DoubtDocument::new).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// Problems with their lines, then doubtful values, warnings, the profile and the verdict.
fn write_text(loaded: &Loaded, style: DiagnosticStyle, out: &mut dyn Write) -> std::io::Result<()> {
    let mut problems = String::new();
    // Writing to a string never fails.
    let _ = diagnose(loaded, style, &mut problems);
    let gap = if problems.is_empty() { "" } else { "\n" };
    write!(out, "{problems}{gap}")?;
    write_doubts(loaded, out)?;
    for warning in &loaded.warnings {
        writeln!(out, "Warning: {warning}")?;
    }
    if !loaded.warnings.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", visible(&loaded.facts.path))?;
    profile(&Profile::of(loaded)).write(TextStyle { colour: style.colour, width: style.width, full: true }, out)?;
    writeln!(out, "\n{}", verdict(loaded))
}

fn write_doubts(loaded: &Loaded, out: &mut dyn Write) -> std::io::Result<()> {
    if loaded.doubts.is_empty() {
        return Ok(());
    }
    writeln!(out, "Doubtful values, which make their row invalid unless its user in the tenant has exactly them:")?;
    for (doubt, row) in doubts(loaded).take(DIAGNOSED_IN_FULL) {
        writeln!(out, "  line {}: {}", doubt.line, visible(&doubt.sentence(&row)))?;
    }
    match loaded.doubts.len().saturating_sub(DIAGNOSED_IN_FULL) {
        0 => writeln!(out),
        unseen => writeln!(out, "  … and {unseen} more; --report FILE.json writes all of them\n"),
    }
}

fn profile(profile: &Profile) -> Table {
    let Profile { rows, valid_rows, invalid_rows, encoding, delimiter, statuses, .. } = profile;
    let Profile { mapped, ignored, domains, duplicate_emails, duplicate_uids, .. } = profile;
    let one = |text: String| Cell::from(text);
    let mut table = Table::new(2, [Column::Label, Column::Wrapped]);
    for (title, cell) in [
        ("rows", one(format!("{rows}: {valid_rows} valid, {invalid_rows} invalid"))),
        ("encoding", one(encoding.clone())),
        ("delimiter", one(delimiter.clone())),
        ("columns", Cell::of(mapped.iter().map(|(field, column)| format!("{field} = {column}")))),
        ("ignored", Cell::of(ignored.iter().map(ToString::to_string))),
        (
            "status",
            one(format!("{} enabled, {} disabled, {} not said", statuses.enabled, statuses.disabled, statuses.unsaid)),
        ),
        ("domains", Cell::of(domains.iter().map(|domain| format!("{}  {}", domain.users, domain.domain)))),
        ("duplicates", one(format!("{duplicate_emails} rows by address, {duplicate_uids} by uid"))),
    ] {
        if !cell.is_empty() {
            table.push([title.into(), cell]);
        }
    }
    table
}

fn verdict(loaded: &Loaded) -> String {
    let (rows, invalid) = (loaded.facts.rows, loaded.facts.invalid_rows);
    if invalid == 0 {
        let doubtful = loaded.doubts.chunk_by(|left, right| left.line == right.line).count();
        let but = if doubtful == 0 { String::new() } else { format!(", but for {doubtful} with doubtful values") };
        return match rows {
            0 => "Check: there is no row.".to_owned(),
            1 => format!("Check: the one row can be used{but}."),
            _ => format!("Check: all {rows} rows can be used{but}."),
        };
    }
    format!("Check: {invalid} of {rows} rows can't be used.")
}
