//! What a past run changed, read from its plan and its journal, which a killed run leaves too.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::disk::own::read_own;
use super::history::Left;
use super::journal::{JournalLine, read_lines};
use super::run_folder::{JOURNAL_FILE, may_be_of, tenant_of};
use super::state::{StateDir, StateError, is_same_tenant, name_of};
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
        if run == LAST {
            return self.last_changes(tenant);
        }
        match self.run_ids()?.into_iter().find(|run_id| run_id == run) {
            Some(run_id) => self.read_changes(run_id, tenant),
            None => Err(PastRunError::Unknown { run: run.to_owned(), runs: self.runs() }),
        }
    }

    /// Of the last run that had a plan. One that can't be read is never passed over: what came before it is not the last.
    fn last_changes(&self, tenant: &Tenant) -> Result<PastRunChanges, PastRunError> {
        let name = name_of(tenant);
        for run in self.run_ids()?.into_iter().filter(|run_id| may_be_of(run_id, &name)) {
            match self.read_changes(run, tenant) {
                Err(PastRunError::NoPlan { .. }) => {}
                Err(PastRunError::OtherTenant { run, .. }) if tenant_of(&run).is_none() => {}
                found => return found,
            }
        }
        Err(PastRunError::NoneOfTenant { runs: self.runs() })
    }

    fn read_changes(&self, run: String, tenant: &Tenant) -> Result<PastRunChanges, PastRunError> {
        let folder = self.runs().join(&run);
        let left = self.past_run(run.clone()).left;
        if let Left::Report(head) = &left {
            require_same_tenant(&run, &head.tenant, tenant)?;
        }
        let Some(plan) = read_plan(&folder, &left)? else { return Err(PastRunError::NoPlan { run }) };
        require_same_tenant(&run, &plan.tenant, tenant)?;
        let endings = read_journal(&folder, plan.actions.len(), &left)?;
        let (changes, members) = match_changes(plan, endings, &folder)?;
        Ok(PastRunChanges { run_id: run, changes, members, has_ended: left.has_ended() })
    }
}

impl Made {
    /// `None` for a change that there is nothing to take back of.
    fn is_certain(self) -> Option<bool> {
        (self != Self::Not).then_some(self == Self::Certainly)
    }
}

fn require_same_tenant(run: &str, of_run: &Tenant, tenant: &Tenant) -> Result<(), PastRunError> {
    if is_same_tenant(of_run, tenant) {
        return Ok(());
    }
    let Tenant { base_url, organization_id } = of_run.clone();
    Err(PastRunError::OtherTenant { run: run.to_owned(), base_url, organization_id })
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
    made: Made,
}

/// Whether the tenant has a change by the run's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Certainly,
    Perhaps,
    Not,
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

/// The ending that a line records.
fn ending(line: JournalLine) -> Ending {
    match line {
        JournalLine::Attempt { attempt, .. } => Ending { uid: attempt.uid, made: Made::Perhaps },
        JournalLine::Outcome { outcome, .. } => {
            let made = match outcome.result {
                ActionResult::Applied => Made::Certainly,
                ActionResult::Failed | ActionResult::Drifted if outcome.attempts > 0 => Made::Perhaps,
                _ => Made::Not,
            };
            Ending { uid: outcome.uid, made }
        }
    }
}

/// The plan; nothing where the run ended before it had one.
fn read_plan(folder: &Path, left: &Left) -> Result<Option<Plan>, PastRunError> {
    let path = folder.join("plan.json");
    let damaged = |problem| PastRunError::Damaged { path: path.clone(), problem };
    let text = match read_own(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !may_have_had_a_plan(folder, left) => return Ok(None),
        Err(error) => return Err(damaged(format!("can't be read ({error})"))),
    };
    Plan::from_json(&text).map(Some).map_err(|error| {
        damaged(match error {
            PlanFileError::Parse(cause) => format!("is no plan that can be read ({cause})"),
            PlanFileError::Format { format, version } => format!("has format {format} version {version}"),
            PlanFileError::Changed => "was changed after it was made (its checksum does not match)".to_owned(),
        })
    })
}

fn may_have_had_a_plan(folder: &Path, left: &Left) -> bool {
    let is_told = match left {
        Left::Report(head) => head.summary.total().planned > 0,
        Left::Nothing => false,
        Left::Unreadable(_) => true,
    };
    is_told || folder.join(JOURNAL_FILE).exists()
}

/// The last line of the journal about each action that was begun. A run that ended before applying has no journal.
fn read_journal(folder: &Path, actions: usize, left: &Left) -> Result<HashMap<Subject, Ending>, PastRunError> {
    let path = folder.join(JOURNAL_FILE);
    let damaged = |problem: String| PastRunError::Damaged { path: path.clone(), problem };
    let applied = match left {
        Left::Report(head) => Some(head.summary.total().applied),
        Left::Nothing | Left::Unreadable(_) => None,
    };
    let text = match read_own(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && applied == Some(0) => return Ok(HashMap::new()),
        Err(error) => return Err(damaged(format!("can't be read ({error})"))),
    };
    let mut endings = HashMap::with_capacity(actions);
    for (number, line) in read_lines(&text).enumerate() {
        let broken = || damaged(format!("is damaged in line {}", number + 1));
        let line = line.map_err(|_| broken())?;
        endings.insert(subject(&line).ok_or_else(broken)?, ending(line));
    }
    let certain = endings.values().filter(|ending| ending.made == Made::Certainly).count() as u64;
    if applied.is_some_and(|applied| certain < applied) {
        return Err(damaged("has fewer changes than the run's report".to_owned()));
    }
    Ok(endings)
}

/// The identifiers of users whom the plan creates, by their lines of the CSV; also of those whom the run found created.
fn created(actions: &[Action], endings: &HashMap<Subject, Ending>) -> HashMap<u64, Uid> {
    let creates = actions.iter().filter(|action| action.uid().is_none());
    let uid_of = |action: &Action| {
        let ending = endings.get(&Subject::NewAddress(comparison_key(&action.email).into_owned()))?;
        Some((action.row?, ending.uid.clone()?))
    };
    creates.filter_map(uid_of).collect()
}

fn match_changes(
    plan: Plan,
    mut endings: HashMap<Subject, Ending>,
    folder: &Path,
) -> Result<(Vec<PastChange>, Vec<PastMember>), PastRunError> {
    let mut changes = Vec::new();
    let mut members = Vec::new();
    let created = created(&plan.actions, &endings);
    for MemberChange { kind, group, member } in member_changes(&plan.memberships) {
        let Some(uid) = member.uid.as_ref().or_else(|| created.get(&member.row?)).cloned() else { continue };
        let ending = endings.remove(&Subject::Member(kind, group.id.clone(), uid.clone()));
        if let Some(is_certain) = ending.and_then(|ending| ending.made.is_certain()) {
            members.push(PastMember { kind, group: group.clone(), email: member.email.clone(), uid, is_certain });
        }
    }
    for action in plan.actions {
        let subject = match action.uid() {
            Some(uid) => Subject::User(uid.clone()),
            None => Subject::NewAddress(comparison_key(&action.email).into_owned()),
        };
        let Some(Ending { uid, made }) = endings.remove(&subject) else { continue };
        if let Some(is_certain) = made.is_certain() {
            changes.push(PastChange { uid: uid.or_else(|| action.uid().cloned()), action, is_certain });
        }
    }
    if endings.is_empty() {
        return Ok((changes, members));
    }
    let problem = "speaks of users that the run's plan does not name".to_owned();
    Err(PastRunError::Damaged { path: folder.join(JOURNAL_FILE), problem })
}
