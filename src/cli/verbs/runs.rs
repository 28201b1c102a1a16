//! `lumsync runs`.

use clap::Args;

use crate::settings::StateSection;

/// Lists past runs, the latest first.
#[derive(Debug, Args)]
#[command(mut_arg("keep_runs", |option| option.hide(true)))]
#[command(after_help = "Examples:
  lumsync runs                          the last 20
  lumsync runs --limit 0                all
  lumsync runs --failed                 those that did not end with exit code 0
  lumsync runs --output json            for a script
  lumsync report RUN -o run.html        one of them in full, by its name")]
pub struct RunsArguments {
    /// List so many; 0 for all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Only runs that did not end with exit code 0
    #[arg(long)]
    pub failed: bool,
    /// Where runs are kept.
    #[command(flatten)]
    pub state: StateSection,
}
