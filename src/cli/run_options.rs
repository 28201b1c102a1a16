//! The options of the commands that talk to a tenant.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::settings::Settings;

/// Which tenant, and the settings.
#[derive(Debug, Clone, Args)]
pub struct RunOptions {
    /// An embedded tenant instead of a real one, loaded from FILE (JSON lines) or from a built-in sample
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "true", help_heading = "Tenant")]
    pub sandbox: Option<SandboxOption>,
    /// Everything that the config file can set, too.
    #[command(flatten)]
    pub settings: Settings,
}

/// The value of `--sandbox`. `true` stands for no value: a variable has none otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxOption {
    /// The tenant's file; none for the built-in sample.
    pub file: Option<PathBuf>,
}

impl FromStr for SandboxOption {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_sample = matches!(text.to_lowercase().as_str(), "" | "true" | "yes" | "1");
        Ok(Self { file: (!is_sample).then(|| text.into()) })
    }
}

/// What becomes of a plan that is not carried out at once.
#[derive(Debug, Args)]
pub struct PlanOutput {
    /// Save the plan for `lumsync apply`
    #[arg(short, long, value_name = "PLAN.json")]
    pub out: Option<PathBuf>,
    /// Exit 5 when changes are pending, and 3 when a guardrail would stop them; a plan alone, not a run
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Show long lists in full
    #[arg(long)]
    pub full: bool,
}
