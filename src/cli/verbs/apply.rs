//! `lumsync apply`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::RunOptions;
use crate::settings::duration;

/// Arguments of `lumsync apply`.
#[derive(Debug, Args)]
pub struct ApplyArguments {
    /// A plan that `lumsync plan -o` saved
    #[arg(value_name = "PLAN.json")]
    pub plan: PathBuf,
    /// Refuse a plan older than this
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration)]
    pub max_age: Duration,
    /// The CSV that the plan was made from, for the passwords of its creates
    #[arg(long, value_name = "FILE")]
    pub csv: Option<String>,
    /// Accepted for scripts; `apply` never asks
    #[arg(short, long)]
    pub yes: bool,
    /// Tenant and settings.
    #[command(flatten)]
    pub run: RunOptions,
}
