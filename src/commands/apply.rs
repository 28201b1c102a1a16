//! `lumsync apply`: exactly a saved plan, checking each user for drift first.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::approval;
use super::job::failure::{CommandError, Failure};
use super::job::run::Run;
use super::job::session::Session;
use super::job::tenant::Target;
use super::job::{outputs, planning};
use crate::cli::ApplyArguments;
use crate::clock;
use crate::console::Progress;
use crate::execute::LookUp;
use crate::exit::Exit;
use crate::model::{Amount, DesiredUsers, LastGood, Tenant};
use crate::plan::{Guardrail, GuardrailName, Limits, Plan, PlanFileError};
use crate::record::{AppliedBefore, is_same_tenant};
use crate::report::words;

/// How far the clock of the machine that planned may be ahead.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Applies a plan.
pub async fn run(arguments: &ApplyArguments, session: &Session) -> Result<Exit, Failure> {
    outputs::formats(&session.settings.report.files)?;
    session
        .files(arguments.run.sandbox.as_ref())
        .reads("the plan", Some(&arguments.plan))
        .reads("--csv", arguments.csv.as_ref())
        .reads("--allowed-signers", session.settings.approval.allowed_signers.as_ref())
        .check()?;
    let text =
        std::fs::read(&arguments.plan).map_err(|error| refusal(&arguments.plan, &format!("can't be read: {error}")))?;
    let target = Target::new(arguments.run.sandbox.as_ref(), session)?;
    // Verified on the bytes that are applied: the file may have changed since.
    let signers = approval::signers(&arguments.plan, &text, &session.settings.approval)?;
    let mut plan = read_plan((&arguments.plan, &text), &target.tenant(), arguments.max_age, clock::now())?;
    let checksum = plan.checksum.clone();
    judge_again(&mut plan, session)?;
    let progress = Arc::new(Progress::new(&session.printer));
    if plan.needs_passwords() && arguments.csv.is_none() {
        return Err(refusal(
            &arguments.plan,
            "creates users with passwords, which no plan holds: give --csv FILE with the CSV that it was made from",
        ));
    }
    let mut run = Run::begin("apply", &target.tenant(), session)?;
    run.facts.signers = signers;
    session.begin_work(run.folder.id())?;
    let ended = match run.applied_before(&checksum) {
        Ok(applied) => apply(arguments, (plan, applied), target, session, &progress, &mut run).await,
        Err(failure) => Err(failure),
    };
    Ok(run.conclude(ended, session).await)
}

async fn apply(
    arguments: &ApplyArguments,
    (plan, applied): (Plan, AppliedBefore),
    target: Target,
    session: &Session,
    progress: &Arc<Progress>,
    run: &mut Run,
) -> Result<Exit, Failure> {
    let passwords = match &arguments.csv {
        Some(csv) => load_passwords(csv, arguments, &plan, session, progress, run).await?,
        None => DesiredUsers::default(),
    };
    run.judge(plan)?;
    let connection = session.connect(target, progress).await?;
    let ended = run.apply(&connection, session, progress, (LookUp::First, &applied), &passwords).await;
    run.count_calls(&connection);
    connection.close().await?;
    ended
}

async fn load_passwords(
    csv: &str,
    arguments: &ApplyArguments,
    plan: &Plan,
    session: &Session,
    progress: &Progress,
    run: &mut Run,
) -> Result<DesiredUsers, Failure> {
    let loaded = planning::load(csv, session, progress, &mut run.facts.timing).await?;
    if loaded.facts.sha256 != plan.source.sha256 {
        return Err(refusal(
            &arguments.plan,
            &format!("was made from another CSV than {csv} (its SHA-256 differs): plan again"),
        ));
    }
    Ok(loaded.users)
}

