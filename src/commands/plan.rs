//! `lumsync plan`, and `sync --dry-run`: load, fetch, compare, show. Holds no writer.

use std::ffi::OsStr;
use std::sync::Arc;

use super::job::failure::Failure;
use super::job::session::Session;
use super::job::tenant::Target;
use super::job::{outputs, planning};
use crate::cli::{PlanArguments, next_command};
use crate::console::Progress;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::record::new_run_id;
use crate::report::Timing;

/// Plans, and writes nothing to the tenant.
pub async fn run(arguments: &PlanArguments, session: &Session) -> Result<Exit, Failure> {
    outputs::formats(&session.settings.report.files)?;
    let files = session.files(arguments.run.sandbox.as_ref()).reads("the CSV", Some(&arguments.csv));
    files.writes("-o", &arguments.output.out).check()?;
    let target = Target::new(arguments.run.sandbox.as_ref(), session)?;
    session.begin_work(&new_run_id(crate::clock::now()))?;
    let progress = Arc::new(Progress::new(&session.printer));
    let mut timing = Timing::default();
    let loaded = planning::load(&arguments.csv, session, &progress, &mut timing).await?;
    planning::refuse_invalid_rows(&loaded, session)?;
    let tenant = target.tenant();
    let connection = session.connect(target, &progress).await?;
    let planned = planning::plan(&loaded, tenant, &connection, session, &progress, &mut timing).await;
    connection.close().await?;
    let plan = planned?.plan;
    outputs::plan(&plan, &arguments.output, || next_step(&plan, arguments, session), session)
}

fn next_step(plan: &Plan, arguments: &PlanArguments, session: &Session) -> String {
    // Without the query of an address, which may hold a secret.
    let csv = OsStr::new(&plan.source.path);
    let next = |verb, words: &[&OsStr]| next_command(verb, words, &session.environment);
    match &arguments.output.out {
        Some(out) => {
            let words = [out.as_os_str(), OsStr::new("--csv"), csv];
            let words = if plan.needs_passwords() { &words[..] } else { &words[..1] };
            format!("To apply exactly this plan: {}", next("apply", words))
        }
        None if arguments.csv == "-" || arguments.csv.contains("://") => {
            "To apply exactly this plan, save it with -o.".to_owned()
        }
        None => format!(
            "To make these changes: {}\n\
             To have exactly this plan applied, save it with -o plan.json, and use {}",
            next("sync", &[csv]),
            next("apply", &[OsStr::new("plan.json")])
        ),
    }
}
