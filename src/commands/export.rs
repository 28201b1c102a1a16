//! `lumsync export`: the tenant's users as a desired-state CSV; a plan on it right after shows no change.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use super::job::failure::{CommandError, Failure};
use super::job::planning;
use super::job::session::Session;
use super::job::tenant::{Connection, Target};
use crate::api::ListQuery;
use crate::cli::ExportArguments;
use crate::console::{Progress, Stage};
use crate::exit::Exit;
use crate::model::{
    ManagedField, Scalar, TenantGroup, UserRecord, check_address, comparison_key, counted, guard, has_control_character,
};
use crate::plan::cell_names;
use crate::record::{AtomicWriteError, PRIVATE, new_run_id, write_atomically};

/// The columns of a desired-state CSV; the tenant never returns passwords.
const DESIRED_STATE: [&str; 6] = ["email", "firstName", "lastName", "status", "isHidden", "uid"];

/// The column that no attribute of a user fills.
const GROUPS: &str = "groups";

/// Lists, and writes a CSV.
pub async fn run(arguments: &ExportArguments, session: &Session) -> Result<Exit, Failure> {
    session.files(arguments.run.sandbox.as_ref()).writes("-o", &arguments.out).check()?;
    refuse_to_replace(arguments)?;
    let target = Target::new(arguments.run.sandbox.as_ref(), session)?;
    session.begin_work(&new_run_id(crate::clock::now()))?;
    let progress = Arc::new(Progress::new(&session.printer));
    let connection = session.connect(target, &progress).await?;
    let columns = columns(&arguments.columns);
    let listed = session.unless_stopped(list(arguments, &columns, &connection, session, &progress)).await;
    match &listed {
        Ok(_) => progress.end(),
        Err(_) => progress.interrupt(),
    }
    let groups = match &listed {
        Ok(_) if columns.iter().any(|column| column == GROUPS) => {
            session.unless_stopped(groups_by_user(&connection, session)).await
        }
        _ => Ok(HashMap::new()),
    };
    connection.close().await?;
    let (mut users, groups) = (listed?, groups?);
    users.retain(|user| session.scope.has_domain(&text(user, "email")));
    retain_nameable(&mut users);
    match &arguments.out {
        Some(path) => write_atomically(path, PRIVATE, |out| {
            write_csv(&users, &columns, &groups, out).map_err(|source| AtomicWriteError { path: path.clone(), source })
        })?,
        None => {
            session.printer.result(|out| write_csv(&users, &columns, &groups, out)).map_err(CommandError::Output)?;
        }
    }
    session.printer.info(&format!("{} exported", counted(users.len() as u64, "user", "users")));
    Ok(Exit::Done)
}

/// An existing export is not replaced unasked: it may have been edited by hand.
fn refuse_to_replace(arguments: &ExportArguments) -> Result<(), CommandError> {
    match arguments.out.as_ref().filter(|path| !arguments.force && path.is_file()) {
        None => Ok(()),
        Some(path) => {
            let problem = "is there already: --force replaces it".to_owned();
            Err(CommandError::OutputFile { option: "-o", path: path.clone(), problem })
        }
    }
}

fn columns(asked: &[String]) -> Vec<String> {
    let asked: Vec<String> =
        asked.iter().map(|column| column.trim().to_owned()).filter(|column| !column.is_empty()).collect();
    if asked.is_empty() { DESIRED_STATE.map(str::to_owned).to_vec() } else { asked }
}

async fn list(
    arguments: &ExportArguments,
    columns: &[String],
    connection: &Connection,
    session: &Session,
    progress: &Progress,
) -> Result<Vec<UserRecord>, Failure> {
    progress.begin(Stage::Fetch, None);
    let query = ListQuery {
        types: session.settings.scope.types.clone(),
        page_size: session.settings.fetch.page_size.get(),
        with_hidden: !arguments.no_hidden,
        status: arguments.status.clone(),
        feeds: arguments.feeds.clone(),
        registered_since: arguments.registered_since,
        ..ListQuery::default()
    };
    let mut fields: Vec<&str> = vec!["uid", "id", "email"];
    let is_attribute = |column: &&str| !["uid", "id", "email", GROUPS].contains(column);
    fields.extend(columns.iter().map(String::as_str).filter(is_attribute));
    let fields = fields.join(",");
    Ok(connection.reader.list_records(&query, &fields, |pages, users| progress.fetch_progress(users, pages)).await?)
}

