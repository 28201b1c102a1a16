//! What a past run changed, read from its plan and its journal, which a killed run leaves too.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::disk::own::{read_own, read_own_if_there};
use super::journal::{JournalLine, read_lines};
use super::run_folder::JOURNAL_FILE;
use super::state::{StateDir, StateError};
use crate::execute::{ActionResult, Attempt, Outcome};
use crate::model::{Tenant, Uid, comparison_key};
use crate::plan::{Action, ActionKind, MemberChange, PastChange, PastMember, Plan, PlanFileError, member_changes};

/// Selects the run that began last.
const LAST: &str = "last";

/// What an undo needs to know of a run.
#[derive(Debug)]
pub struct PastRunChanges {
    /// Which run.
    pub run_id: String,
    /// What it changed, or may have changed.
    pub changes: Vec<PastChange>,
    /// Whom it added to groups and removed from them, or may have.
    pub members: Vec<PastMember>,
    /// Whether it wrote a report.
    pub has_ended: bool,
}

/// Why the changes of a run are unknown.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum PastRunError {
    #[error(
        "there is no run `{run}` under {runs}; `lumsync runs` lists those that are kept, --state-dir names another state dir"
    )]
    Unknown { run: String, runs: PathBuf },
    #[error("no run of this tenant with a plan is kept under {runs}; --state-dir names another state dir")]
    NoneOfTenant { runs: PathBuf },
    #[error("the run {run} has no plan: it ended before it could change anything")]
    NoPlan { run: String },
    #[error("the run {run} was about another tenant ({base_url}, organization {organization_id:?})")]
    OtherTenant { run: String, base_url: String, organization_id: String },
    #[error(
        "{path} {problem}: what the run changed can't be told from it, so that nothing is taken back; mend it from a backup, or change the users by hand"
    )]
    Damaged { path: PathBuf, problem: String },
    #[error(transparent)]
    State(#[from] StateError),
}

impl StateDir {
    /// What the run of this name changed; `last` is the last one of the tenant.
    pub fn changes_of(&self, run: &str, tenant: &Tenant) -> Result<PastRunChanges, PastRunError> {
        let run_ids = self.run_ids()?;
        if run == LAST {
            let of_tenant = |run_id: &String| matches!(read_plan(&self.runs().join(run_id)), Ok(Some(plan)) if plan.tenant == *tenant);
            let last = run_ids.into_iter().find(of_tenant);
            return self.read_changes(last.ok_or_else(|| PastRunError::NoneOfTenant { runs: self.runs() })?, tenant);
        }
        match run_ids.into_iter().find(|run_id| run_id == run) {
            Some(run_id) => self.read_changes(run_id, tenant),
            None => Err(PastRunError::Unknown { run: run.to_owned(), runs: self.runs() }),
        }
    }

    fn read_changes(&self, run: String, tenant: &Tenant) -> Result<PastRunChanges, PastRunError> {
        let folder = self.runs().join(&run);
        let Some(plan) = read_plan(&folder)? else { return Err(PastRunError::NoPlan { run }) };
        if plan.tenant != *tenant {
            let Tenant { base_url, organization_id } = plan.tenant;
            return Err(PastRunError::OtherTenant { run, base_url, organization_id });
        }
        let report = self.past_run(run.clone());
        let endings = read_journal(&folder, plan.actions.len(), &report.left)?;
        let (changes, members) = match_changes(plan, endings, &folder)?;
        Ok(PastRunChanges { run_id: run, changes, members, has_ended: report.left.has_ended() })
    }
}

/// Which action a line of a journal is about: no plan has two of one user.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Subject {
    User(Uid),
    NewAddress(String),
    Member(ActionKind, Box<str>, Uid),
}

/// The last line of the journal about an action.
#[derive(Debug)]
struct Ending {
    uid: Option<Uid>,
    is_certain: bool,
}

/// The subject of a line; `None` where it lacks the user or the group.
fn subject(line: &JournalLine) -> Option<Subject> {
    let (JournalLine::Attempt { attempt: Attempt { kind, email, uid, group, .. }, .. }
    | JournalLine::Outcome { outcome: Outcome { kind, email, uid, group, .. }, .. }) = line;
    match kind {
        ActionKind::Create => Some(Subject::NewAddress(comparison_key(email).into_owned())),
        ActionKind::Update | ActionKind::Enable | ActionKind::Disable => uid.clone().map(Subject::User),
        ActionKind::Join | ActionKind::Leave => Some(Subject::Member(*kind, group.as_ref()?.id.clone(), uid.clone()?)),
    }
}