/// Reads a plan and refuses one that must not be applied (`docs/interface.md`, "Applying").
fn read_plan(
    (path, text): (&Path, &[u8]),
    tenant: &Tenant,
    max_age: Duration,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let refuse = |problem: &str| refusal(path, problem);
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err(refuse("is no plan; for a CSV, use lumsync sync"));
    }
    let plan = Plan::from_json(text).map_err(|error| match &error {
        PlanFileError::Parse(cause) => refuse(&format!("{error}: {cause}")),
        PlanFileError::Format { .. } | PlanFileError::Changed => refuse(&error.to_string()),
    })?;
    if !is_same_tenant(&plan.tenant, tenant) {
        let Tenant { base_url, organization_id } = &plan.tenant;
        return Err(refuse(&format!(
            "is for another tenant ({base_url}, organization {organization_id:?}), not for {}, organization {:?}",
            tenant.base_url, tenant.organization_id
        )));
    }
    if plan.created_at > now + CLOCK_SKEW {
        return Err(refuse(&format!("was made in the future ({}): is a clock wrong? plan again", plan.created_at)));
    }
    if !plan.summary_is_true() {
        return Err(refuse("has a summary that is not that of its actions: plan again"));
    }
    let age = Duration::try_from(now.duration_since(plan.created_at)).unwrap_or(Duration::ZERO);
    if age > max_age {
        return Err(refuse(&format!(
            "is {} old, more than --max-age allows ({}): plan again",
            words::seconds(age.as_secs_f64()),
            words::seconds(max_age.as_secs_f64())
        )));
    }
    Ok(plan)
}

fn refusal(path: &Path, problem: &str) -> Failure {
    CommandError::Plan { path: path.display().to_string(), problem: problem.to_owned() }.into()
}

/// Judges the plan by the limits that it was made with, except those that an option or the config file sets.
///
/// A plan that was not compared with the last good run is compared now.
fn judge_again(plan: &mut Plan, session: &Session) -> Result<(), Failure> {
    let state = session.state_dir()?;
    let last_good = state.last_good_run(&plan.tenant, &session.scope)?;
    let last_columns = state.last_columns(&plan.tenant, &session.scope, plan.policy.partial)?.full;
    let judged = |name| plan.guardrails.iter().find(move |guardrail| guardrail.name == name);
    let limit = |name| judged(name).map(|guardrail| guardrail.limit);
    let (set, default) = (&session.settings.guardrails, session.settings.guardrails.limits());
    let limits = Limits {
        max_disable: set.max_disable.or(limit(GuardrailName::MaxDisable)).unwrap_or(default.max_disable),
        max_create: set.max_create.or(limit(GuardrailName::MaxCreate)),
        max_enable: set.max_enable.or(limit(GuardrailName::MaxEnable)).unwrap_or(default.max_enable),
        max_update: set.max_update.or(limit(GuardrailName::MaxUpdate)).unwrap_or(default.max_update),
        max_remote_shrink: set
            .max_remote_shrink
            .or(limit(GuardrailName::MaxRemoteShrink))
            .unwrap_or(default.max_remote_shrink),
        max_leave: set.max_leave.or(limit(GuardrailName::MaxLeave)).unwrap_or(default.max_leave),
        min_rows: set.min_rows.or(count(limit(GuardrailName::MinRows))).unwrap_or(default.min_rows),
        expect_rows: set.expect_rows.or(count(limit(GuardrailName::ExpectRows))),
        allow_column_change: set.allow_column_change,
        max_shrink: set.max_shrink.or(limit(GuardrailName::MaxShrink)).unwrap_or(default.max_shrink),
    };
    let base = |name| judged(name).and_then(|guardrail| guardrail.base);
    let compared = base(GuardrailName::MaxShrink).map(|valid_rows| LastGood {
        valid_rows,
        in_scope: base(GuardrailName::MaxRemoteShrink),
        changes: None,
    });
    let compared_columns = judged(GuardrailName::ColumnChange).map(|guardrail| (guardrail.value, !guardrail.tripped));
    let gone = || Some((last_columns?.lacking(&plan.source.columns, plan.policy.partial)?.len() as u64, false));
    let gone = compared_columns.or_else(gone);
    let last_good = compared.or(last_good);
    plan.guardrails = if plan.undoes.is_some() {
        limits.judge_changes(&plan.figures())
    } else {
        limits.judge(&plan.figures(), last_good.as_ref(), plan.policy.partial)
    };
    let leaves = limits.judge_leaves(&plan.memberships).collect::<Vec<_>>();
    plan.guardrails.extend(leaves);
    plan.guardrails
        .extend(gone.map(|(gone, was_allowed)| Guardrail::column_change(gone, was_allowed || set.allow_column_change)));
    Ok(plan.seal().map_err(CommandError::from)?)
}

fn count(limit: Option<Amount>) -> Option<u64> {
    match limit? {
        Amount::Count(rows) => Some(rows),
        Amount::Share(_) => None,
    }
}
