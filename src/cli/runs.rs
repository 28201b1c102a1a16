//! `lumsync runs`.

#![allow(clippy::doc_markdown, reason = "these texts are the help, which a terminal shows")]

use std::path::PathBuf;

use clap::Args;

/// Lists past runs, the latest first.
#[derive(Debug, Args)]
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
    /// Where runs are kept [default: $XDG_STATE_HOME/lumsync, else ~/.local/state/lumsync] [env: LUMSYNC_STATE_DIR]
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
}
