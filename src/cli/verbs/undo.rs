//! `lumsync undo`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::RunOptions;

/// Arguments of `lumsync undo`.
#[derive(Debug, Args)]
pub struct UndoArguments {
    /// The name of a run of this state dir, or `last`
    #[arg(id = "undone", value_name = "RUN")]
    pub run_id: String,
    /// Save the plan for `lumsync apply`
    #[arg(short, long, value_name = "PLAN.json")]
    pub out: Option<PathBuf>,
    /// Exit 5 when changes are pending, 3 when a guardrail would stop them
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Show long lists in full
    #[arg(long)]
    pub full: bool,
    /// Tenant and settings.
    #[command(flatten)]
    pub run: RunOptions,
}
