//! What every command that talks to a tenant needs: settings, the terminal, logging, signals, time limit.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::{CommandError, Failure, terminal_facts};
use super::files::Files;
use super::monitoring::metrics;
use super::tenant::{Connection, Target};
use crate::api::Pauses;
use crate::cli::{GlobalOptions, OutputFormat, RunOptions, SandboxOption};
use crate::clock;
use crate::console::{LogFormat, LogSetup, Printer, Progress, Verbosity, install_logging, log_subscriber};
use crate::execute::{Stop, StopReason};
use crate::exit::Exit;
use crate::plan::{GroupRules, Plan, Scope};
use crate::record::{StateDir, new_run_id};
use crate::report::{Document, KindSummary, ReportSummary};
use crate::settings::{Environment, LogSection, Origins, Settings, SettingsError, TenantLogin, config_file};
use crate::source::SourceSettings;

/// The target of the event that ends a run, which no filter excludes.
const RUN: &str = "run";

/// Turned off, since a refused certificate ends the run with an error of its own.
const REPORTED_ELSEWHERE: &str = "rustls_platform_verifier=off";

/// Everything that a command needs beside its own arguments.
pub struct Session {
    /// Merged from all layers.
    pub settings: Settings,
    /// Which users the job may change.
    pub scope: Scope,
    /// How `groups` cells are meant.
    pub groups: GroupRules,
    /// Writes to the terminal.
    pub printer: Printer,
    /// The format of standard output.
    pub output: OutputFormat,
    /// Stops the run.
    pub stop: Stop,
    /// What was read of the environment.
    pub environment: Environment,
    /// What is logged, and how.
    pub log: LogSection,
    origins: Origins,
    config: Option<PathBuf>,
    verbose: u8,
    began: Stopwatch,
}

impl Session {
    /// Reads the settings and sets up the terminal.
    pub fn begin(
        run: &RunOptions,
        global: &GlobalOptions,
        origins: &Origins,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let settings = run.settings.clone();
        Ok(Self {
            scope: settings.scope()?,
            groups: settings.groups.rules()?,
            settings,
            printer: Printer::for_process(terminal_facts(environment), verbosity(global)),
            output: global.output,
            stop: Stop::default(),
            environment: environment.clone(),
            log: global.log.clone(),
            origins: origins.clone(),
            config: config_file(global.config.as_deref()),
            verbose: global.verbose,
            began: Stopwatch::start(),
        })
    }

    /// Which tenant, and the login to it; an error says what is missing.
    pub fn login(&self) -> Result<TenantLogin, SettingsError> {
        TenantLogin::new(&self.settings, &self.origins, &self.environment)
    }

    /// How the CSV is read today.
    pub fn csv_settings(&self) -> SourceSettings {
        let Settings { csv, http, .. } = &self.settings;
        let settings = csv.settings(clock::today(csv.time_zone.as_ref()));
        SourceSettings { timeout: http.timeout, retries: http.retries, ..settings }
    }

    /// The files that the settings and the tenant's option name.
    pub fn files(&self, sandbox: Option<&SandboxOption>) -> Files {
        let Settings { auth, http, report, .. } = &self.settings;
        Files::default()
            .reads("the config", self.config.as_ref())
            .reads("--token-file", auth.token_file.as_ref())
            .reads("--client-secret-file", auth.client_secret_file.as_ref())
            .reads("--ca-file", http.ca_file.as_ref())
            .reads("--sandbox", sandbox.and_then(|tenant| tenant.file.as_ref()))
            .writes("--report", &report.files)
            .writes("--metrics-file", report.metrics_file.iter().map(|path| metrics::place(path, "tenant")))
    }

    /// Where runs are kept.
    pub fn state_dir(&self) -> Result<StateDir, SettingsError> {
        Ok(StateDir::new(self.settings.state.dir(&self.environment)?))
    }

