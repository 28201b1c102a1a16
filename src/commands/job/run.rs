//! A run that may write: lock, run folder, applying a plan, and the report that is written however it ends.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::failure::{CommandError, Failure};
use super::listener::listen;
use super::session::{Session, Stopwatch};
use super::tenant::Connection;
use super::{outputs, planning};
use crate::api::CallCounts;
use crate::clock;
use crate::console::Progress;
use crate::execute::{Engine, LookUp, Outcome, Verification, Verified};
use crate::exit::Exit;
use crate::model::{DesiredUsers, KnownColumns, LastGood, SourceFacts, Tenant, Uid};
use crate::plan::{MissingUsers, Plan};
use crate::record::{AppliedBefore, LastGoodRun, RunFolder, StateDir, TenantLock};
use crate::report::{HttpFigures, Report, Timing, guardrail_sentence};

/// The capacity of the channel to the listener; the engine waits when it is full.
const EVENTS_WAITING: usize = 4096;

/// One run, from its lock to its report.
pub struct Run {
    /// The facts so far.
    pub facts: RunFacts,
    /// Where it is kept.
    pub folder: RunFolder,
    state: StateDir,
    lock: Arc<TenantLock>,
}

/// The facts of the report.
#[derive(Default)]
pub struct RunFacts {
    command: &'static str,
    started_at: Timestamp,
    tenant: Tenant,
    /// Which CSV; empty until it was read.
    pub source: SourceFacts,
    /// The plan, once there is one.
    pub plan: Option<Plan>,
    /// Whether standard output has the plan already; a run that did nothing does not repeat it.
    pub plan_is_shown: bool,
    /// Whether the operator said no to the plan.
    pub is_declined: bool,
    /// The duration of each stage.
    pub timing: Timing,
    /// Calls that the list of users took, where one was made.
    pub pages: Option<u64>,
    /// Who signed the plan.
    pub signers: Vec<String>,
    verified: Option<Verified>,
    outcomes: Vec<Outcome>,
    pace: Vec<u32>,
    counts: CallCounts,
}

impl Run {
    /// Acquires the tenant's lock and makes the run's folder; an error where the state dir can't be written to.
    pub fn begin(command: &'static str, tenant: &Tenant, session: &Session) -> Result<Self, Failure> {
        let state = session.state_dir()?;
        let started_at = clock::now();
        let about = format!("{command}, process {}, since {started_at}", std::process::id());
        let lock = state.lock(tenant, &about)?;
        let folder = state.begin_run(tenant, started_at)?;
        let facts = RunFacts { command, started_at, tenant: tenant.clone(), ..RunFacts::default() };
        Ok(Self { facts, folder, state, lock: Arc::new(lock) })
    }

    /// Writes the plan to the run's folder; an error where a guardrail tripped.
    pub fn judge(&mut self, plan: Plan) -> Result<(), Failure> {
        self.folder.write_plan(&plan)?;
        let sentences: Vec<String> = plan.tripped_guardrails().map(guardrail_sentence).collect();
        self.facts.source = plan.source.clone();
        self.facts.plan = Some(plan);
        if sentences.is_empty() { Ok(()) } else { Err(CommandError::Guardrails { sentences }.into()) }
    }

    /// What earlier runs of a saved plan have made.
    pub fn applied_before(&self, checksum: &str) -> Result<AppliedBefore, Failure> {
        Ok(self.state.begin_plan(checksum, self.folder.id())?)
    }

