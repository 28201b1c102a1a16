//! `lumsync undo`.

use clap::Args;

use crate::cli::{PlanOutput, RunOptions};

/// Arguments of `lumsync undo`.
#[derive(Debug, Args)]
pub struct UndoArguments {
    /// The name of a run of this state dir, or `last`
    #[arg(id = "undone", value_name = "RUN")]
    pub run_id: String,
    /// What becomes of the plan.
    #[command(flatten)]
    pub output: PlanOutput,
    /// Tenant and settings.
    #[command(flatten)]
    pub run: RunOptions,
}
