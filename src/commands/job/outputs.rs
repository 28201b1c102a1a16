//! Hands a finished plan or run to those who are to see it: standard output, report files, the monitor and the chat.

use std::path::Path;

use super::failure::Failure;
use super::notify;
use super::session::Session;
use crate::cli::OutputFormat;
use crate::commands::report::{text_style, write_file};
use crate::console::Verbosity;
use crate::plan::Plan;
use crate::record::write_atomically;
use crate::report::{Document, Report, ReportFormat, write, write_metrics, write_text};

/// Metrics name nobody, and the collector that reads them runs under another account.
const READABLE_BY_ALL: u32 = 0o644;

/// Shows a plan and writes its report files.
pub fn plan(plan: &Plan, session: &Session, full: bool) -> Result<(), Failure> {
    let document = Document::Plan(plan);
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
                note(write_file(document, path, format).map_err(Failure::from));
            }
        }
    }
    if let Some(path) = &session.settings.report.metrics_file {
        note(write_metrics_file(path, report, plan));
    }
    problems
}

/// Shows a run, and posts about it. Where its plan is shown already and nothing was done, there is nothing to add.
pub async fn run(report: &Report, plan: Option<&Plan>, plan_is_shown: bool, session: &Session) -> Result<(), Failure> {
    let document = Document::Run { report, plan };
    notify::of_report(report, document.needs_a_person(), session).await;
    let is_told = plan_is_shown && !document.is_done() && !report.outcomes.is_empty();
    if is_told || (is_quiet(session) && !document.needs_a_person()) {
        return Ok(());
    }
    show(document, session, false)
}

fn write_metrics_file(path: &Path, report: &Report, plan: Option<&Plan>) -> Result<(), Failure> {
    write_atomically(path, READABLE_BY_ALL, |out| write_metrics(report, plan, out).map_err(Failure::from))
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
    };
    Ok(printed?)
}

/// The report files with their formats; an unknown ending is found before anything is done.
pub fn formats(files: &[std::path::PathBuf]) -> Result<Vec<(&Path, ReportFormat)>, Failure> {
    files.iter().map(|path| Ok((path.as_path(), ReportFormat::from_path(path)?))).collect()
}