/// For each user the groups that it is in and that may be written to, as a cell names them; where `--managed-group` is
/// given, those of them that it matches.
async fn groups_by_user(connection: &Connection, session: &Session) -> Result<HashMap<Box<str>, String>, Failure> {
    let groups = connection.reader.groups().await?;
    let is_ours = |group: &&TenantGroup| {
        group.is_writable() && (session.groups.managed.is_empty() || session.groups.manages(group))
    };
    let ours: Vec<(&str, &str)> = groups.iter().filter(is_ours).map(|group| (&*group.id, group.name())).collect();
    let members = connection.reader.members(&planning::list_query(session), &ours).await?;
    let names = cell_names(&groups);
    let mut by_user: HashMap<Box<str>, String> = HashMap::new();
    for ((id, _), members) in ours.iter().zip(&members) {
        for uid in members.iter() {
            let cell = by_user.entry(uid.into()).or_default();
            cell.push_str(if cell.is_empty() { "" } else { "; " });
            cell.push_str(names.get(id).map_or("", String::as_str));
        }
    }
    Ok(by_user)
}

/// Leaves out users that no row can refer to: their address is invalid, or another user has it too.
fn retain_nameable(users: &mut Vec<UserRecord>) {
    let key = |user: &UserRecord| comparison_key(text(user, "email").trim()).into_owned();
    let mut counts: HashMap<String, u32> = HashMap::new();
    for user in users.iter() {
        *counts.entry(key(user)).or_default() += 1;
    }
    users.retain(|user| {
        let email = text(user, "email");
        let why = if check_address(email.trim()).is_err() {
            "its address is none that a row may have"
        } else if counts[&key(user)] > 1 {
            "another user has the same address"
        } else {
            return true;
        };
        let uid = user.uid().map(|uid| uid.to_string());
        tracing::warn!(email, uid, "left out: {why}; a plan leaves this user alone");
        false
    });
}

fn write_csv(
    users: &[UserRecord],
    columns: &[String],
    groups: &HashMap<Box<str>, String>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns)?;
    for user in users {
        let of_groups = user.uid().and_then(|uid| groups.get(uid.as_str())).cloned().unwrap_or_default();
        let cell = |column: &String| if column == GROUPS { of_groups.clone() } else { cell(user, column) };
        writer.write_record(columns.iter().map(|column| guard(&cell(column)).into_owned()))?;
    }
    writer.flush()
}

/// What a cell says of an attribute. A name that no CSV may hold, such as one with a control character, is left empty:
/// "as it is".
fn cell(user: &UserRecord, column: &str) -> String {
    match column {
        "uid" => user.uid().map(|uid| uid.to_string()).unwrap_or_default(),
        "status" | "isHidden" => ManagedField::from_api_name(column)
            .and_then(|field| Some(field.read_from(user).ok()?.as_str().to_owned()))
            .unwrap_or_default(),
        "firstName" | "lastName" => {
            Some(text(user, column)).filter(|name| !has_control_character(name.trim())).unwrap_or_default()
        }
        _ => text(user, column),
    }
}

/// A text as it is, any other JSON in its compact form, nothing for what is missing.
fn text(user: &UserRecord, attribute: &str) -> String {
    match user.scalar(attribute) {
        Scalar::Missing => String::new(),
        Scalar::Text(text) => text.into_owned(),
        Scalar::Flag(_) | Scalar::Unusable => user.raw(attribute).unwrap_or_default().to_owned(),
    }
}
