//! Wiring: one file a verb, each reads as its sentence; what several share stands in `session`, `tenant`, `prepare`,
//! `run`, `listener` and `publish`.

mod apply;
mod check;
mod export;
mod failure;
mod listener;
mod plan;
mod prepare;
mod publish;
pub mod report;
mod run;
pub mod sandbox;
mod session;
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
    match dispatch(command, &global, &environment).await {
        Ok(exit) => exit,
        Err(failure) => {
            let printer = Printer::for_process(failure::terminal_facts(&environment), session::verbosity(&global));
            printer.insist(&format!("error: {}", failure.message()));
            failure.exit
        }
    }
}

async fn dispatch(command: Command, global: &GlobalOptions, environment: &Environment) -> Result<Exit, Failure> {
    let begin = |run: &RunOptions| Session::begin(run, global, environment.clone());
    match command {
        Command::Check(arguments) => {
            let settings = crate::settings::source_settings(&arguments.options, global.config.as_deref())?;
            let printer = Printer::for_process(failure::terminal_facts(environment), session::verbosity(global));
            match check::run(&arguments, &settings, global.output, &printer).await? {
                CheckOutcome::Fine => Ok(Exit::Done),
                CheckOutcome::HasProblems => Ok(Exit::Usage),
            }
        }
        Command::Plan(arguments) => plan::run(&arguments, &begin(&arguments.run)?).await,
        Command::Apply(arguments) => apply::run(&arguments, &begin(&arguments.run)?).await,
        Command::Sync(arguments) => sync::run(&arguments, &begin(&arguments.plan.run)?).await,
        Command::Export(arguments) => export::run(&arguments, &begin(&arguments.run)?).await,
        Command::Report(arguments) => {
            let printer = Printer::for_process(failure::terminal_facts(environment), session::verbosity(global));
            let state_dir =
                crate::settings::state_dir(arguments.state_dir.as_deref(), global.config.as_deref(), environment)?;
            report::run(&arguments, &state_dir, &printer)?;
            Ok(Exit::Done)
        }
        Command::Sandbox(arguments) => {
            sandbox::run(arguments, &mut std::io::stdout(), session::told_to_end()).await?;
            Ok(Exit::Done)
        }
    }
}
