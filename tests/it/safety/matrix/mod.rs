//! The fault matrix: every fault of the sandbox × every kind of call × the first, a middle and the last one, for `sync`
//! and for `apply`.
//!
//! No cell may do harm. What happened stands in `docs/fault-matrix.md`, which `UPDATE_DOCS=1` writes anew.

mod document;
mod groups;
mod users;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use lumsync::sandbox::{CATALOGUE, CallKind, hostile_catalogue};
use serde_json::Value;

use crate::support::assertions::generated::assert_up_to_date;
use crate::support::data::job::Job;
use crate::support::parallel::for_each;
use crate::support::run::Run;
use crate::support::workspace::Workspace;
use groups::GroupJob;

/// The numbers of the first, a middle and the last call of each kind in a job.
type Moments = &'static [(CallKind, [u64; 3])];

/// The place of a middle call among the moments.
const MIDDLE: usize = 1;

const PATIENCE: [&str; 6] = ["--concurrency", "1", "--retries", "2", "--timeout", "1500ms"];

/// What the job becomes, cell by cell.
type Verdicts = BTreeMap<Cell, String>;

/// A job that meets a fault.
trait FaultyJob: Sync {
    fn moments(&self) -> Moments;
    /// Whether the fault can be one of this call.
    fn is_possible(&self, cell: &Cell) -> bool;
    /// The tenant and the CSV.
    fn workspace(&self) -> Workspace;
    /// What `plan` and `sync` are told besides.
    fn options(&self) -> &'static [&'static str];
    /// Further faults, without which there would be no such call.
    fn further_faults(&self, cell: &Cell) -> &'static [&'static str];
    /// Whether nothing in the answers betrays the fault.
    fn is_unseen(&self, cell: &Cell) -> bool;
    fn assert_no_harm(&self, workspace: &Workspace, cell: &Cell);
    fn assert_report_is_true(&self, report: &Value, workspace: &Workspace, what: &str);
    /// Whether nothing was written.
    fn is_untouched(&self, workspace: &Workspace) -> bool;
    /// How many users are not as the CSV wants them.
    fn open(&self, workspace: &Workspace) -> usize;
}

/// One fault on one call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    command: Command,
    fault: String,
    call: CallKind,
    moment: u64,
}

/// A command that may meet a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Command {
    Sync,
    /// Of a plan that was made before the fault.
    Apply,
}

impl Cell {
    fn is_fault(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.fault.starts_with(name))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.fault, self.call, self.moment)
    }
}

impl Command {
    fn run(self, job: &dyn FaultyJob, workspace: &Workspace) -> Run {
        match self {
            Self::Sync => workspace.run(&[&["sync", "users.csv", "--yes"], job.options(), &PATIENCE].concat()),
            Self::Apply => workspace.run(&[&["apply", "plan.json"][..], &PATIENCE].concat()),
        }
    }
}

fn faults() -> Vec<String> {
    CATALOGUE.into_iter().map(str::to_owned).chain(hostile_catalogue()).collect()
}

#[test]
fn no_fault_of_any_call_does_harm() {
    let faults = faults();
    let (users, groups) = (verdicts(&Job::new(), &faults), verdicts(&GroupJob::new(), &faults));
    let tables = [(users::MOMENTS, users), (groups::MOMENTS, groups)];
    assert_up_to_date("fault-matrix.md", &document::text(&faults, &tables));
}

fn verdicts(job: &dyn FaultyJob, faults: &[String]) -> Verdicts {
    let verdicts = Mutex::new(Verdicts::new());
    for_each(cells(job, faults), |cell| {
        let verdict = try_cell(job, &cell);
        verdicts.lock().unwrap().insert(cell, verdict);
    });
    verdicts.into_inner().unwrap()
}

/// Fault by fault within each call, so that heavy faults are spread over time. Lies, and an `apply`, whose calls are a
/// sync's, are tried at one moment alone: which one makes no difference to them.
fn cells(job: &dyn FaultyJob, faults: &[String]) -> Vec<Cell> {
    let calls = job.moments().iter().flat_map(|(call, moments)| moments.iter().enumerate().map(move |at| (*call, at)));
    let calls = calls.flat_map(|call| [Command::Sync, Command::Apply].map(move |command| (command, call)));
    let cells = calls.flat_map(|(command, (call, (place, &moment)))| {
        let is_tried =
            move |fault: &&String| place == MIDDLE || (command == Command::Sync && CATALOGUE.contains(&fault.as_str()));
        faults.iter().filter(is_tried).map(move |fault| Cell { command, fault: fault.clone(), call, moment })
    });
    cells.filter(|cell| job.is_possible(cell)).collect()
}

/// Runs the job with one fault, looks for harm, and runs it once more without.
fn try_cell(job: &dyn FaultyJob, cell: &Cell) -> String {
    let workspace = job.workspace();
    if cell.command == Command::Apply {
        workspace.run(&[&["plan", "users.csv", "-o", "plan.json"], job.options()].concat()).exits_with(0);
    }
    workspace.faults(&[&[&*cell.to_string()], job.further_faults(cell)].concat());
    let ended = cell.command.run(job, &workspace);
    let what = format!("{cell} in {:?}", cell.command);
    let struck = workspace.sandbox().traffic().into_iter().filter_map(|call| call.fault);
    assert!(struck.into_iter().any(|fault| what.starts_with(&fault)), "{what} did not strike");
    let report = workspace.report();
    job.assert_no_harm(&workspace, cell);
    if !job.is_unseen(cell) {
        job.assert_report_is_true(&report, &workspace, &what);
    }
    assert!(workspace.calls(CallKind::Other).is_empty(), "{what}: a redirect was followed");
    assert_eq!(report["exitCode"], ended.code, "{what}");
    let open = job.open(&workspace);
    let verdict = match ended.code {
        0 if open == 0 => "right".to_owned(),
        0 if job.is_unseen(cell) => format!("{open} unseen, the rest right"),
        0 => {
            // A user who is left alone may be as wanted already.
            let left_alone =
                ["conflicts", "protected", "skipped"].map(|name| report["summary"][name].as_u64().unwrap());
            assert!(open as u64 <= left_alone.iter().sum(), "{what}: exit 0, but not all is done: {report}");
            format!("{open} left alone, the rest right")
        }
        1 | 2 => {
            assert!(job.is_untouched(&workspace), "{what}: exit {}, but something was written", ended.code);
            "stopped clean".to_owned()
        }
        4 => format!("{open} left, the rest right"),
        _ => panic!("{what}: {ended:?}"),
    };
    workspace.faults(&[]);
    Command::Sync.run(job, &workspace).exits_with(0);
    assert_eq!(job.open(&workspace), 0, "{what}: a run without the fault does the rest");
    verdict
}
