//! Hands a finished plan or run to those who are to see it: standard output and report files.

use std::path::Path;

use super::failure::Failure;
use super::report::{text_style, write_file};
use super::session::Session;
use crate::cli::OutputFormat;
use crate::plan::Plan;
use crate::report::{Document, Report, ReportFormat, write, write_text};

/// Shows a plan and writes its report files.
pub fn plan(plan: &Plan, session: &Session, full: bool) -> Result<(), Failure> {
    show(Document::Plan(plan), session, full)?;
    for (path, format) in formats(&session.settings.report.files)? {
        write_file(Document::Plan(plan), path, format)?;
    }
    Ok(())
}

/// Shows a run and writes its report files. Every problem is handed back: one that can't be written must not keep the
/// others from being told.
pub async fn run(report: &Report, plan: Option<&Plan>, session: &Session) -> Vec<String> {
    let document = Document::Run { report, plan };
    let mut problems = Vec::new();
    let mut note = |done: Result<(), Failure>| problems.extend(done.err().map(|failure| failure.message()));
    note(show(document, session, false));
    match formats(&session.settings.report.files) {
        Err(failure) => note(Err(failure)),
        Ok(files) => {
            for (path, format) in files {
                note(write_file(document, path, format).map_err(Failure::from));
            }
        }
    }
    problems
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
