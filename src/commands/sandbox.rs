//! `lumsync sandbox`: serves an embedded tenant until it is told to stop.

use std::future::Future;
use std::io::Write;

use thiserror::Error;

use crate::cli::SandboxArguments;
use crate::sandbox::{Sandbox, SandboxError};

/// Why the sandbox could not be served.
#[derive(Debug, Error)]
pub enum SandboxCommandError {
    /// It could not start, or not save at the end.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Its address could not be told.
    #[error("can't write to standard output")]
    Output(#[from] std::io::Error),
}

/// Starts the tenant, tells on `out` how to reach it, one fact a line, and serves until `shutdown` comes.
pub async fn run(
    arguments: SandboxArguments,
    out: &mut dyn Write,
    shutdown: impl Future<Output = ()>,
) -> Result<(), SandboxCommandError> {
    let sandbox = Sandbox::start(arguments.into_settings()).await?;
    let told = out.write_all(introduction(&sandbox).as_bytes()).and_then(|()| out.flush());
    if told.is_ok() {
        shutdown.await;
    }
    sandbox.stop().await?;
    Ok(told?)
}

/// Lines that a shell can take as they are: assignments, and comments beside them.
fn introduction(sandbox: &Sandbox) -> String {
    let (url, organization, token) = (sandbox.base_url(), sandbox.organization_id(), sandbox.token());
    let credentials = sandbox.credentials();
    let (client_id, client_secret) = (&credentials.client_id, &credentials.client_secret);
    format!(
        "\
# An embedded tenant is being served; interrupt it to stop. To use it, set in another shell:
LUMSYNC_BASE_URL={url}
LUMSYNC_ORGANIZATION_ID={organization}
# and either a ready token
LUMSYNC_TOKEN={token}
# or the application's login
LUMSYNC_CLIENT_ID={client_id}
LUMSYNC_CLIENT_SECRET={client_secret}
LUMSYNC_USER_EMAIL={}
# For scripts: {url}/_sandbox/traffic, {url}/_sandbox/users and {url}/_sandbox/faults
",
        credentials.user_email
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Whole {
        #[command(flatten)]
        sandbox: SandboxArguments,
    }

    #[tokio::test]
    async fn what_is_told_can_be_read_by_a_shell_and_by_people() {
        let mut out = Vec::new();
        let arguments = Whole::parse_from(["sandbox"]).sandbox;
        run(arguments, &mut out, std::future::ready(())).await.unwrap();
        insta::with_settings!({filters => vec![(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]")]}, {
            insta::assert_snapshot!(String::from_utf8(out).unwrap());
        });
    }
}
