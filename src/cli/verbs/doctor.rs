//! `lumsync doctor`.

use clap::Args;

use crate::cli::RunOptions;

/// Tries what a run needs, step by step; the same options as a run, so that exactly its settings are tried.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lumsync doctor                                   what ./lumsync.toml and the environment say
  lumsync doctor --config /etc/lumsync/lumsync.toml
  lumsync doctor --output json                     for a health check
  lumsync doctor --sandbox                         what a healthy answer looks like

Exit codes: 0 fit to run (warnings included), 1 the tenant, the network or the disk is at fault, 2 the settings are.
The right to save users is not tried: doctor writes nothing to the tenant.")]
pub struct DoctorArguments {
    /// Tenant and settings.
    #[command(flatten)]
    pub run: RunOptions,
}