/// The ending that a line records; `None` where the tenant can't have the change.
fn ending(line: JournalLine) -> Option<Ending> {
    match line {
        JournalLine::Attempt { attempt, .. } => Some(Ending { uid: attempt.uid, is_certain: false }),
        JournalLine::Outcome { outcome, .. } => match outcome.result {
            ActionResult::Applied => Some(Ending { uid: outcome.uid, is_certain: true }),
            ActionResult::Failed | ActionResult::Drifted if outcome.attempts > 0 => {
                Some(Ending { uid: outcome.uid, is_certain: false })
            }
            _ => None,
        },
    }
}

fn read_plan(folder: &Path) -> Result<Option<Plan>, PastRunError> {
    let path = folder.join("plan.json");
    let damaged = |problem| PastRunError::Damaged { path: path.clone(), problem };
    let text = read_own_if_there(&path).map_err(|error| damaged(format!("can't be read ({error})")))?;
    let read = text.map(|text| Plan::from_json(&text)).transpose();
    read.map_err(|error| {
        damaged(match error {
            PlanFileError::Parse(cause) => format!("is no plan that can be read ({cause})"),
            PlanFileError::Format { format, version } => format!("has format {format} version {version}"),
            PlanFileError::Changed => "was changed after it was made (its checksum does not match)".to_owned(),
        })
    })
}

/// The last line of the journal about each action that was begun. A run that ended before applying has no journal.
fn read_journal(
    folder: &Path,
    actions: usize,
    report: &super::Left,
) -> Result<HashMap<Subject, Option<Ending>>, PastRunError> {
    let path = folder.join(JOURNAL_FILE);
    let damaged = |problem: String| PastRunError::Damaged { path: path.clone(), problem };
    let has_applied = match report {
        super::Left::Report(head) => head.summary.total().applied > 0,
        super::Left::Nothing | super::Left::Unreadable(_) => false,
    };
    let text = match read_own(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !has_applied => return Ok(HashMap::new()),
        Err(error) => return Err(damaged(format!("can't be read ({error})"))),
    };
    let mut endings = HashMap::with_capacity(actions);
    for (number, line) in read_lines(&text).enumerate() {
        let broken = || damaged(format!("is damaged in line {}", number + 1));
        let line = line.map_err(|_| broken())?;
        endings.insert(subject(&line).ok_or_else(broken)?, ending(line));
    }
    Ok(endings)
}

/// The identifiers that the tenant gave to users of the plan, by their lines of the CSV.
fn created(actions: &[Action], endings: &HashMap<Subject, Option<Ending>>) -> HashMap<u64, Uid> {
    let creates = actions.iter().filter(|action| action.uid().is_none());
    let uid_of = |action: &Action| {
        let ending = endings.get(&Subject::NewAddress(comparison_key(&action.email).into_owned()))?.as_ref()?;
        Some((action.row?, ending.uid.clone()?))
    };
    creates.filter_map(uid_of).collect()
}

fn match_changes(
    plan: Plan,
    mut endings: HashMap<Subject, Option<Ending>>,
    folder: &Path,
) -> Result<(Vec<PastChange>, Vec<PastMember>), PastRunError> {
    let mut changes = Vec::new();
    let mut members = Vec::new();
    let created = created(&plan.actions, &endings);
    for MemberChange { kind, group, member } in member_changes(&plan.memberships) {
        let Some(uid) = member.uid.as_ref().or_else(|| created.get(&member.row?)).cloned() else { continue };
        let ending = endings.remove(&Subject::Member(kind, group.id.clone(), uid.clone()));
        if let Some(Some(Ending { is_certain, .. })) = ending {
            members.push(PastMember { kind, group: group.clone(), email: member.email.clone(), uid, is_certain });
        }
    }
    for action in plan.actions {
        let subject = match action.uid() {
            Some(uid) => Subject::User(uid.clone()),
            None => Subject::NewAddress(comparison_key(&action.email).into_owned()),
        };
        if let Some(Some(Ending { uid, is_certain })) = endings.remove(&subject) {
            changes.push(PastChange { uid: uid.or_else(|| action.uid().cloned()), action, is_certain });
        }
    }
    if endings.is_empty() {
        return Ok((changes, members));
    }
    let problem = "speaks of users that the run's plan does not name".to_owned();
    Err(PastRunError::Damaged { path: folder.join("journal.jsonl"), problem })
}
