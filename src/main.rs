//! The binary: parses, calls the library, returns its exit code.

use std::process::ExitCode;

use lumsync::cli::Cli;
use lumsync::settings::Environment;

fn main() -> ExitCode {
    let environment = Environment::of_process();
    let cli = match Cli::of_command_line(&environment) {
        Ok(cli) => cli,
        Err(error) => return lumsync::commands::usage(&error, &environment).into(),
    };
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let exit = runtime.block_on(lumsync::commands::run(cli, environment));
            // A thread may still wait for a line from the keyboard; nobody needs it any more.
            runtime.shutdown_background();
            exit.into()
        }
        Err(_) => lumsync::exit::Exit::CouldNot.into(),
    }
}