    /// A plan of this job, with the rate at which it would be applied.
    pub fn document_of<'a>(&self, plan: &'a Plan) -> Document<'a> {
        Document::Plan { plan, rate: self.settings.gate().rate.at_start() }
    }

    /// The last event of a plan or a run, where the log is read by a program.
    pub fn ended(&self, exit: Exit, summary: &ReportSummary) {
        if self.log.format == LogFormat::Json {
            run_ended(exit, &self.began, summary);
        }
    }

    /// From now on log lines are written, each with the run's name where it is JSON, and signals end the run.
    pub fn begin_work(&self, run_id: &str) -> Result<(), Failure> {
        self.log_as(run_id)?;
        self.watch_for_the_end()
    }

    /// Connects to the tenant; the progress shows its pauses.
    pub async fn connect(&self, target: Target, progress: &Arc<Progress>) -> Result<Connection, Failure> {
        let connection = target.connect(&self.settings).await?;
        show_pauses(connection.reader.pauses(), Arc::clone(progress));
        Ok(connection)
    }

    fn log_as(&self, run_id: &str) -> Result<(), Failure> {
        let by_verbosity = match (self.printer.verbosity(), self.verbose) {
            // A warning must not make cron send a mail every night; the report has the warnings.
            (Verbosity::Quiet, _) => "error",
            (_, 0) => "info",
            (_, 1) => "lumsync=debug,info",
            (_, _) => "debug",
        };
        let filter = self.log.filter.clone().unwrap_or_else(|| format!("{by_verbosity},{REPORTED_ELSEWHERE}"));
        let filter = format!("{filter},{RUN}=info");
        let settings = LogSetup { format: self.log.format, filter, run_id: run_id.to_owned(), clock: clock::now };
        Ok(install_logging(settings, &self.printer)?)
    }

    /// Reports an error: a line on standard error, or a log event where lines are JSON.
    pub fn fail(&self, message: &str) {
        match self.log.format {
            LogFormat::Text => self.printer.always(&format!("error: {message}")),
            LogFormat::Json => tracing::error!("{message}"),
        }
    }

    /// Reports a problem that does not change the result of the run.
    pub fn warn(&self, message: &str) {
        match self.log.format {
            LogFormat::Text => self.printer.always(&format!("warning: {message}")),
            LogFormat::Json => tracing::warn!("{message}"),
        }
    }

    /// Requests a stop on SIGHUP, SIGINT, SIGTERM, or when `--max-duration` is over.
    fn watch_for_the_end(&self) -> Result<(), Failure> {
        let mut hang_up = hang_up().map_err(CommandError::Signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(CommandError::Signals)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(CommandError::Signals)?;
        let (stop, max_duration) = (self.stop.clone(), self.settings.run.max_duration);
        tokio::spawn(async move {
            let time_over = async {
                match max_duration {
                    Some(duration) => tokio::time::sleep(duration).await,
                    None => std::future::pending().await,
                }
            };
            tokio::pin!(time_over);
            loop {
                tokio::select! {
                    Some(()) = next(&mut hang_up) => stop.request(StopReason::HungUp),
                    Some(()) = interrupt.recv() => stop.request(StopReason::Interrupted),
                    Some(()) = terminate.recv() => stop.request(StopReason::Terminated),
                    () = &mut time_over, if stop.reason().is_none() => stop.request(StopReason::TimeOver),
                    else => return,
                }
            }
        });
        Ok(())
    }

    /// Runs a step that writes nothing; a stop cancels it at once.
    pub async fn unless_stopped<T>(&self, step: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.stop.requested() => {
                let reason = self.stop.reason().unwrap_or(StopReason::Interrupted);
                Err(CommandError::Stopped(reason).into())
            }
            ended = step => ended,
        }
    }
}

/// SIGHUP, unless whoever started the process wants it ignored, as `nohup` does.
fn hang_up() -> std::io::Result<Option<Signal>> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let is_ignored = ignored & (1 << (SignalKind::hangup().as_raw_value() - 1)) != 0;
    (!is_ignored).then(|| signal(SignalKind::hangup())).transpose()
}

async fn next(signal: &mut Option<Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Reports an error; where log lines are JSON, as one of them, even before logging was set up.
pub(in crate::commands) fn report_error(message: &str, format: LogFormat, printer: &Printer) {
    if format == LogFormat::Json {
        // Fails where the command has set up logging, which is then used.
        let _ = install_logging(log_settings(format, "error"), printer);
        tracing::error!("{message}");
    } else {
        printer.always(&format!("error: {message}"));
    }
}

/// Logs the end of a job, with the figures of its changes.
pub(in crate::commands) fn run_ended(exit: Exit, began: &Stopwatch, summary: &ReportSummary) {
    let KindSummary { planned, applied, already, drifted, failed, not_attempted } = summary.total();
    tracing::info!(
        target: RUN,
        exit_code = exit.code(),
        duration_seconds = began.seconds(),
        planned,
        applied,
        already,
        drifted,
        failed,
        not_attempted,
        created = summary.create.applied,
        updated = summary.update.applied,
        enabled = summary.enable.applied,
        disabled = summary.disable.applied,
        joined = summary.join.applied,
        left = summary.leave.applied,
        unchanged = summary.unchanged,
        conflicts = summary.conflicts,
        protected = summary.protected,
        skipped = summary.skipped,
        invalid = summary.invalid,
        "run ended"
    );
}

/// The log of lines outside of a run.
fn log_settings(format: LogFormat, filter: &str) -> LogSetup {
    LogSetup { format, filter: format!("{filter},{RUN}=info"), run_id: new_run_id(clock::now()), clock: clock::now }
}

/// Warns of variables that have no effect, such as a misspelt limit.
pub(in crate::commands) fn warn_of_unknown_variables(
    environment: &Environment,
    global: &GlobalOptions,
    command: &clap::Command,
) {
    let printer = Printer::for_process(terminal_facts(environment), verbosity(global));
    for warning in environment.unknown_variables(command) {
        match (global.log.format, log_subscriber(log_settings(global.log.format, "warn"), &printer)) {
            (LogFormat::Json, Ok(log)) => tracing::subscriber::with_default(log, || tracing::warn!("{warning}")),
            _ => printer.always(&format!("warning: {warning}")),
        }
    }
}

/// The verbosity of the options.
pub(in crate::commands) fn verbosity(global: &GlobalOptions) -> Verbosity {
    match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, _) => Verbosity::Verbose,
    }
}

/// Completes on SIGINT or SIGTERM.
#[cfg(feature = "sandbox")]
pub(in crate::commands) async fn stop_signal() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Shows the pauses of the gate, until the gate is dropped.
fn show_pauses(mut pauses: Pauses, progress: Arc<Progress>) {
    tokio::spawn(async move {
        while let Some(pause) = pauses.next().await {
            let left = pause.until.saturating_duration_since(tokio::time::Instant::now());
            progress.pause(left, &pause.cause);
            tokio::time::sleep_until(pause.until).await;
            progress.resume();
        }
    });
}

/// Measures the duration of a stage.
pub(in crate::commands) struct Stopwatch(Instant);

impl Stopwatch {
    pub(in crate::commands) fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds, to the millisecond.
    pub(in crate::commands) fn seconds(&self) -> f64 {
        let elapsed = Duration::from_millis(u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX));
        elapsed.as_secs_f64()
    }
}