    /// Applies the plan; the exit code covers what happened to single actions.
    pub async fn apply(
        &mut self,
        connection: &Connection,
        session: &Session,
        progress: &Arc<Progress>,
        (look_up, applied): (LookUp, &AppliedBefore),
        passwords: &DesiredUsers,
    ) -> Result<Exit, Failure> {
        let Some(plan) = self.facts.plan.take() else { return Ok(Exit::Done) };
        let journal = self
            .folder
            .open_journal(plan.outcomes())
            .map_err(|source| crate::record::StateError::Unusable { path: self.folder.path().to_owned(), source })?;
        let stopwatch = Stopwatch::start();
        let (events, received) = mpsc::channel(EVENTS_WAITING);
        let (listening, stop, actions) = (Arc::clone(progress), session.stop.clone(), plan.outcomes());
        let lock = Arc::clone(&self.lock);
        let listener =
            tokio::task::spawn_blocking(move || listen(received, (journal, &lock), &listening, &stop, actions));
        let writer = connection.reader.writer();
        let user_query = planning::list_query(session);
        let engine = Engine {
            reader: &connection.reader,
            writer: &writer,
            concurrency: session.settings.rate.concurrency.get(),
            look_up,
            scope: &session.scope,
            user_query: &user_query,
            was_applied: &|action| applied.contains(action.kind(), &action.email, None),
            was_member_changed: &|change| applied.contains(change.kind, &change.member.email, Some(&change.group.id)),
            stop: &session.stop,
            events,
        };
        engine.apply(&plan, passwords).await;
        drop(engine);
        let heard = listener.await.map_err(CommandError::from)?;
        progress.end();
        self.facts.timing.apply_seconds = stopwatch.seconds();
        self.facts.pace = heard.pace;
        self.facts.outcomes = every_outcome(&plan, heard.outcomes);
        if session.settings.run.verify && session.stop.reason().is_none() {
            self.facts.verified = Some(self.verify(&plan, connection, session).await);
        }
        self.facts.plan = Some(plan);
        let is_confirmed = self.facts.verified.as_ref().is_none_or(Verified::is_confirmed);
        Ok(match Exit::of_run(session.stop.reason().as_ref(), &self.facts.outcomes) {
            Exit::Done if !is_confirmed => Exit::Partial,
            exit => exit,
        })
    }

    async fn verify(&self, plan: &Plan, connection: &Connection, session: &Session) -> Verified {
        let query = planning::list_query(session);
        let pages = self.facts.pages.unwrap_or_else(|| plan.remote.listed.div_ceil(u64::from(query.page_size)));
        let verification = Verification {
            reader: &connection.reader,
            query,
            pages,
            concurrency: session.settings.rate.concurrency.get(),
            waits: &Verification::WAITS,
            stop: &session.stop,
        };
        verification.run(plan, &self.facts.outcomes).await
    }

    /// Records the number of calls so far.
    pub fn count_calls(&mut self, connection: &Connection) {
        self.facts.counts = connection.reader.counts();
    }

    /// Writes the report and all other outputs. Returns the exit code.
    pub async fn conclude(self, ended: Result<Exit, Failure>, session: &Session) -> Exit {
        let (exit, error) = match &ended {
            Ok(exit) => (*exit, session.stop.reason().map(|reason| reason.to_string())),
            Err(failure) => (failure.exit, Some(failure.message())),
        };
        let mut report = self.facts.report(self.folder.id(), exit, error);
        let exit = if self.facts.is_declined {
            self.conclude_declined(&report, session)
        } else {
            self.conclude_reported(&ended, &mut report, exit, session).await
        };
        if let Err(error) = self.state.remove_old_runs(&self.facts.tenant, session.settings.state.keep_runs) {
            session.warn(&Failure::from(error).message());
        }
        session.ended(exit, &report.summary);
        exit
    }

    /// A declined plan was shown already, so only the report is written.
    fn conclude_declined(&self, report: &Report, session: &Session) -> Exit {
        let kept = self.folder.write_report(report).err().map(|problem| Failure::from(problem).message());
        session.fail(&kept.into_iter().chain(report.error.clone()).collect::<Vec<_>>().join("; "));
        Exit::CouldNot
    }

    async fn conclude_reported(
        &self,
        ended: &Result<Exit, Failure>,
        report: &mut Report,
        exit: Exit,
        session: &Session,
    ) -> Exit {
        if let Err(failure) = ended {
            session.fail(&failure.message());
        }
        let plan = self.facts.plan.as_ref();
        let mut problems = outputs::run_files(report, plan, session);
        let mut note = |done: Result<(), Failure>| problems.extend(done.err().map(|failure| failure.message()));
        if exit == Exit::Done {
            note(self.remember(report, session));
        }
        if matches!(exit, Exit::Done | Exit::Partial) {
            note(self.note_missing(session));
        }
        note(self.folder.write_report(report).map_err(Failure::from));
        self.downgrade(report, &mut problems);
        problems.extend(
            outputs::run(report, plan, self.facts.plan_is_shown, session).await.err().map(|failure| failure.message()),
        );
        self.downgrade(report, &mut problems);
        for problem in &problems {
            session.fail(problem);
        }
        Exit::of_code(report.exit_code).unwrap_or(exit)
    }

