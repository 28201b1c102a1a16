//! The steps, one after the other.

use std::time::Duration;

use super::check::{Check, Checks};
use super::{judge, show};
use crate::api::{Credentials, ListQuery, Purpose, Sample};
use crate::cli::{DoctorArguments, GlobalOptions, OutputFormat, SandboxOption};
use crate::clock;
use crate::commands::job::failure::{Failure, terminal_facts};
use crate::commands::job::outputs;
use crate::commands::job::session::{Session, verbosity};
use crate::commands::job::tenant::{Connection, Target};
use crate::console::Printer;
use crate::exit::Exit;
use crate::record::new_run_id;
use crate::report::words;
use crate::settings::{Environment, Settings, SettingsError, config_file};

/// The variables that name a proxy for https, in the order in which they are looked at.
const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// `doctor` fails fast.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How many calls are timed to estimate the pace.
const TIMED_CALLS: usize = 3;

/// Runs all checks and prints the result.
pub async fn run(arguments: &DoctorArguments, global: &GlobalOptions, session: Session) -> Result<Exit, Failure> {
    session.begin_work(&new_run_id(clock::now()))?;
    let source = config_file(global.config.as_deref())
        .map_or_else(|| "no config file; options and environment".to_owned(), |path| path.display().to_string());
    let checks = check_up(arguments.run.sandbox.as_ref(), &source, session).await?;
    print(&checks.0, global.output, &checks.1.printer)
}

/// Runs all checks with the settings of the session; `source` says where these come from.
pub(in crate::commands) async fn check_up(
    sandbox: Option<&SandboxOption>,
    source: &str,
    mut session: Session,
) -> Result<(Checks, Session), Failure> {
    let http = &mut session.settings.http;
    http.retries = http.retries.min(1);
    http.timeout = http.timeout.min(TIMEOUT);
    let mut checks = Checks::default();
    checks.add(Check::fine("settings", format!("{source} can be used")));
    examine(sandbox, &session, &mut checks).await?;
    Ok((checks, session))
}

/// The result where the settings can't be used.
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
        OutputFormat::None => {}
    }
    Ok(checks.exit())
}

async fn examine(sandbox: Option<&SandboxOption>, session: &Session, checks: &mut Checks) -> Result<(), Failure> {
    checks.add(state_dir(session));
    if let Some(check) = outputs(sandbox, session) {
        checks.add(check);
    }
    let target = match Target::new(sandbox, session) {
        Ok(target) => target,
        Err(error) => {
            let hint = judge::hint_of_settings(&error);
            checks.add(Check::failed("login", Exit::Usage, Failure::from(error).message(), hint));
            return Ok(());
        }
    };
    let tenant = target.tenant();
    let acts_as = acts_as(&target);
    let proxy = proxy(&session.environment).filter(|_| tenant.base_url.starts_with("https"));
    let connection = match target.connect(&session.settings).await {
        Ok(connection) => connection,
        Err(failure) => {
            let hint = "check http.ca_file; with --sandbox, the tenant's file";
            checks.add(Check::failed("connection", failure.exit, failure.message(), hint));
            return Ok(());
        }
    };
    let asked = session.unless_stopped(async {
        let asked = Asked { base_url: &tenant.base_url, acts_as: acts_as.as_deref(), proxy, connection: &connection };
        asked.ask(&session.settings, checks).await;
        Ok(())
    });
    let asked = asked.await;
    connection.close().await?;
    asked
}

/// Checks the files that a run would write outside of its run folder.
fn outputs(sandbox: Option<&SandboxOption>, session: &Session) -> Option<Check> {
    const NAME: &str = "outputs";
    const HINT: &str = "check report.files and report.metrics_file: the folder must be there, the job's account must have \
        the right to write to it, and no file may stand for two";
    let report = &session.settings.report;
    let count = report.files.len() + report.metrics_file.iter().len();
    match outputs::formats(&report.files).and_then(|_| session.files(sandbox).check()) {
        Err(failure) => Some(Check::failed(NAME, failure.exit, failure.message(), HINT)),
        Ok(()) if count == 0 => None,
        Ok(()) => Some(Check::fine(NAME, format!("{} can be written", words::counted(count as u64, "file", "files")))),
    }
}

/// The variable that names a proxy, and the proxy without a login.
fn proxy(environment: &Environment) -> Option<(&'static str, String)> {
    let (variable, value) = PROXY_VARIABLES.iter().find_map(|name| Some((*name, environment.get(name)?)))?;
    let (_, host) = value.rsplit_once('@').unwrap_or(("", value));
    Some((variable, host.to_owned()))
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

/// The tenant that is checked.
struct Asked<'a> {
    base_url: &'a str,
    acts_as: Option<&'a str>,
    proxy: Option<(&'static str, String)>,
    connection: &'a Connection,
}

impl Asked<'_> {
    /// One step after the other; where one fails, those that build on it are left out.
    async fn ask(&self, settings: &Settings, checks: &mut Checks) {
        let reader = &self.connection.reader;
        let ping = match reader.ping().await {
            Ok(ping) => ping,
            Err(error) => {
                let hint = match self.proxy {
                    Some(_) => "check tenant.base_url, and the proxy that the variable names (NO_PROXY excepts hosts)",
                    None => "check tenant.base_url, the name's DNS, proxy (HTTPS_PROXY) and firewall",
                };
                return checks.add(Check::failed("tenant", Exit::CouldNot, self.with_proxy(&error.to_string()), hint));
            }
        };
        checks.add(Check::fine("tenant", self.with_proxy(&format!("{} answers", self.base_url))));
        checks.add(judge::clock(ping.date, clock::now()));
        let query = ListQuery {
            types: settings.scope.types.clone(),
            page_size: settings.fetch.page_size.get(),
            with_hidden: true,
            ..ListQuery::default()
        };
        let sample = match reader.sample(&query).await {
            Ok(sample) => sample,
            Err(error) => return checks.add(judge::refused(&error)),
        };
        checks.add(Check::fine("login", "accepted"));
        checks.add(judge::rights(&sample, &settings.scope.types));
        checks.add(judge::hidden(&sample));
        checks.add(judge::groups(reader.group().await));
        if let Some(email) = self.acts_as {
            checks.add(account(email, self.connection).await);
        }
        checks.add(pace(sample, self.connection, &query, settings).await);
    }

    fn with_proxy(&self, message: &str) -> String {
        match &self.proxy {
            Some((variable, proxy)) => format!("{message} (by the proxy {proxy}, {variable})"),
            None => message.to_owned(),
        }
    }
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
