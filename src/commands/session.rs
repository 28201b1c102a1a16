//! What every command that talks to a tenant begins with: settings, the terminal, logging, signals, time limit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

use super::failure::{CommandError, Failure, terminal_facts};
use crate::api::Pauses;
use crate::cli::{GlobalOptions, OutputFormat, RunOptions};
use crate::clock;
use crate::console::{LogFormat, LogSetup, Printer, Progress, Verbosity, install_logging};
use crate::execute::{Stop, StopReason};
use crate::record::new_run_id;
use crate::settings::{Environment, Settings};

/// Everything that a command needs beside its own arguments.
pub struct Session {
    /// Merged from all layers.
    pub settings: Settings,
    /// Owner of the terminal.
    pub printer: Printer,
    /// What standard output carries.
    pub output: OutputFormat,
    /// The switch that ends the run.
    pub stop: Stop,
    /// What was read of the environment.
    pub environment: Environment,
    verbose: u8,
}

impl Session {
    /// Merges the settings and takes over the terminal.
    pub fn begin(run: &RunOptions, global: &GlobalOptions, environment: Environment) -> Result<Self, Failure> {
        let settings = Settings::load(run, global, &environment)?;
        let printer = Printer::for_process(terminal_facts(&environment), verbosity(global));
        Ok(Self {
            settings,
            printer,
            output: global.output,
            stop: Stop::default(),
            environment,
            verbose: global.verbose,
        })
    }

    /// From now on log lines are written, each with the run's name where it is JSON.
    pub fn log_as(&self, run_id: &str) -> Result<(), Failure> {
        let by_verbosity = match (self.printer.verbosity(), self.verbose) {
            // A warning that comes every night is no reason for a mail every night; a run that ends badly tells them.
            (Verbosity::Quiet, _) => "error",
            (_, 0) => "info",
            (_, 1) => "lumsync=debug,info",
            (_, _) => "debug",
        };
        let filter = self.settings.log.filter.clone().unwrap_or_else(|| by_verbosity.to_owned());
        let settings =
            LogSetup { format: self.settings.log.format, filter, run_id: run_id.to_owned(), clock: clock::now };
        Ok(install_logging(settings, &self.printer)?)
    }

    /// Says why something failed: a line on standard error, or an event of the log where lines are JSON.
    pub fn fail(&self, message: &str) {
        match self.settings.log.format {
            LogFormat::Text => self.printer.always(&format!("error: {message}")),
            LogFormat::Json => tracing::error!("{message}"),
        }
    }

    /// Says what went wrong beside the run, without harm to it.
    pub fn warn(&self, message: &str) {
        match self.settings.log.format {
            LogFormat::Text => self.printer.always(&format!("warning: {message}")),
            LogFormat::Json => tracing::warn!("{message}"),
        }
    }

    /// Turns the stop switch on SIGINT, SIGTERM, or when `--max-duration` is over.
    pub fn watch_for_the_end(&self) -> Result<(), Failure> {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(CommandError::Signals)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(CommandError::Signals)?;
        let (stop, max_duration) = (self.stop.clone(), self.settings.max_duration);
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
                    Some(()) = interrupt.recv() => stop.request(StopReason::Interrupted),
                    Some(()) = terminate.recv() => stop.request(StopReason::Terminated),
                    () = &mut time_over, if stop.reason().is_none() => stop.request(StopReason::TimeOver),
                    else => return,
                }
            }
        });
        Ok(())
    }

    /// Runs a step that writes nothing; the stop switch ends it at once.
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

/// Tells why a command came to nothing; where log lines are JSON, as one of them, whether or not a log was begun.
pub(super) fn tell_failure(failure: &Failure, global: &GlobalOptions, printer: &Printer) {
    let message = failure.message();
    let format = crate::settings::log_format(global);
    if format == LogFormat::Json {
        let run_id = new_run_id(clock::now());
        // Fails where the command has begun its log, which is then the one to write to.
        let _ = install_logging(LogSetup { format, filter: "error".to_owned(), run_id, clock: clock::now }, printer);
        tracing::error!("{message}");
    } else {
        printer.always(&format!("error: {message}"));
    }
}

/// How much is said.
pub(super) fn verbosity(global: &GlobalOptions) -> Verbosity {
    match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, _) => Verbosity::Verbose,
    }
}

/// Ends on SIGINT or SIGTERM.
pub(super) async fn told_to_end() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Shows pauses of the gate for as long as it lives.
pub(super) fn show_pauses(mut pauses: Pauses, progress: Arc<Progress>) {
    tokio::spawn(async move {
        while let Some(pause) = pauses.next().await {
            let left = pause.until.saturating_duration_since(tokio::time::Instant::now());
            progress.pause(left, &pause.cause);
            tokio::time::sleep_until(pause.until).await;
            progress.resume();
        }
    });
}

/// Measures one stage.
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds, to the millisecond.
    pub(super) fn seconds(&self) -> f64 {
        let elapsed = Duration::from_millis(u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX));
        elapsed.as_secs_f64()
    }
}