    /// A run whose outputs could not be written does not end with exit code 0; its report says so too.
    fn downgrade(&self, report: &mut Report, problems: &mut Vec<String>) {
        if report.exit_code != Exit::Done.code() || problems.is_empty() {
            return;
        }
        report.exit_code = Exit::CouldNot.code();
        report.error = problems.first().cloned();
        problems.extend(self.folder.write_report(report).err().map(|problem| Failure::from(problem).message()));
    }

    /// The plan, unless it was partial.
    fn full_plan(&self) -> Option<&Plan> {
        self.facts.plan.as_ref().filter(|plan| !plan.policy.partial)
    }

    fn note_missing(&self, session: &Session) -> Result<(), Failure> {
        let Some(plan) = self.full_plan() else { return Ok(()) };
        let done: HashSet<&Uid> = self
            .facts
            .outcomes
            .iter()
            .filter(|outcome| !outcome.result.is_open() && !self.is_refuted(outcome))
            .filter_map(|outcome| outcome.uid.as_ref())
            .collect();
        let update = |before: &MissingUsers| before.after(plan, clock::now(), |uid| done.contains(uid));
        Ok(self.state.note_missing_users(&self.facts.tenant, &session.scope, update)?)
    }

    /// Whether `--verify` has found that the user is not as the run left it.
    fn is_refuted(&self, outcome: &Outcome) -> bool {
        let mut differing = self.facts.verified.iter().flat_map(|verified| &verified.differing);
        differing.any(|difference| difference.email == outcome.email)
    }

    fn remember(&self, report: &Report, session: &Session) -> Result<(), Failure> {
        let Some(plan) = self.facts.plan.as_ref() else { return Ok(()) };
        // An undo has no CSV that the next run could be compared with.
        if let Some(undone) = &plan.undoes {
            if plan.summary.changes() > 0 {
                self.state.forget(&report.tenant, &session.scope, undone)?;
            }
            return Ok(());
        }
        let figures = LastGood {
            valid_rows: plan.source.valid_rows,
            in_scope: Some(plan.remote.in_scope),
            changes: Some(plan.summary.of_users()),
        };
        let SourceFacts { columns, ignored_columns, .. } = plan.source.clone();
        let columns = KnownColumns { columns, ignored_columns };
        let (run_id, finished_at) = (report.run_id.clone(), report.finished_at);
        let changed_by = (report.summary.total().applied > 0).then(|| run_id.clone());
        let run = LastGoodRun { run_id, finished_at, figures, columns, changed_by, previous: None };
        Ok(self.state.remember(&report.tenant, &session.scope, plan.policy.partial, run)?)
    }
}

impl RunFacts {
    fn report(&self, run_id: &str, exit: Exit, error: Option<String>) -> Report {
        let plan = self.plan.as_ref();
        let outcomes = match plan {
            // Nothing came of any of them.
            Some(plan) if self.outcomes.is_empty() => {
                let why = error.clone().unwrap_or_default();
                Outcome::none_of(plan, &why).collect()
            }
            _ => self.outcomes.clone(),
        };
        let CallCounts { requests, retries, rate_limited } = self.counts;
        Report {
            run_id: run_id.to_owned(),
            command: self.command.to_owned(),
            started_at: self.started_at,
            finished_at: clock::now(),
            exit_code: exit.code(),
            error,
            tenant: self.tenant.clone(),
            source: self.source.clone(),
            http: HttpFigures { requests, retries, rate_limited },
            timing: self.timing,
            pace: self.pace.clone(),
            verified: self.verified.clone(),
            signers: self.signers.clone(),
            ..Report::of_plan(plan, outcomes)
        }
    }
}

/// One outcome for each action and each change of members; without an event, it was never begun.
fn every_outcome(plan: &Plan, heard: Vec<Option<Outcome>>) -> Vec<Outcome> {
    let outcome = |(unheard, heard): (_, Option<Outcome>)| heard.unwrap_or(unheard);
    Outcome::none_of(plan, "the run ended before its turn").zip(heard).map(outcome).collect()
}
