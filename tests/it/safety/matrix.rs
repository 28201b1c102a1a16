//! The fault matrix: every fault of the sandbox × every kind of call × the first, a middle and the last one.
//!
//! No cell may do harm. What happened stands in `docs/fault-matrix.md`, which `UPDATE_DOCS=1` writes anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;

use lumsync::sandbox::{CATALOGUE, CallKind};

use crate::support::assertions::generated::assert_up_to_date;
use crate::support::assertions::journal::assert_journals_account_for;
use crate::support::data::job::{JOB_CSV, Job, job_settings, state};
use crate::support::parallel::for_each;
use crate::support::workspace::Workspace;

/// The numbers of the first, a middle and the last call of each kind in the job.
const MOMENTS: [(CallKind, [u64; 3]); 5] = [
    (CallKind::Token, [1, 2, 3]),
    (CallKind::List, [1, 2, 3]),
    (CallKind::Get, [1, 5, 8]),
    (CallKind::SaveCreate, [1, 2, 3]),
    (CallKind::SaveUpdate, [1, 3, 5]),
];

const SYNC: [&str; 11] =
    ["sync", "users.csv", "--yes", "--page-size", "2", "--concurrency", "1", "--retries", "2", "--timeout", "1500ms"];

#[test]
fn no_fault_of_any_call_does_harm() {
    let job = Job::new();
    let verdicts = Mutex::new(BTreeMap::new());
    // Fault by fault within each call, so that heavy faults are spread over time.
    let cells = MOMENTS.iter().flat_map(|(call, moments)| moments.iter().map(move |moment| (*call, *moment)));
    let cells = cells.flat_map(|(call, moment)| CATALOGUE.iter().map(move |fault| (*fault, call, moment)));
    for_each(cells, |(fault, call, moment)| {
        let verdict = try_cell(&job, fault, call, moment);
        verdicts.lock().unwrap().insert((fault, call, moment), verdict);
    });
    assert_up_to_date("fault-matrix.md", &document(&verdicts.into_inner().unwrap()));
}

/// Runs the job with one fault, looks for harm, and runs it once more without.
fn try_cell(job: &Job, fault: &str, call: CallKind, moment: u64) -> String {
    let what = format!("{fault}:{call}:{moment}");
    let workspace = Workspace::with_tenant(job_settings()).with_application();
    workspace.write_csv(JOB_CSV);
    // Two tokens run out on the way, so that there is a second and a third one to ask for.
    let spent: &[&str] =
        if call == CallKind::Token { &["expired-token:list:2", "expired-token:save-update:2"] } else { &[] };
    workspace.faults(&[&[&*what], spent].concat());
    let ended = workspace.run(&SYNC);
    assert!(
        workspace.sandbox().traffic().iter().any(|call| call.fault.as_ref() == Some(&what)),
        "{what} did not strike"
    );
    let (now, report) = (state(workspace.sandbox()), workspace.report());
    job.assert_no_harm(&now, &what);
    job.assert_report_is_true(&report, &now, &what);
    assert_journals_account_for(&workspace.journal(), &workspace.saves());
    assert!(workspace.calls(CallKind::Other).is_empty(), "{what}: a redirect was followed");
    assert_eq!(report["exitCode"], ended.code, "{what}");
    let open = job.wanted.keys().filter(|email| !job.is_done(email, &now)).count();
    let verdict = match ended.code {
        0 => {
            let conflicts = report["summary"]["conflicts"].as_u64().unwrap();
            // A user in conflict may be as wanted already.
            assert!(open as u64 <= conflicts, "{what}: exit 0, but not all is done");
            if open == 0 { "right".to_owned() } else { format!("{open} in conflict, the rest right") }
        }
        1 => {
            assert!(now == job.before, "{what}: exit 1, but something was written");
            "stopped clean".to_owned()
        }
        4 => format!("{open} left, the rest right"),
        _ => panic!("{what}: {ended:?}"),
    };
    workspace.faults(&[]);
    workspace.run(&SYNC).exits_with(0);
    job.assert_done(workspace.sandbox(), &what);
    verdict
}

fn document(verdicts: &BTreeMap<(&str, CallKind, u64), String>) -> String {
    let mut text = String::from(INTRODUCTION);
    for fault in CATALOGUE {
        for (call, moments) in MOMENTS {
            let [first, middle, last] = moments.map(|moment| &verdicts[&(fault, call, moment)]);
            writeln!(text, "| `{fault}` | {call} | {first} | {middle} | {last} |").unwrap();
        }
    }
    text
}

const INTRODUCTION: &str = "\
# What lumsync does when something goes wrong

Written by the test `safety::matrix::no_fault_of_any_call_does_harm`, which runs the built binary once for each cell:
a job of three creates, two updates, an enable and two disables meets one fault on one call. Whatever the fault, no cell may

- leave a user that is neither as it was before nor, attribute by attribute, as the CSV wants it,
- make an account twice, or one that nobody wants,
- report an outcome that is not true, or end with an exit code that does not fit,
- send a save that the journal does not account for,
- follow a redirect with the token.

After each cell the same command is run once more without the fault, and the tenant must be as the CSV wants it.

| cell | means |
| --- | --- |
| right | exit 0: everything was done and reported as done |
| N in conflict, the rest right | exit 0: so many users could not be read, are reported as a conflict and left alone; the next run does the rest |
| stopped clean | exit 1: nothing was written |
| N left, the rest right | exit 4: so many changes were not made, are reported as failed or drifted, and are made by the next run |

The faults are those of `lumsync sandbox` (see `docs/sandbox.md`); `first`, `middle` and `last` are calls of that kind.

| fault | call | first | middle | last |
| --- | --- | --- | --- | --- |
";
