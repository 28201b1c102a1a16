//! `lumsync report`.

use std::path::PathBuf;

use crate::settings::StateSection;

/// Renders runs or saved plans again.
#[derive(Debug, Clone, clap::Args)]
#[command(mut_arg("keep_runs", |option| option.hide(true)))]
#[command(after_help = "Examples:
  lumsync report plan.json                             the plan as text
  lumsync report plan.json -o plan.html -o plan.md     the plan as a page and as a summary
  lumsync report last                                  the last run of this state dir, though it was killed
  lumsync report 20260302T053000Z-7f3a -o run.csv      another of its runs as a table
  lumsync report north.json south.json -o fleet.html   several as one overview, a row each")]
pub struct ReportArguments {
    /// A plan file, a report file, the folder of a run, the name of a run of this state dir, or `last`; several make an
    /// overview, those that need a person first
    #[arg(value_name = "RUN_OR_PLAN", required = true)]
    pub runs_or_plans: Vec<PathBuf>,
    /// Where to write it; the ending says how: .html, .md, .csv or .json. Without it, text goes to standard output
    #[arg(id = "report-files", short = 'o', value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Show long lists in full
    #[arg(long)]
    pub full: bool,
    /// Where runs are kept.
    #[command(flatten)]
    pub state: StateSection,
}
