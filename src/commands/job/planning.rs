//! From the CSV and the tenant to a plan: load, fetch, compare. Nothing here can write.

use std::sync::Arc;

use super::failure::{CommandError, Failure};
use super::session::{Session, Stopwatch};
use super::tenant::Connection;
use crate::api::{ListQuery, Listed, UserList};
use crate::clock;
use crate::console::{LogFormat, Progress, Stage};
use crate::model::{AddressOwners, Tenant, UidList, visible};
use crate::plan::{
    ComparedGroups, Draft, Grace, MissingUsers, OnInvalid, OnUnknownGroup, Plan, PlanInput, ResolvedGroups,
};
use crate::record::StateError;
use crate::report::Timing;
use crate::source::{self, DIAGNOSED_IN_FULL, DiagnosticStyle, Loaded, RawSource, SourceSettings, diagnose};

/// The target of events that hold values of rows, so that a filter can exclude them from a log.
const ROWS: &str = "rows";

/// Reads and checks the CSV. Invalid rows end the run, or are reported and left out (`--on-invalid`).
pub async fn load(
    location: &str,
    session: &Session,
    progress: &Progress,
    timing: &mut Timing,
) -> Result<Loaded, Failure> {
    let stopwatch = Stopwatch::start();
    let settings = session.csv_settings();
    let raw = session.unless_stopped(open(location, &settings)).await?;
    let size = raw.size();
    progress.begin(Stage::Load, Some(size));
    let loaded = tokio::task::spawn_blocking(move || source::load(raw, &settings)).await.map_err(CommandError::from)?;
    match &loaded {
        Ok(loaded) => progress.load_progress(size, loaded.facts.rows),
        Err(_) => progress.interrupt(),
    }
    progress.end();
    timing.load_seconds = stopwatch.seconds();
    let loaded = loaded?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    show_problems(&loaded, session);
    Ok(loaded)
}

/// Can be dropped at any moment: a fetch ends with it, and standard input, which may never end, has a thread of its own.
async fn open(location: &str, settings: &SourceSettings) -> Result<RawSource, Failure> {
    if let Some(source) = source::open_remote(location, settings).await? {
        return Ok(source);
    }
    let (location, settings) = (location.to_owned(), settings.clone());
    let opening = tokio::task::spawn_blocking(move || source::open_local(&location, &settings));
    Ok(opening.await.map_err(CommandError::from)??)
}

/// An error for invalid rows, unless they are to be skipped.
pub fn refuse_invalid_rows(loaded: &Loaded, session: &Session) -> Result<(), Failure> {
    match (session.settings.policy.on_invalid, loaded.facts.invalid_rows) {
        (OnInvalid::Skip, _) | (OnInvalid::Stop, 0) => Ok(()),
        (OnInvalid::Stop, count) => Err(CommandError::InvalidRows { count, path: loaded.facts.path.clone() }.into()),
    }
}

fn show_problems(loaded: &Loaded, session: &Session) {
    if session.log.format == LogFormat::Json {
        for problem in &loaded.problems {
            let column = problem.column.as_ref().map(ToString::to_string).unwrap_or_default();
            tracing::error!(target: ROWS, line = problem.line, column, value = problem.value, "invalid row: {}", problem.reason);
        }
        let unsaid = loaded.problem_count() - loaded.problems.len() as u64;
        if unsaid > 0 {
            tracing::error!(unsaid, "invalid rows: only the first problems were told");
        }
        return;
    }
    let facts = session.printer.facts();
    let style = DiagnosticStyle { colour: facts.colours_stderr(), width: facts.width.map_or(100, usize::from) };
    let mut text = String::new();
    if diagnose(loaded, style, &mut text).is_ok() && !text.is_empty() {
        session.printer.always(text.trim_end());
    }
}

/// A plan, and how many calls its list needed.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Calls that the list took.
    pub pages: u64,
}

