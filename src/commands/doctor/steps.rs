//! The steps, one after the other.

use std::time::Duration;

use super::check::{Check, Checks};
use super::{judge, show};
use crate::api::{CallError, Credentials, ListQuery, Purpose, Sample};
use crate::cli::{DoctorArguments, GlobalOptions, OutputFormat};
use crate::clock;
use crate::commands::job::failure::{Failure, terminal_facts};
use crate::commands::job::session::{Session, verbosity};
use crate::commands::job::tenant::{Connection, Target};
use crate::console::Printer;
use crate::exit::Exit;
use crate::record::new_run_id;
use crate::settings::{Environment, Settings, SettingsError, config_file};

/// A check-up is not the place for long patience.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How many calls the pace is told from.
const TIMED_CALLS: usize = 3;

/// Tries everything and tells it.
pub async fn run(arguments: &DoctorArguments, global: &GlobalOptions, mut session: Session) -> Result<Exit, Failure> {
    let http = &mut session.settings.http;
    http.retries = http.retries.min(1);
    http.timeout = http.timeout.min(TIMEOUT);
    let source = config_file(global.config.as_deref())
        .map_or_else(|| "no config file; options and environment".to_owned(), |path| path.display().to_string());
    let mut checks = Checks::default();
    checks.add(Check::fine("settings", format!("{source} can be used")));
    examine(arguments, &session, &mut checks).await?;
    print(&checks, global.output, &session.printer)
}

/// The check-up of settings that can't be used.
pub fn without_settings(
    error: SettingsError,
    global: &GlobalOptions,
    environment: &Environment,
) -> Result<Exit, Failure> {
    let hint = "correct it there; `lumsync init -` prints a file with every key explained";
    let mut checks = Checks::default();
    checks.add(Check::failed("settings", Exit::Usage, Failure::from(error).message(), hint));
    print(&checks, global.output, &Printer::for_process(terminal_facts(environment), verbosity(global)))
}

fn print(checks: &Checks, output: OutputFormat, printer: &Printer) -> Result<Exit, Failure> {
    match output {
        OutputFormat::Text => show::text(checks, printer)?,
        OutputFormat::Json => show::json(checks, printer)?,
    }
    Ok(checks.exit())
}

async fn examine(arguments: &DoctorArguments, session: &Session, checks: &mut Checks) -> Result<(), Failure> {
    session.log_as(&new_run_id(clock::now()))?;
    session.watch_for_the_end()?;
    checks.add(state_dir(session));
    let target = match Target::new(arguments.run.sandbox.as_ref(), session) {
        Ok(target) => target,
        Err(error) => {
            let hint = "set [tenant] and [auth] in lumsync.toml, or try --sandbox";
            checks.add(Check::failed("login", Exit::Usage, Failure::from(error).message(), hint));
            return Ok(());
        }
    };
    let tenant = target.tenant();
    let acts_as = acts_as(&target);
    let connection = match target.connect(&session.settings).await {
        Ok(connection) => connection,
        Err(failure) => {
            let hint = "check http.ca_file; with --sandbox, the tenant's file";
            checks.add(Check::failed("connection", failure.exit, failure.message(), hint));
            return Ok(());
        }
    };
    let asked = session.unless_stopped(async {
        ask(&tenant.base_url, acts_as.as_deref(), &connection, &session.settings, checks).await;
        Ok(())
    });
    let asked = asked.await;
    connection.close().await?;
    asked
}

fn state_dir(session: &Session) -> Check {
    let tried = session.state_dir().map_err(Failure::from).and_then(|state| Ok(state.try_out()?));
    match tried {
        Ok(path) => Check::fine("state dir", format!("{} can be written to", path.display())),
        Err(failure) => Check::failed(
            "state dir",
            failure.exit,
            failure.message(),
            "give the job's account the right to write there, or name another with --state-dir",
        ),
    }
}

fn acts_as(target: &Target) -> Option<String> {
    match target {
        Target::Real(login) => match &login.credentials {
            Credentials::Application { user_email, .. } => Some(user_email.as_str().to_owned()),
            Credentials::Token(_) => None,
        },
        Target::Embedded(_) => None,
    }
}

/// One step after the other; where one fails, those that build on it are left out.
async fn ask(base_url: &str, acts_as: Option<&str>, connection: &Connection, settings: &Settings, checks: &mut Checks) {
    let ping = match connection.reader.ping().await {
        Ok(ping) => ping,
        Err(error) => {
            let hint = "check tenant.base_url, the name's DNS, proxy (HTTPS_PROXY) and firewall";
            return checks.add(Check::failed("tenant", Exit::CouldNot, error.to_string(), hint));
        }
    };
    checks.add(Check::fine("tenant", format!("{base_url} answers")));
    checks.add(judge::clock(ping.date, clock::now()));
    let query = ListQuery {
        types: settings.scope.types.clone(),
        page_size: settings.fetch.page_size.get(),
        with_hidden: true,
        ..ListQuery::default()
    };
    let sample = match connection.reader.sample(&query).await {
        Ok(sample) => sample,
        Err(error) => return checks.add(refused(&error)),
    };
    checks.add(Check::fine("login", "accepted"));
    checks.add(judge::rights(&sample, &settings.scope.types));
    checks.add(judge::hidden(&sample));
    if let Some(email) = acts_as {
        checks.add(account(email, connection).await);
    }
    checks.add(pace(sample, connection, &query, settings).await);
}

fn refused(error: &CallError) -> Check {
    let (name, hint) = if error.is_login_refusal() {
        ("login", "check the keys of [auth], and that the application may act as that admin")
    } else {
        ("rights", "the account must be allowed to list users; is tenant.base_url the tenant's own cell?")
    };
    Check::failed(name, Exit::CouldNot, error.to_string(), hint)
}

async fn account(email: &str, connection: &Connection) -> Check {
    match connection.reader.by_email(email, Purpose::NewWork).await {
        Ok(Some(_)) => Check::fine("account", format!("acts as {email}, whom no run changes")),
        Ok(None) => Check::warning(
            "account",
            format!("the tenant has no user {email}"),
            "check auth.user_email: the application acts as that admin",
        ),
        Err(error) => Check::failed("account", Exit::CouldNot, error.to_string(), "may the account read users?"),
    }
}

/// Short calls, one after the other: what a change costs is two of them.
async fn pace(first: Sample, connection: &Connection, query: &ListQuery, settings: &Settings) -> Check {
    let short = ListQuery { page_size: 1, ..query.clone() };
    let mut times = Vec::new();
    for _ in 0..TIMED_CALLS {
        match connection.reader.sample(&short).await {
            Ok(sample) => times.push(sample.took),
            Err(error) => {
                let hint = "calls are refused or lost already one by one; lower rate.rps, or ask LumApps";
                return Check::failed("pace", Exit::CouldNot, error.to_string(), hint);
            }
        }
    }
    judge::pace(&mut times, &first, &settings.gate())
}
