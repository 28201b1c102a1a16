//! The fault matrix: every fault of the sandbox × every kind of call × the first, a middle and the last one, for `sync`
//! and for `apply`.
//!
//! No cell may do harm. What happened stands in `docs/fault-matrix.md`, which `UPDATE_DOCS=1` writes anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;

use lumsync::sandbox::{CATALOGUE, CallKind, hostile_catalogue};

use crate::support::assertions::generated::assert_up_to_date;
use crate::support::assertions::journal::assert_journals_account_for;
use crate::support::data::job::{JOB_CSV, Job, job_settings, state};
use crate::support::parallel::for_each;
use crate::support::run::Run;
use crate::support::workspace::Workspace;

/// The numbers of the first, a middle and the last call of each kind in the job.
const MOMENTS: [(CallKind, [u64; 3]); 5] = [
    (CallKind::Token, [1, 2, 3]),
    (CallKind::List, [1, 2, 3]),
    (CallKind::Get, [1, 5, 8]),
    (CallKind::SaveCreate, [1, 2, 3]),
    (CallKind::SaveUpdate, [1, 3, 5]),
];

/// The place of a middle call among the moments.
const MIDDLE: usize = 1;

const PATIENCE: [&str; 6] = ["--concurrency", "1", "--retries", "2", "--timeout", "1500ms"];

/// Faults that nothing in the answers betrays: what they hide or take back is found by the next run.
const UNSEEN: [&str; 3] = ["skipped-user", "null-items", "reverted-save"];

/// Faults of a page, which no other answer has.
const OF_LISTS: [&str; 4] = ["cut-list", "restarted-list", "skipped-user", "repeated-user"];
/// Faults of a user, and so of every answer but a token.
const OF_USERS: [&str; 10] = [
    "other-", "lone-surrogate", "invalid-utf8", "odd-flag", "double-key", "stale-read", "reverted-save",
    "ignored-field", "error-member", "success-false",
];

/// A command that may meet a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Command {
    Sync,
    /// Of a plan that was made before the fault.
    Apply,
}

impl Command {
    /// Whether this command may meet the fault on the call. Lies, and an `apply`, whose calls are a sync's, are tried at one
    /// moment alone: which one makes no difference to them.
    fn meets(self, fault: &str, call: CallKind, moment: usize) -> bool {
        let is_any = |names: &[&str]| names.iter().any(|name| fault.starts_with(name));
        let is_possible = match call {
            CallKind::List => self == Self::Sync,
            CallKind::Token => !is_any(&OF_USERS) && !is_any(&OF_LISTS),
            _ => !is_any(&OF_LISTS),
        };
        let is_tried_throughout = self == Self::Sync && CATALOGUE.contains(&fault);
        is_possible && (is_tried_throughout || moment == MIDDLE)
    }

    fn run(self, workspace: &Workspace) -> Run {
        match self {
            Self::Sync => workspace.run(&[&["sync", "users.csv", "--yes", "--page-size", "2"][..], &PATIENCE].concat()),
            Self::Apply => workspace.run(&[&["apply", "plan.json"][..], &PATIENCE].concat()),
        }
    }

    /// Tokens run out on the way, so that there is a second and a third one to ask for.
    fn spent_tokens(self) -> [&'static str; 2] {
        match self {
            Self::Sync => ["expired-token:list:2", "expired-token:save-update:2"],
            Self::Apply => ["expired-token:get:2", "expired-token:save-update:2"],
        }
    }
}

fn faults() -> Vec<String> {
    CATALOGUE.into_iter().map(str::to_owned).chain(hostile_catalogue()).collect()
}

#[test]
fn no_fault_of_any_call_does_harm() {
    let (job, faults) = (Job::new(), faults());
    let verdicts = Mutex::new(BTreeMap::new());
    // Fault by fault within each call, so that heavy faults are spread over time.
    let calls = MOMENTS.iter().flat_map(|(call, moments)| (0..moments.len()).map(move |place| (*call, moments, place)));
    let calls = calls.flat_map(|call| [Command::Sync, Command::Apply].map(move |command| (command, call)));
    let cells = calls.flat_map(|(command, call)| faults.iter().map(move |fault| (command, fault, call)));
    let cells = cells.filter(|(command, fault, (call, _, place))| command.meets(fault, *call, *place));
    for_each(cells, |(command, fault, (call, moments, place))| {
        let moment = moments[place];
        let verdict = try_cell(&job, command, fault, call, moment);
        verdicts.lock().unwrap().insert((command, fault.clone(), call, moment), verdict);
    });
    assert_up_to_date("fault-matrix.md", &document(&faults, &verdicts.into_inner().unwrap()));
}