/// Lists the tenant's users and compares.
pub async fn plan(
    loaded: &Loaded,
    tenant: Tenant,
    connection: &Connection,
    session: &Session,
    progress: &Arc<Progress>,
    timing: &mut Timing,
) -> Result<Planned, Failure> {
    let settings = &session.settings;
    let stopwatch = Stopwatch::start();
    let groups = session.unless_stopped(resolve_groups(loaded, connection, session)).await?;
    let UserList { users, listed } = session.unless_stopped(list(connection, session, progress)).await?;
    let members = match &groups {
        Some(groups) => session.unless_stopped(members(groups, connection, session)).await?,
        None => Vec::new(),
    };
    let compared = groups.as_ref().map(|resolved| ComparedGroups { resolved, members: &members });
    timing.fetch_seconds = stopwatch.seconds();

    let stopwatch = Stopwatch::start();
    // The state dir is optional for a plan. Without it, nothing is known of earlier runs, and the plan says so.
    let memory = session.state_dir().ok();
    let missing = match memory.as_ref().map(|state| state.missing_users(&tenant, &session.scope)) {
        Some(Err(error @ StateError::Memory { .. })) => Err(Failure::message_of(&error)),
        Some(known) => Ok(known?),
        None => Ok(MissingUsers::default()),
    };
    let input = PlanInput {
        desired: loaded.desired(),
        last_good: memory.as_ref().map_or(Ok(None), |state| state.last_good_run(&tenant, &session.scope))?,
        last_columns: memory
            .as_ref()
            .map(|state| state.last_columns(&tenant, &session.scope, settings.policy.partial))
            .transpose()?,
        grace: Grace { duration: settings.policy.grace(), missing: missing.as_ref().map_err(String::as_str) },
        tenant,
        scope: &session.scope,
        policy: settings.policy.facts(),
        groups: compared.as_ref(),
        limits: settings.guardrails.limits(),
        now: clock::now(),
    };
    let draft = Draft::new(input, &users);
    timing.diff_seconds = stopwatch.seconds();
    drop(users);

    let stopwatch = Stopwatch::start();
    let owners = owners(&draft.addresses(), &listed, connection, session).await?;
    progress.end();
    timing.fetch_seconds += stopwatch.seconds();

    let plan = draft.finish(&owners).map_err(CommandError::from)?;
    refuse_rows_of_the_plan(&plan, session)?;
    Ok(Planned { plan, pages: listed.pages })
}

/// Who has these addresses now.
pub async fn owners(
    addresses: &[&str],
    listed: &Listed,
    connection: &Connection,
    session: &Session,
) -> Result<AddressOwners, Failure> {
    let query = list_query(session);
    session.unless_stopped(async { Ok(connection.reader.address_owners(addresses, &query, listed).await?) }).await
}

/// The groups that the CSV names; no call is made for a CSV without a column of groups.
async fn resolve_groups(
    loaded: &Loaded,
    connection: &Connection,
    session: &Session,
) -> Result<Option<ResolvedGroups>, Failure> {
    if !loaded.managed.groups {
        return Ok(None);
    }
    let groups = connection.reader.groups().await?;
    let resolved = ResolvedGroups::new(&loaded.users, &groups, &session.groups);
    if session.groups.on_unknown == OnUnknownGroup::Stop && !resolved.findings.is_empty() {
        return Err(
            CommandError::Groups { findings: resolved.findings.iter().map(ToString::to_string).collect() }.into()
        );
    }
    Ok(Some(resolved))
}

/// The members of each group that is compared.
async fn members(groups: &ResolvedGroups, connection: &Connection, session: &Session) -> Result<Vec<UidList>, Failure> {
    let concerned: Vec<(&str, &str)> = groups.concerned.iter().map(|group| (&*group.id, &*group.name)).collect();
    Ok(connection.reader.members(&list_query(session), &concerned).await?)
}

/// All users of the job's account types.
pub async fn list(connection: &Connection, session: &Session, progress: &Arc<Progress>) -> Result<UserList, Failure> {
    progress.begin(Stage::Fetch, None);
    Ok(connection.reader.list(&list_query(session), |pages, users| progress.fetch_progress(users, pages)).await?)
}

/// Which users are listed, and how.
pub fn list_query(session: &Session) -> ListQuery {
    ListQuery {
        types: session.settings.scope.types.clone(),
        page_size: session.settings.fetch.page_size.get(),
        with_hidden: true,
        ..ListQuery::default()
    }
}

/// Rows that turned out invalid only in comparison with the tenant: a create without a name, a doubtful value.
fn refuse_rows_of_the_plan(plan: &Plan, session: &Session) -> Result<(), Failure> {
    if plan.invalid.is_empty() {
        return Ok(());
    }
    show_rows_of_the_plan(plan, session);
    match session.settings.policy.on_invalid {
        OnInvalid::Skip => Ok(()),
        OnInvalid::Stop => {
            let (count, path) = (plan.invalid.len() as u64, plan.source.path.clone());
            Err(CommandError::InvalidRows { count, path }.into())
        }
    }
}

fn show_rows_of_the_plan(plan: &Plan, session: &Session) {
    if session.log.format == LogFormat::Json {
        for row in &plan.invalid {
            tracing::error!(target: ROWS, line = row.row, email = row.email, "invalid row: {}", row.reason);
        }
        return;
    }
    for row in plan.invalid.iter().take(DIAGNOSED_IN_FULL) {
        let line = row.row.unwrap_or_default();
        let text = format!("error: {}, line {line}, {}: {}", plan.source.path, row.email, row.reason);
        session.printer.always(&visible(&text));
    }
    let unseen = plan.invalid.len().saturating_sub(DIAGNOSED_IN_FULL);
    if unseen > 0 {
        session.printer.always(&format!("… and {unseen} more"));
    }
}
