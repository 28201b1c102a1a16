//! Wiring: one file a verb, each reads as its sentence; what several share stands in `session`, `tenant`, `prepare`,
//! `run`, `listener` and `publish`.

mod apply;
mod check;
mod doctor;
mod export;
mod failure;
mod init;
mod listener;
mod notify;
mod plan;
mod prepare;
mod publish;
pub mod report;
mod run;
mod runs;
#[cfg_attr(not(feature = "sandbox"), path = "without_sandbox.rs")]
pub mod sandbox;
mod session;
mod shell;
mod sync;
mod tenant;

pub use failure::{CommandError, Failure};

use crate::cli::{Cli, Command, GlobalOptions, RunOptions};
use crate::console::Printer;
use crate::exit::Exit;
use crate::settings::Environment;
use check::CheckOutcome;
use session::Session;

/// Runs a command to its end; errors are told here, once.
pub async fn run(cli: Cli, environment: Environment) -> Exit {
    let Cli { command, global } = cli;
    match Box::pin(dispatch(command, &global, &environment)).await {
        Ok(exit) => exit,
        Err(failure) => {
            let printer = Printer::for_process(failure::terminal_facts(&environment), session::verbosity(&global));
            session::tell_failure(&failure, &global, &printer);
            failure.exit
        }
    }
}

async fn dispatch(command: Command, global: &GlobalOptions, environment: &Environment) -> Result<Exit, Failure> {
    let begin = |run: &RunOptions| Session::begin(run, global, environment.clone());
    let printer = || Printer::for_process(failure::terminal_facts(environment), session::verbosity(global));
    match command {
        Command::Check(arguments) => {
            let settings = crate::settings::source_settings(&arguments.options, global.config.as_deref())?;
            match check::run(&arguments, &settings, global.output, &printer()).await? {
                CheckOutcome::Fine => Ok(Exit::Done),
                CheckOutcome::HasProblems => Ok(Exit::Usage),
            }
        }
        Command::Plan(arguments) => plan::run(&arguments, &begin(&arguments.run)?).await,
        Command::Apply(arguments) => {
            let session = begin(&arguments.run)?;
            told("apply", apply::run(&arguments, &session).await, &session).await
        }
        Command::Sync(arguments) if arguments.dry_run => sync::run(&arguments, &begin(&arguments.plan.run)?).await,
        Command::Sync(arguments) => {
            let session = begin(&arguments.plan.run)?;
            told("sync", sync::run(&arguments, &session).await, &session).await
        }
        Command::Export(arguments) => export::run(&arguments, &begin(&arguments.run)?).await,
        Command::Report(arguments) => {
            let state_dir =
                crate::settings::state_dir(arguments.state_dir.as_deref(), global.config.as_deref(), environment)?;
            report::run(&arguments, &state_dir, &printer())?;
            Ok(Exit::Done)
        }
        Command::Runs(arguments) => {
            let state_dir =
                crate::settings::state_dir(arguments.state_dir.as_deref(), global.config.as_deref(), environment)?;
            runs::run(&arguments, &state_dir, global.output, &printer())
        }
        Command::Init(arguments) => init::run(&arguments, global.config.as_deref(), &printer()),
        Command::Doctor(arguments) => doctor::run(&arguments, global, environment).await,
        Command::Completions(arguments) => shell::completions(&arguments, &printer()),
        Command::Man(arguments) => shell::man(&arguments, &printer()),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(arguments) => {
            sandbox::run(arguments, &mut std::io::stdout(), session::told_to_end()).await?;
            Ok(Exit::Done)
        }
    }
}

/// A run tells of its own end; a command that failed before it had a run is told of here.
async fn told(command: &str, ended: Result<Exit, Failure>, session: &Session) -> Result<Exit, Failure> {
    if let Err(failure) = &ended {
        notify::of_failure(command, failure, session).await;
    }
    ended
}
