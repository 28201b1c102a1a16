//! `lumsync plan`.

use clap::Args;

use crate::cli::{PlanOutput, RunOptions};

/// Arguments of `lumsync plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// The desired state: a path, `-` for standard input, or an s3://, gs://, az:// or https:// URL
    #[arg(value_name = "CSV")]
    pub csv: String,
    /// What becomes of the plan.
    #[command(flatten)]
    pub output: PlanOutput,
    /// Tenant and settings.
    #[command(flatten)]
    pub run: RunOptions,
}
