//! `lumsync sync`: plan, guardrails and apply in one; the nightly job.

use std::io::BufReader;
use std::sync::Arc;

use super::approval;
use super::job::failure::{CommandError, Failure};
use super::job::planning::Planned;
use super::job::run::Run;
use super::job::session::Session;
use super::job::tenant::{Connection, Target};
use super::job::{outputs, planning};
use crate::cli::{OutputFormat, SyncArguments};
use crate::console::{Answer, Progress, Verbosity, ask};
use crate::execute::LookUp;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::record::AppliedBefore;
use crate::report::write_text;
use crate::source::Loaded;

/// Syncs, or plans when it is a dry run.
pub async fn run(arguments: &SyncArguments, session: &Session) -> Result<Exit, Failure> {
    if arguments.dry_run {
        return super::plan::run(&arguments.plan, session).await;
    }
    outputs::formats(&session.settings.report.files)?;
    approval::refuse_without(&session.settings.approval)?;
    session.files(arguments.plan.run.sandbox.as_ref()).reads("the CSV", Some(&arguments.plan.csv)).check()?;
    let can_ask = session.environment.is_input_terminal && arguments.plan.csv != "-";
    if !arguments.yes && !can_ask {
        return Err(CommandError::CannotAsk.into());
    }
    let target = Target::new(arguments.plan.run.sandbox.as_ref(), session)?;
    let mut run = Run::begin("sync", &target.tenant(), session)?;
    session.begin_work(run.folder.id())?;
    let ended = sync(arguments, target, session, &mut run).await;
    Ok(run.conclude(ended, session).await)
}

async fn sync(arguments: &SyncArguments, target: Target, session: &Session, run: &mut Run) -> Result<Exit, Failure> {
    let progress = Arc::new(Progress::new(&session.printer));
    let loaded = planning::load(&arguments.plan.csv, session, &progress, &mut run.facts.timing).await?;
    run.facts.source = loaded.facts.clone();
    planning::refuse_invalid_rows(&loaded, session)?;
    let tenant = target.tenant();
    let connection = session.connect(target, &progress).await?;
    let mut timing = run.facts.timing;
    let planned = planning::plan(&loaded, tenant, &connection, session, &progress, &mut timing).await;
    run.facts.timing = timing;
    let ended = match planned {
        Ok(Planned { plan, pages }) => {
            run.facts.pages = Some(pages);
            carry_out(arguments, plan, &loaded, &connection, session, &progress, run).await
        }
        Err(failure) => Err(failure),
    };
    run.count_calls(&connection);
    connection.close().await?;
    ended
}

async fn carry_out(
    arguments: &SyncArguments,
    plan: Plan,
    loaded: &Loaded,
    connection: &Connection,
    session: &Session,
    progress: &Arc<Progress>,
    run: &mut Run,
) -> Result<Exit, Failure> {
    run.facts.plan_is_shown = show_plan(&plan, arguments, session)?;
    let summary = plan.summary;
    run.judge(plan)?;
    if !arguments.yes && summary.changes() > 0 {
        let answer = session.unless_stopped(confirm(summary)).await?;
        if answer == Answer::No {
            run.facts.is_declined = true;
            return Err(CommandError::NotConfirmed.into());
        }
    }
    let nothing = AppliedBefore::default();
    run.apply(connection, session, progress, (LookUp::OnDoubt, &nothing), &loaded.users).await
}

/// Shows the plan before the question, or before an unattended job writes. Returns whether it is on standard output.
fn show_plan(plan: &Plan, arguments: &SyncArguments, session: &Session) -> Result<bool, Failure> {
    match session.output {
        // Nobody can answer a question about a plan that was not shown.
        OutputFormat::Text if !arguments.yes || session.printer.verbosity() > Verbosity::Quiet => {
            outputs::show(session.document_of(plan), session, arguments.plan.output.full)?;
            Ok(true)
        }
        // Standard output is for the report; a question still needs the plan.
        OutputFormat::Json | OutputFormat::None if !arguments.yes => {
            let mut text = Vec::new();
            let style = outputs::text_style(&session.printer, arguments.plan.output.full);
            write_text(session.document_of(plan), style, &mut text)?;
            session.printer.always(String::from_utf8_lossy(&text).trim_end());
            Ok(false)
        }
        OutputFormat::Text | OutputFormat::Json | OutputFormat::None => Ok(false),
    }
}

async fn confirm(summary: crate::plan::PlanSummary) -> Result<Answer, Failure> {
    // On a thread of its own, so that a signal can still stop the run while the question waits.
    let asked = tokio::task::spawn_blocking(move || {
        ask(&summary, &mut BufReader::new(std::io::stdin()), &mut std::io::stderr())
    });
    let answered = asked.await.map_err(CommandError::from)?;
    answered.map_err(|error| CommandError::Output(error).into())
}
