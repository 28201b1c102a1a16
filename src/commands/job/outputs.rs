//! The outputs of a finished plan or run: standard output, report files, metrics and notifications.

use std::path::Path;

use super::failure::Failure;
use super::monitoring::{metrics, notify};
use super::session::Session;
use crate::cli::{OutputFormat, PlanOutput};
use crate::console::{LogFormat, Printer, Verbosity};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::record::{PRIVATE, write_atomically, write_json};
use crate::report::{Document, Report, ReportFormat, ReportSummary, TextStyle, write, write_text};

/// Saves and shows a plan, writes its report files, and says what to do next.
pub fn plan(
    plan: &Plan,
    output: &PlanOutput,
    next_step: impl FnOnce() -> String,
    session: &Session,
) -> Result<Exit, Failure> {
    if let Some(path) = &output.out {
        write_json(path, plan)?;
    }
    let document = session.document_of(plan);
    if !is_quiet(session) || document.needs_a_person() {
        show(document, session, output.full)?;
    }
    for (path, format) in formats(&session.settings.report.files)? {
        write_file(document, path, format)?;
    }
    Ok(end_of_plan(plan, output.detailed_exitcode, next_step, session))
}

fn end_of_plan(plan: &Plan, detailed: bool, next_step: impl FnOnce() -> String, session: &Session) -> Exit {
    let is_stopped = plan.tripped_guardrails().next().is_some();
    let changes = plan.summary.changes();
    if session.output == OutputFormat::Text && session.log.format == LogFormat::Text && changes > 0 {
        let next = if is_stopped {
            "Nothing was written, and a run would write nothing: a guardrail stops it.".to_owned()
        } else {
            format!("Nothing was written. {}", next_step())
        };
        session.printer.info(&next);
    }
    let exit = match (detailed, is_stopped, changes) {
        (false, ..) | (true, false, 0) => Exit::Done,
        (true, true, _) => Exit::Guardrail,
        (true, false, _) => Exit::Pending,
    };
    session.ended(exit, &ReportSummary::planned(&plan.summary));
    exit
}

/// Writes a run's report files. All problems are returned: a file that can't be written does not keep the others from
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
    let is_shown_already = plan_is_shown && !document.is_done() && !report.outcomes.is_empty();
    if is_shown_already || (is_quiet(session) && !document.needs_a_person()) {
        return Ok(());
    }
    show(document, session, false)
}

/// Writes one report file, replaced whole.
pub fn write_file(document: Document<'_>, path: &Path, format: ReportFormat) -> Result<(), Failure> {
    write_atomically(path, PRIVATE, |out| Ok(write(document, format, out)?))
}

/// The style of text on this printer's standard output.
pub fn text_style(printer: &Printer, full: bool) -> TextStyle {
    let facts = printer.facts();
    let width = facts.width.filter(|_| facts.stdout_is_terminal).map_or(TextStyle::UNLIMITED, usize::from);
    TextStyle { colour: facts.colours_stdout(), width, full }
}

/// `--quiet` has no effect on JSON.
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

/// The report files with their formats. Called first, so that an unknown ending is an error before anything is done.
pub fn formats(files: &[std::path::PathBuf]) -> Result<Vec<(&Path, ReportFormat)>, Failure> {
    files.iter().map(|path| Ok((path.as_path(), ReportFormat::from_path(path)?))).collect()
}
