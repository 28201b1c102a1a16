//! `lumsync sandbox`.

use std::future::Future;
use std::io::Write;
use std::pin::pin;

use super::job::failure::{CommandError, Failure};
use crate::cli::SandboxArguments;
use crate::sandbox::Sandbox;

/// Starts the tenant, prints to `out` how to reach it, one fact a line, and serves until `shutdown` is done.
pub async fn run(
    arguments: SandboxArguments,
    out: &mut dyn Write,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let mut shutdown = pin!(shutdown);
    // Polled first, so that signals are handled before a reader of `out` can send one.
    let sandbox = tokio::select! {
        biased;
        () = &mut shutdown => return Ok(()),
        started = Sandbox::start(arguments.into_settings()) => started?,
    };
    let printed = out.write_all(introduction(&sandbox).as_bytes()).and_then(|()| out.flush());
    if printed.is_ok() {
        shutdown.await;
    }
    sandbox.stop().await?;
    Ok(printed.map_err(CommandError::Output)?)
}

/// Assignments that a shell can read, with comments between them.
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

    /// Stops the sandbox once all is printed.
    struct Printed {
        out: Vec<u8>,
        stop: Option<tokio::sync::oneshot::Sender<()>>,
    }

    impl Write for Printed {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.out.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            drop(self.stop.take());
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_stop_before_the_start_prints_nothing() {
        let mut out = Vec::new();
        let arguments = Whole::parse_from(["sandbox", "--users", "1000000"]).sandbox;
        run(arguments, &mut out, std::future::ready(())).await.unwrap();
        assert!(out.is_empty());
    }

    #[tokio::test]
    async fn what_is_printed_can_be_read_by_a_shell_and_by_people() {
        let arguments = Whole::parse_from(["sandbox"]).sandbox;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let mut printed = Printed { out: Vec::new(), stop: Some(stop) };
        run(arguments, &mut printed, async { drop(stopped.await) }).await.unwrap();
        insta::with_settings!({filters => vec![(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]")]}, {
            insta::assert_snapshot!(String::from_utf8(printed.out).unwrap());
        });
    }
}
