//! `lumsync sync`.

use clap::Args;

use crate::cli::PlanArguments;

/// Arguments of `lumsync sync`.
#[derive(Debug, Args)]
pub struct SyncArguments {
    /// What `plan` takes.
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Plan only
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before writing
    #[arg(short, long)]
    pub yes: bool,
}
