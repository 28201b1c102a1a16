//! The binary.

use std::process::ExitCode;

use clap::Parser;
use lumsync::cli::SandboxArguments;
use lumsync::commands::sandbox;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
enum Command {
    Sandbox(SandboxArguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Sandbox(arguments) = Command::parse();
    let stop = async {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    };
    match sandbox::run(arguments, &mut std::io::stdout(), stop).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("error: {error}\n").as_bytes());
            ExitCode::from(1)
        }
    }
}
