//! `lumsync runs`: past runs with their outcome, for people or as JSON.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::job::failure::{CommandError, Failure};
use super::job::outputs::text_style;
use crate::cli::{OutputFormat, RunsArguments};
use crate::console::Printer;
use crate::exit::Exit;
use crate::record::{Left, PastRun, ReportHead, StateDir};
use crate::report::{Cell, Column, ReportSummary, Table, Tone, Unfinished, words};

/// `format` of the JSON output.
const RUNS_FORMAT: &str = "lumsync-runs";
/// `version` of the JSON output.
const RUNS_VERSION: u32 = 1;

const HEADER: [&str; 7] = ["RUN", "STARTED", "TOOK", "ROWS", "COMMAND", "EXIT", "RESULT"];
const COLUMNS: [Column; 7] =
    [Column::Label, Column::Label, Column::Number, Column::Number, Column::Label, Column::Number, Column::Wrapped];

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
        OutputFormat::None => {}
        OutputFormat::Text => {
            if !listed.runs.is_empty() {
                let style = text_style(printer, false);
                printer.result(|out| table(&listed.runs).write(style, out)).map_err(CommandError::Output)?;
            }
            mention_the_rest(&listed, arguments, state_dir, printer);
        }
    }
    Ok(Exit::Done)
}

struct Listed {
    runs: Vec<PastRun>,
    /// Runs of the same sort that are not listed.
    earlier: usize,
}

fn find(state: &StateDir, arguments: &RunsArguments) -> Result<Listed, Failure> {
    let limit = if arguments.limit == 0 { usize::MAX } else { arguments.limit };
    let mut ids = state.run_ids()?.into_iter();
    if !arguments.failed {
        let runs = ids.by_ref().take(limit).map(|id| state.past_run(id)).collect();
        return Ok(Listed { runs, earlier: ids.len() });
    }
    let mut failed = ids.map(|id| state.past_run(id)).filter(|run| exit_code(run) != Some(Exit::Done.code()));
    let runs = failed.by_ref().take(limit).collect();
    Ok(Listed { runs, earlier: failed.count() })
}

fn mention_the_rest(listed: &Listed, arguments: &RunsArguments, state_dir: &Path, printer: &Printer) {
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
        Left::Report(head) => match head.unfinished {
            Some(Unfinished::Killed) => "killed".to_owned(),
            Some(Unfinished::UnderWay) => "under way".to_owned(),
            None => Exit::of_code(head.exit_code).map_or_else(|| "unknown".to_owned(), |exit| exit.words().to_owned()),
        },
        Left::Nothing => "nothing written: killed before it had a plan, or just begun".to_owned(),
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

fn table(runs: &[PastRun]) -> Table {
    let tenants: BTreeSet<_> = runs.iter().filter_map(tenant).collect();
    let mut table = Table::new(0, COLUMNS);
    table.push(HEADER.map(|word| Cell::from(word).toned(Tone::Strong)));
    for run in runs {
        let [id, started, took, rows, command, exit] = facts(run);
        let result = Cell::of(result(run, tenants.len() > 1)).toned(tone(run));
        table.push([id.into(), started.into(), took.into(), rows.into(), command.into(), exit.into(), result]);
    }
    table
}

fn facts(run: &PastRun) -> [String; 6] {
    match &run.left {
        Left::Report(head) => [
            run.run_id.clone(),
            words::time(head.started_at),
            words::seconds(head.finished_at.duration_since(head.started_at).as_secs_f64()),
            words::number(head.source.rows),
            head.command.clone(),
            head.exit_code.to_string(),
        ],
        Left::Nothing | Left::Unreadable(_) => {
            let [started, took, rows, command, exit] = [(); 5].map(|()| "-".to_owned());
            [run.run_id.clone(), started, took, rows, command, exit]
        }
    }
}

/// The outcome with what was changed; below it the error, and where runs are of several tenants, whose it was.
fn result(run: &PastRun, with_tenant: bool) -> Vec<String> {
    let Left::Report(head) = &run.left else { return vec![outcome(run)] };
    let line = match changes(&head.summary).as_slice() {
        [] => outcome(run),
        changes => format!("{}: {}", outcome(run), changes.join(", ")),
    };
    [line].into_iter().chain(head.error.clone()).chain(tenant(run).filter(|_| with_tenant)).collect()
}

fn changes(summary: &ReportSummary) -> Vec<String> {
    let kinds = [
        (summary.disable, "disabled"),
        (summary.create, "created"),
        (summary.enable, "enabled"),
        (summary.update, "updated"),
        (summary.join, "joined groups"),
        (summary.leave, "left groups"),
    ];
    let done = kinds.map(|(kind, word)| (kind.applied + kind.already, word));
    let all = done.into_iter().chain([(summary.total().open(), "not done")]);
    all.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{} {word}", words::number(count))).collect()
}

fn tone(run: &PastRun) -> Tone {
    match exit_code(run) {
        Some(0) => Tone::Good,
        Some(_) => Tone::Danger,
        None => Tone::Warning,
    }
}

fn tenant(run: &PastRun) -> Option<String> {
    match &run.left {
        Left::Report(head) => Some(format!("{} {}", head.tenant.base_url, head.tenant.organization_id)),
        Left::Nothing | Left::Unreadable(_) => None,
    }
}
