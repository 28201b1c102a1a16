//! `lumsync undo`: the plan that takes a run back. Holds no writer; `apply` carries the plan out.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::Arc;

use super::job::failure::{CommandError, Failure};
use super::job::session::Session;
use super::job::tenant::{Connection, Target};
use super::job::{outputs, planning};
use crate::cli::{UndoArguments, next_command};
use crate::clock;
use crate::console::Progress;
use crate::exit::Exit;
use crate::model::Tenant;
use crate::plan::{GroupsNow, Plan, UndoDraft, UndoInput};
use crate::record::{PastRunChanges, new_run_id};

/// Plans, and writes nothing to the tenant.
pub async fn run(arguments: &UndoArguments, session: &Session) -> Result<Exit, Failure> {
    outputs::formats(&session.settings.report.files)?;
    session.files(arguments.run.sandbox.as_ref()).writes("-o", &arguments.output.out).check()?;
    let target = Target::new(arguments.run.sandbox.as_ref(), session)?;
    let tenant = target.tenant();
    let past = session.state_dir()?.changes_of(&arguments.run_id, &tenant)?;
    session.begin_work(&new_run_id(clock::now()))?;
    let progress = Arc::new(Progress::new(&session.printer));
    let connection = session.connect(target, &progress).await?;
    let planned = plan(&past, tenant, &connection, session, &progress).await;
    connection.close().await?;
    outputs::plan(&planned?, &arguments.output, || next_step(arguments, session), session)
}

fn next_step(arguments: &UndoArguments, session: &Session) -> String {
    let next = |file: &OsStr| next_command("apply", &[file], &session.environment);
    match &arguments.output.out {
        Some(out) => format!("To take the run back: {}", next(out.as_os_str())),
        None => format!("To take the run back, save this with -o undo.json, and use {}", next(OsStr::new("undo.json"))),
    }
}

async fn plan(
    past: &PastRunChanges,
    tenant: Tenant,
    connection: &Connection,
    session: &Session,
    progress: &Arc<Progress>,
) -> Result<Plan, Failure> {
    let list = session.unless_stopped(planning::list(connection, session, progress)).await?;
    let groups = session.unless_stopped(groups_now(past, connection, session)).await?;
    let input = UndoInput {
        run_id: &past.run_id,
        changes: &past.changes,
        members: &past.members,
        groups: &groups,
        tenant,
        scope: &session.scope,
        limits: session.settings.guardrails.limits(),
        warnings: warnings(past),
        now: clock::now(),
    };
    let draft = UndoDraft::new(input, &list.users);
    let owners = planning::owners(&draft.addresses(), &list.listed, connection, session).await?;
    progress.end();
    Ok(draft.finish(&owners).map_err(CommandError::from)?)
}

/// The groups of the run; nothing is asked where it changed none.
async fn groups_now(past: &PastRunChanges, connection: &Connection, session: &Session) -> Result<GroupsNow, Failure> {
    let ids: BTreeMap<&str, &str> = past.members.iter().map(|past| (&*past.group.id, &*past.group.name)).collect();
    if ids.is_empty() {
        return Ok(GroupsNow::default());
    }
    let groups = connection.reader.groups().await?;
    let known: Vec<(&str, &str)> = ids.into_iter().filter(|(id, _)| groups.iter().any(|one| *one.id == **id)).collect();
    let members = connection.reader.members(&planning::list_query(session), &known).await?;
    Ok(GroupsNow::new(&groups, known.iter().map(|(id, _)| Box::from(*id)).zip(members)))
}

fn warnings(past: &PastRunChanges) -> Vec<String> {
    let unclear_members = past.members.iter().filter(|past| !past.is_certain).count();
    let unclear = past.changes.iter().filter(|change| !change.is_certain).count() + unclear_members;
    let nothing = (past.changes.is_empty() && past.members.is_empty())
        .then(|| format!("the run {} changed nothing", past.run_id));
    let unended = (!past.has_ended)
        .then(|| format!("the run {} left no report: it was killed, or it is still under way", past.run_id));
    let unclear = (unclear > 0).then(|| {
        format!(
            "the run does not know what became of {unclear} of its changes: each is judged by its user as it is now"
        )
    });
    nothing.into_iter().chain(unended).chain(unclear).collect()
}
