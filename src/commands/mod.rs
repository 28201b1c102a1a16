//! The commands, a file each; what several share is in `job`.

mod apply;
mod approval;
mod check;
mod doctor;
mod export;
mod init;
mod job;
mod plan;
mod report;
mod runs;
#[cfg(feature = "sandbox")]
mod sandbox;
mod shell;
mod sync;
mod undo;

pub use job::failure::{CommandError, Failure};

use clap::CommandFactory;

use crate::cli::{Cli, Command, GlobalOptions, RunOptions};
use crate::console::{LogFormat, Printer, Verbosity};
use crate::exit::Exit;
use crate::report::ReportSummary;
use crate::settings::{Environment, Origins, config_file};
use job::files::Files;
use job::monitoring::notify;
use job::session::{Session, Stopwatch};
use job::{failure, session};

/// Reports a wrong command line, or prints the help that was asked for.
pub fn usage(error: &clap::Error, environment: &Environment) -> Exit {
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
    match (exit, Cli::log_format_of(environment)) {
        (Exit::Usage, LogFormat::Json) => {
            let printer = Printer::for_process(failure::terminal_facts(environment), Verbosity::Normal);
            let text = error.to_string();
            let message: Vec<&str> = text.split("\n\n").next().unwrap_or_default().split_whitespace().collect();
            session::report_error(message.join(" ").trim_start_matches("error: "), LogFormat::Json, &printer);
        }
        // A closed stream is no error here.
        _ => drop(error.print()),
    }
    exit
}

/// Runs a command and reports its error. `given` is what the command line alone says.
pub async fn run(mut given: Cli, environment: Environment) -> Exit {
    let began = Stopwatch::start();
    let is_run = matches!(given.command, Command::Plan(_) | Command::Apply(_) | Command::Sync(_) | Command::Undo(_));
    let (global, ended) = match Cli::of_all_layers(&environment) {
        Ok((cli, origins)) => {
            session::warn_of_unknown_variables(&environment, &cli.global, &Cli::command());
            let Cli { command, global } = cli;
            let ended = Box::pin(dispatch(command, &global, &origins, &environment)).await;
            (global, ended)
        }
        Err(error) => {
            given.global.log.format = Cli::log_format_of(&environment);
            session::warn_of_unknown_variables(&environment, &given.global, &Cli::command());
            let ended = match given.command {
                Command::Doctor(_) => doctor::without_settings(error, &given.global, &environment),
                _ => Err(error.into()),
            };
            (given.global, ended)
        }
    };
    ended.unwrap_or_else(|failure| {
        let printer = Printer::for_process(failure::terminal_facts(&environment), session::verbosity(&global));
        session::report_error(&failure.message(), global.log.format, &printer);
        if is_run && global.log.format == LogFormat::Json {
            session::run_ended(failure.exit, &began, &ReportSummary::default());
        }
        failure.exit
    })
}

async fn dispatch(
    command: Command,
    global: &GlobalOptions,
    origins: &Origins,
    environment: &Environment,
) -> Result<Exit, Failure> {
    let begin = |run: &RunOptions| Session::begin(run, global, origins, environment);
    let printer = || Printer::for_process(failure::terminal_facts(environment), session::verbosity(global));
    match command {
        Command::Check(arguments) => {
            let files = Files::default()
                .reads("the CSV", Some(&arguments.csv))
                .reads("the config", config_file(global.config.as_deref()));
            files.writes("--report", &arguments.report).check()?;
            let csv = &arguments.csv_settings;
            let settings = csv.settings(crate::clock::today(csv.time_zone.as_ref()));
            check::run(&arguments, &settings, global.output, &printer()).await
        }
        Command::Plan(arguments) => plan::run(&arguments, &begin(&arguments.run)?).await,
        Command::Apply(arguments) => {
            let session = begin(&arguments.run)?;
            notified("apply", apply::run(&arguments, &session).await, &session).await
        }
        Command::Sync(arguments) if arguments.dry_run => sync::run(&arguments, &begin(&arguments.plan.run)?).await,
        Command::Sync(arguments) => {
            let session = begin(&arguments.plan.run)?;
            notified("sync", sync::run(&arguments, &session).await, &session).await
        }
        Command::Export(arguments) => export::run(&arguments, &begin(&arguments.run)?).await,
        Command::Report(arguments) => {
            let subjects = arguments.runs_or_plans.iter();
            let files = subjects.fold(Files::default(), |files, path| files.reads("the run or plan", Some(path)));
            files.writes("-o", &arguments.output).check()?;
            report::run(&arguments, &arguments.state.dir(environment)?, &printer())?;
            Ok(Exit::Done)
        }
        Command::Undo(arguments) => undo::run(&arguments, &begin(&arguments.run)?).await,
        Command::Runs(arguments) => {
            runs::run(&arguments, &arguments.state.dir(environment)?, global.output, &printer())
        }
        Command::Init(arguments) => init::run(&arguments, global, environment, &printer()).await,
        Command::Doctor(arguments) => doctor::run(&arguments, global, begin(&arguments.run)?).await,
        Command::Completions(arguments) => shell::completions(&arguments, &printer()),
        Command::Man(arguments) => shell::man(&arguments, &printer()),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(arguments) => {
            sandbox::run(arguments, &mut std::io::stdout(), session::stop_signal()).await?;
            Ok(Exit::Done)
        }
    }
}

/// Notifies of a command that failed before it had a run; a run notifies of its own end.
async fn notified(command: &str, ended: Result<Exit, Failure>, session: &Session) -> Result<Exit, Failure> {
    if let Err(failure) = &ended {
        notify::of_failure(command, failure, session).await;
    }
    ended
}
