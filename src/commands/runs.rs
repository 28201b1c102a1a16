//! `lumsync runs`: past runs with their outcome, for people or as JSON.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use console::{Alignment, Style, measure_text_width, pad_str};
use serde::Serialize;

use super::failure::{CommandError, Failure};
use crate::cli::{OutputFormat, RunsArguments};
use crate::console::Printer;
use crate::exit::Exit;
use crate::model::visible;
use crate::record::{Left, PastRun, ReportHead, StateDir};
use crate::report::{KindSummary, ReportSummary};

/// `format` of the JSON output.
const RUNS_FORMAT: &str = "lumsync-runs";
/// `version` of the JSON output.
const RUNS_VERSION: u32 = 1;
/// How long an error may be in the list; the report has it whole.
const ERROR_WIDTH: usize = 100;

/// Lists them.
pub fn run(
    arguments: &RunsArguments,
    state_dir: &Path,
    output: OutputFormat,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let listed = find(&StateDir::new(state_dir.to_owned()), arguments)?;
    match output {
        OutputFormat::Json => printer.result(|out| write_json(&listed.runs, out)).map_err(CommandError::Output)?,
        OutputFormat::Text => {
            let colour = printer.facts().colours_stdout();
            printer.result(|out| write_table(&listed.runs, colour, out)).map_err(CommandError::Output)?;
            tell_the_rest(&listed, arguments, state_dir, printer);
        }
    }
    Ok(Exit::Done)
}

struct Listed {
    runs: Vec<PastRun>,
    /// Runs that were not looked at any more.
    earlier: usize,
}

fn find(state: &StateDir, arguments: &RunsArguments) -> Result<Listed, Failure> {
    let ids = state.run_ids()?;
    let total = ids.len();
    let limit = if arguments.limit == 0 { usize::MAX } else { arguments.limit };
    let (mut runs, mut looked_at) = (Vec::new(), 0);
    for id in ids {
        if runs.len() == limit {
            break;
        }
        looked_at += 1;
        let run = state.past_run(id);
        if !arguments.failed || exit_code(&run) != Some(Exit::Done.code()) {
            runs.push(run);
        }
    }
    Ok(Listed { runs, earlier: total - looked_at })
}

fn tell_the_rest(listed: &Listed, arguments: &RunsArguments, state_dir: &Path, printer: &Printer) {
    match (listed.runs.is_empty(), listed.earlier) {
        (true, _) if arguments.failed => printer.info(&format!("No failed run in {}", state_dir.display())),
        (true, _) => printer.info(&format!("No run yet in {}", state_dir.display())),
        (false, 0) => {}
        (false, earlier) => printer.info(&format!("… and {earlier} earlier; --limit 0 lists all")),
    }
}

fn exit_code(run: &PastRun) -> Option<u8> {
    match &run.left {
        Left::Report(head) => Some(head.exit_code),
        Left::Nothing | Left::Unreadable(_) => None,
    }
}

fn outcome(run: &PastRun) -> String {
    match &run.left {
        Left::Report(head) => {
            Exit::of_code(head.exit_code).map_or_else(|| "unknown".to_owned(), |exit| exit.words().to_owned())
        }
        Left::Nothing => "no report: under way, or killed".to_owned(),
        Left::Unreadable(_) => "unreadable report".to_owned(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunsDocument<'a> {
    format: &'static str,
    version: u32,
    runs: Vec<RunDocument<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunDocument<'a> {
    run_id: &'a str,
    outcome: String,
    #[serde(flatten)]
    head: Option<&'a ReportHead>,
}

impl<'a> RunDocument<'a> {
    fn of(run: &'a PastRun) -> Self {
        let head = match &run.left {
            Left::Report(head) => Some(&**head),
            Left::Nothing | Left::Unreadable(_) => None,
        };
        Self { run_id: &run.run_id, outcome: outcome(run), head }
    }
}

fn write_json(runs: &[PastRun], out: &mut dyn Write) -> io::Result<()> {
    let runs = runs.iter().map(RunDocument::of).collect();
    serde_json::to_writer_pretty(&mut *out, &RunsDocument { format: RUNS_FORMAT, version: RUNS_VERSION, runs })?;
    writeln!(out)
}

const HEADER: [&str; 9] =
    ["RUN", "COMMAND", "CREATED", "UPDATED", "ENABLED", "DISABLED", "NOT DONE", "EXIT", "OUTCOME"];
const FIRST_FIGURE: usize = 2;
const OUTCOME: usize = HEADER.len() - 1;

fn write_table(runs: &[PastRun], colour: bool, out: &mut dyn Write) -> io::Result<()> {
    if runs.is_empty() {
        return Ok(());
    }
    let tenants: BTreeSet<_> = runs.iter().filter_map(tenant).collect();
    let rows: Vec<[String; HEADER.len()]> = runs.iter().map(|run| cells(run, tenants.len() > 1)).collect();
    let header = HEADER.map(str::to_owned);
    let widest = |column: usize| {
        let cells = rows.iter().chain([&header]).map(|row| measure_text_width(&row[column]));
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..OUTCOME).map(widest).collect();
    write_row(&header, &widths, &Style::new(), out)?;
    for (run, row) in runs.iter().zip(&rows) {
        write_row(row, &widths, &style_of(run, colour), out)?;
        if let Left::Report(head) = &run.left
            && let Some(error) = &head.error
        {
            let error = visible(error);
            writeln!(out, "  {}", console::truncate_str(&error, ERROR_WIDTH, "…"))?;
        }
    }
    Ok(())
}

fn write_row(
    row: &[String; HEADER.len()],
    widths: &[usize],
    outcome_style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
        let alignment = if column < FIRST_FIGURE { Alignment::Left } else { Alignment::Right };
        write!(out, "{}  ", pad_str(cell, width, alignment, None))?;
    }
    writeln!(out, "{}", outcome_style.apply_to(&row[OUTCOME]))
}

fn style_of(run: &PastRun, colour: bool) -> Style {
    let style = Style::new().force_styling(colour);
    match exit_code(run) {
        Some(0) => style.green(),
        Some(_) => style.red(),
        None => style.yellow(),
    }
}

fn cells(run: &PastRun, with_tenant: bool) -> [String; HEADER.len()] {
    let mut outcome = outcome(run);
    if with_tenant && let Some(tenant) = tenant(run) {
        outcome = format!("{outcome}  ({tenant})");
    }
    let id = visible(&run.run_id).into_owned();
    match &run.left {
        Left::Report(head) => {
            let ReportSummary { create, update, enable, disable, .. } = head.summary;
            let kinds = [create, update, enable, disable];
            let [created, updated, enabled, disabled] = kinds.map(|kind| done(kind).to_string());
            let open: u64 = kinds.into_iter().map(|kind| kind.planned - done(kind)).sum();
            let command = visible(&head.command).into_owned();
            let (open, exit) = (open.to_string(), head.exit_code.to_string());
            [id, command, created, updated, enabled, disabled, open, exit, outcome]
        }
        Left::Nothing | Left::Unreadable(_) => {
            let none = || "-".to_owned();
            [id, none(), none(), none(), none(), none(), none(), none(), outcome]
        }
    }
}

fn done(kind: KindSummary) -> u64 {
    (kind.applied + kind.already).min(kind.planned)
}

fn tenant(run: &PastRun) -> Option<String> {
    match &run.left {
        Left::Report(head) => {
            Some(visible(&format!("{} {}", head.tenant.base_url, head.tenant.organization_id)).into_owned())
        }
        Left::Nothing | Left::Unreadable(_) => None,
    }
}
