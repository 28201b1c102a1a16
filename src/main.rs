//! The binary.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use lumsync::cli::CheckArgs;
use lumsync::commands::check::{self, CheckOutcome};
use lumsync::source::DiagnosticStyle;

#[derive(Parser)]
#[command(name = "lumsync", version)]
enum Command {
    Check(CheckArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Check(args) = Command::parse();
    let style = DiagnosticStyle { colour: false, width: 100 };
    match check::run(&args, style, &mut std::io::stdout()).await {
        Ok(CheckOutcome::Fine) => ExitCode::SUCCESS,
        Ok(CheckOutcome::HasProblems) => ExitCode::from(2),
        Err(error) => {
            let mut text = format!("error: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            let _ = writeln!(std::io::stderr(), "{text}");
            ExitCode::from(if error.is_usage() { 2 } else { 1 })
        }
    }
}
