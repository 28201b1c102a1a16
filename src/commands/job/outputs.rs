//! Hands a finished plan or run to those who are to see it: standard output, report files, the monitor and the chat.

use std::path::Path;

use super::failure::Failure;
use super::session::Session;
use super::{metrics, notify};
use crate::cli::OutputFormat;
use crate::console::{Printer, Verbosity};
use crate::plan::Plan;
use crate::record::{AtomicWriteError, PRIVATE, write_atomically};
use crate::report::{Document, Report, ReportFormat, TextStyle, write, write_text};

/// Shows a plan and writes its report files.
pub fn plan(plan: &Plan, session: &Session, full: bool) -> Result<(), Failure> {
    let document = session.document_of(plan);
    if !is_quiet(session) || document.needs_a_person() {
        show(document, session, full)?;
    }
    for (path, format) in formats(&session.settings.report.files)? {
        write_file(document, path, format)?;
    }
    Ok(())
}

/// Writes a run's report files. Every problem is handed back: one that can't be written must not keep the others from
/// being written.
pub fn run_files(report: &Report, plan: Option<&Plan>, session: &Session) -> Vec<String> {
    let document = Document::Run { report, plan };
    let mut problems = Vec::new();
    let mut note = |done: Result<(), Failure>| problems.extend(done.err().map(|failure| failure.message()));
    match formats(&session.settings.report.files) {
        Err(failure) => note(Err(failure)),
        Ok(files) => {
            for (path, format) in files {
                note(write_file(document, path, format));
            }
        }
    }
    if let Some(path) = &session.settings.report.metrics_file {
        note(metrics::write_file(path, report, plan, session));
    }
    problems
}

/// Shows a run, and posts about it. Where its plan is shown already and nothing was done, there is nothing to add.
pub async fn run(report: &Report, plan: Option<&Plan>, plan_is_shown: bool, session: &Session) -> Result<(), Failure> {
    metrics::push(report, plan, session).await;
    notify::of_run(report, plan, session).await;
    let document = Document::Run { report, plan };
    let is_told = plan_is_shown && !document.is_done() && !report.outcomes.is_empty();
    if is_told || (is_quiet(session) && !document.needs_a_person()) {
        return Ok(());
    }
    show(document, session, false)
}

/// Whether a file can be written, found out by making another beside it.
pub fn try_out(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_device = path.metadata().is_ok_and(|existing| !existing.is_file() && !existing.is_dir());
    let tried = if is_device { Ok(()) } else { tempfile::NamedTempFile::new_in(folder).map(drop) };
    let tried = if path.is_dir() { Err(std::io::ErrorKind::IsADirectory.into()) } else { tried };
    Ok(tried.map_err(|source| AtomicWriteError { path: path.to_owned(), source })?)
}

/// Writes one report file, replaced whole.
pub fn write_file(document: Document<'_>, path: &Path, format: ReportFormat) -> Result<(), Failure> {
    write_atomically(path, PRIVATE, |out| Ok(write(document, format, out)?))
}

/// How text is to look on this printer's standard output.
pub fn text_style(printer: &Printer, full: bool) -> TextStyle {
    let facts = printer.facts();
    let width = facts.width.filter(|_| facts.stdout_is_terminal).map_or(TextStyle::UNLIMITED, usize::from);
    TextStyle { colour: facts.colours_stdout(), width, full }
}

/// Whoever asked for JSON gets it: quiet is for what people read.
fn is_quiet(session: &Session) -> bool {
    session.printer.verbosity() == Verbosity::Quiet && session.output == OutputFormat::Text
}

/// Prints a document to standard output, as text or JSON.
pub fn show(document: Document<'_>, session: &Session, full: bool) -> Result<(), Failure> {
    let printed = match session.output {
        OutputFormat::Text => {
            let style = text_style(&session.printer, full);
            session.printer.result(|out| write_text(document, style, out))
        }
        OutputFormat::Json => session.printer.result(|out| write(document, ReportFormat::Json, out)),
        OutputFormat::None => Ok(()),
    };
    Ok(printed?)
}

/// The report files with their formats; an unknown ending is found before anything is done.
pub fn formats(files: &[std::path::PathBuf]) -> Result<Vec<(&Path, ReportFormat)>, Failure> {
    files.iter().map(|path| Ok((path.as_path(), ReportFormat::from_path(path)?))).collect()
}
