//! The report of a run that left none, made from its plan and its journal: the run is under way, or it was killed.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::journal::{JournalLine, read_lines};
use crate::execute::{ActionResult, Attempt, Outcome};
use crate::plan::{ActionKind, GroupName, Plan};
use crate::report::{Report, Unfinished};

const NOT_BEGUN: &str = "the run was cut off before its turn";

/// Identifies a change in the journal: no plan has two of one kind for the same address, row and group.
type Key = (ActionKind, Box<str>, Option<u64>, Option<Box<str>>);

/// The plan and the report of a run without one; nothing where the run had no plan yet, and so wrote nothing.
///
/// A save that was sent and has no outcome is unclear: it may or may not be done.
pub fn unfinished_run(folder: &Path) -> io::Result<Option<(Plan, Report)>> {
    let plan = match fs::read(folder.join("plan.json")) {
        Ok(bytes) => Plan::from_json(&bytes).map_err(io::Error::other)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let lines = match fs::read(folder.join("journal.jsonl")) {
        Ok(text) => read_lines(&text).collect::<Result<_, _>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let run_id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unfinished = if is_under_way(folder) { Unfinished::UnderWay } else { Unfinished::Killed };
    let started_at = time_of(&run_id).unwrap_or(plan.created_at);
    let finished_at = lines.last().map_or(plan.created_at.max(started_at), JournalLine::at);
    let report = Report::unfinished(unfinished, &run_id, (started_at, finished_at), &plan, outcomes(&plan, lines));
    Ok(Some((plan, report)))
}

/// Whether a process still holds the folder of its run.
pub(super) fn is_under_way(folder: &Path) -> bool {
    match File::open(folder).map(|folder| folder.try_lock_shared()) {
        Ok(Ok(())) => false,
        // An unknown state counts as under way, so that nothing is removed.
        Ok(Err(TryLockError::WouldBlock | TryLockError::Error(_))) | Err(_) => true,
    }
}

/// When a run began, read from its name.
pub(super) fn time_of(run_id: &str) -> Option<Timestamp> {
    let (time, _) = run_id.split_once('-')?;
    let parsed = |format| DateTime::strptime(format, time).ok();
    let time = parsed("%Y%m%dT%H%M%S%fZ").or_else(|| parsed("%Y%m%dT%H%M%SZ"))?;
    TimeZone::UTC.to_timestamp(time).ok()
}

fn outcomes(plan: &Plan, lines: Vec<JournalLine>) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Outcome::none_of(plan, NOT_BEGUN).collect();
    let places: HashMap<Key, usize> = outcomes
        .iter()
        .enumerate()
        .map(|(place, one)| (key(one.kind, &one.email, one.row, one.group.as_ref()), place))
        .collect();
    for line in lines {
        let (JournalLine::Attempt { attempt: Attempt { kind, email, row, group, .. }, .. }
        | JournalLine::Outcome { outcome: Outcome { kind, email, row, group, .. }, .. }) = &line;
        let Some(&place) = places.get(&key(*kind, email, *row, group.as_ref())) else { continue };
        match line {
            JournalLine::Attempt { attempt, .. } => {
                let outcome = &mut outcomes[place];
                (outcome.result, outcome.attempts) = (ActionResult::Failed, attempt.attempt);
                outcome.error = Some(Report::UNCLEAR.into());
            }
            JournalLine::Outcome { outcome, .. } => outcomes[place] = outcome,
        }
    }
    outcomes
}

fn key(kind: ActionKind, email: &str, row: Option<u64>, group: Option<&GroupName>) -> Key {
    (kind, email.into(), row, group.map(|group| group.id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_began_when_its_name_says() {
        let time = time_of("20260302T053000123Z-7f3a12").unwrap();
        assert_eq!(time.to_string(), "2026-03-02T05:30:00.123Z");
        assert_eq!(time_of("20260302T053000Z-7f3a"), "2026-03-02T05:30:00Z".parse().ok());
        assert_eq!(time_of("killed"), None);
    }
}
