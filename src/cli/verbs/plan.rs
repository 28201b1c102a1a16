//! `lumsync plan`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::RunOptions;

/// Arguments of `lumsync plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// The desired state: a path, `-` for standard input, or an s3://, gs://, az:// or https:// URL
    #[arg(value_name = "CSV")]
    pub csv: String,
    /// Save the plan for `lumsync apply`
    #[arg(short, long, value_name = "PLAN.json")]
    pub out: Option<PathBuf>,
    /// Exit 5 when changes are pending, and 3 when a guardrail would stop them; a plan alone, not a run
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Show long lists in full
    #[arg(long)]
    pub full: bool,
    /// Tenant and settings.
    #[command(flatten)]
    pub run: RunOptions,
}