/// Runs the job with one fault, looks for harm, and runs it once more without.
fn try_cell(job: &Job, command: Command, fault: &str, call: CallKind, moment: u64) -> String {
    let what = format!("{fault}:{call}:{moment}");
    let workspace = Workspace::with_tenant(job_settings()).with_application();
    workspace.write_csv(JOB_CSV);
    if command == Command::Apply {
        workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    }
    let spent = command.spent_tokens();
    let spent = if call == CallKind::Token { &spent[..] } else { &[] };
    workspace.faults(&[&[&*what], spent].concat());
    let ended = command.run(&workspace);
    let what = format!("{what} in {command:?}");
    let struck = workspace.sandbox().traffic().into_iter().filter_map(|call| call.fault);
    assert!(struck.into_iter().any(|fault| what.starts_with(&fault)), "{what} did not strike");
    let (now, report) = (state(workspace.sandbox()), workspace.report());
    let is_unseen = UNSEEN.iter().any(|unseen| fault.starts_with(unseen)) || is_half_made(fault, call);
    if !is_half_made(fault, call) {
        job.assert_no_harm(&now, &what);
    }
    if !is_unseen {
        job.assert_report_is_true(&report, &now, &what);
    }
    assert_journals_account_for(&workspace.journal(), &workspace.saves());
    assert!(workspace.calls(CallKind::Other).is_empty(), "{what}: a redirect was followed");
    assert_eq!(report["exitCode"], ended.code, "{what}");
    let open = job.wanted.keys().filter(|email| !job.is_done(email, &now)).count();
    let verdict = match ended.code {
        0 if open == 0 => "right".to_owned(),
        0 if is_unseen => format!("{open} unseen, the rest right"),
        0 => {
            // A user who is left alone may be as wanted already.
            let left_alone =
                ["conflicts", "protected", "skipped"].map(|name| report["summary"][name].as_u64().unwrap());
            assert!(open as u64 <= left_alone.iter().sum(), "{what}: exit 0, but not all is done: {report}");
            format!("{open} left alone, the rest right")
        }
        1 => {
            assert!(now == job.before, "{what}: exit 1, but something was written");
            "stopped clean".to_owned()
        }
        4 => format!("{open} left, the rest right"),
        _ => panic!("{what}: {ended:?}"),
    };
    workspace.faults(&[]);
    Command::Sync.run(&workspace).exits_with(0);
    job.assert_done(workspace.sandbox(), &what);
    verdict
}

/// Whether the tenant saves a user but for one field; whether the answer shows that is for it to choose.
fn is_half_made(fault: &str, call: CallKind) -> bool {
    fault.starts_with("ignored-field") && matches!(call, CallKind::SaveCreate | CallKind::SaveUpdate)
}

type Verdicts = BTreeMap<(Command, String, CallKind, u64), String>;

fn document(faults: &[String], verdicts: &Verdicts) -> String {
    let mut text = String::from(INTRODUCTION);
    for fault in faults {
        for (call, moments) in MOMENTS {
            let cells =
                moments.map(|moment| (Command::Sync, moment)).into_iter().chain([(Command::Apply, moments[MIDDLE])]);
            let verdict = |(command, moment)| verdicts.get(&(command, fault.clone(), call, moment)).map(String::as_str);
            let cells: Vec<_> = cells.map(verdict).collect();
            if cells.iter().any(Option::is_some) {
                let cells: Vec<_> = cells.into_iter().map(|cell| cell.unwrap_or("–")).collect();
                writeln!(text, "| `{fault}` | {call} | {} |", cells.join(" | ")).unwrap();
            }
        }
    }
    text
}

const INTRODUCTION: &str = "\
# What lumsync does when something goes wrong

Written by the test `safety::matrix::no_fault_of_any_call_does_harm`, which runs the built binary once for each cell:
a job of three creates, two updates, an enable and two disables meets one fault on one call, as a `sync` and as an `apply` of a
plan that was made before. Whatever the fault, no cell may

- leave a user that is neither as it was before nor, attribute by attribute, as the CSV wants it,
- make an account twice, or one that nobody wants,
- report an outcome that is not true, or end with an exit code that does not fit,
- send a save that the journal does not account for,
- follow a redirect with the token.

After each cell a `sync` is run without the fault, and the tenant must be as the CSV wants it.

| cell | means |
| --- | --- |
| right | exit 0: everything was done and reported as done |
| N left alone, the rest right | exit 0: so many users could not be read, looked like others or like super admins, or were not to be found: they are reported as a conflict, protected or skipped, and the next run does the rest |
| stopped clean | exit 1: nothing was written |
| N unseen, the rest right | exit 0: the tenant hid so many users from a list, or did not keep what it had confirmed, and nothing in its answers says so; the next run does the rest |
| N left, the rest right | exit 4: so many changes were not made, are reported as failed or drifted, and are made by the next run |

The faults are those of `lumsync sandbox` (see `docs/sandbox.md`); `first`, `middle` and `last` are calls of that kind.

| fault | call | sync: first | middle | last | apply: middle |
| --- | --- | --- | --- | --- | --- |
";
