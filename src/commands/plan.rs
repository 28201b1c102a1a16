//! `lumsync plan`, and `sync --dry-run`: load, fetch, compare, show. Holds no writer.

use std::sync::Arc;

use super::job::failure::Failure;
use super::job::session::{Session, show_pauses};
use super::job::tenant::Target;
use super::job::{outputs, planning};
use crate::cli::{OutputFormat, PlanArguments, SandboxOption};
use crate::console::{LogFormat, Progress};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::record::{new_run_id, write_json};
use crate::report::{ReportSummary, Timing};

/// Plans, and writes nothing to the tenant.
pub async fn run(arguments: &PlanArguments, session: &Session) -> Result<Exit, Failure> {
    outputs::formats(&session.settings.report.files)?;
    let target = Target::new(arguments.run.sandbox.as_ref(), session)?;
    session.log_as(&new_run_id(crate::clock::now()))?;
    session.watch_for_the_end()?;
    let progress = Arc::new(Progress::new(&session.printer));
    let mut timing = Timing::default();
    let loaded = planning::load(&arguments.csv, session, &progress, &mut timing).await?;
    planning::refuse_invalid_rows(&loaded, session)?;
    let tenant = target.tenant();
    let connection = target.connect(&session.settings).await?;
    show_pauses(connection.reader.pauses(), Arc::clone(&progress));
    let planned = planning::plan(&loaded, tenant, &connection, session, &progress, &mut timing).await;
    connection.close().await?;
    let plan = planned?;
    if let Some(path) = &arguments.out {
        write_json(path, &plan)?;
    }
    outputs::plan(&plan, session, arguments.full)?;
    if session.output == OutputFormat::Text && session.log.format == LogFormat::Text {
        next_step(&plan, arguments).into_iter().for_each(|line| session.printer.info(&line));
    }
    let exit = exit(&plan, arguments.detailed_exitcode);
    session.ended(exit, &ReportSummary::planned(&plan.summary));
    Ok(exit)
}

fn exit(plan: &Plan, detailed: bool) -> Exit {
    let is_stopped = plan.tripped_guardrails().next().is_some();
    match (detailed, is_stopped, plan.summary.changes()) {
        (false, ..) | (true, false, 0) => Exit::Done,
        (true, true, _) => Exit::Guardrail,
        (true, false, _) => Exit::Pending,
    }
}

/// What to do with the plan.
fn next_step(plan: &Plan, arguments: &PlanArguments) -> Option<String> {
    if plan.tripped_guardrails().next().is_some() {
        return Some("Nothing was written, and a run would write nothing: a guardrail stops it.".to_owned());
    }
    if plan.summary.changes() == 0 {
        return None;
    }
    let tenant = match &arguments.run.sandbox {
        Some(SandboxOption { file: Some(file) }) => format!(" --sandbox {}", file.display()),
        Some(SandboxOption { file: None }) => " --sandbox".to_owned(),
        None => String::new(),
    };
    Some(match &arguments.out {
        Some(out) => {
            let csv = if plan.needs_passwords() { format!(" --csv {}", arguments.csv) } else { String::new() };
            format!("Nothing was written. To apply exactly this plan: lumsync apply {}{csv}{tenant}", out.display())
        }
        None if arguments.csv == "-" => "Nothing was written. To apply exactly this plan, save it with -o.".to_owned(),
        None => format!(
            "Nothing was written. To make these changes: lumsync sync {}{tenant}\n\
             To have exactly this plan applied, save it with -o plan.json, and use lumsync apply plan.json{tenant}",
            arguments.csv
        ),
    })
}
