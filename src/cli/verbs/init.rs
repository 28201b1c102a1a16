//! `lumsync init`.

use std::path::PathBuf;

use clap::Args;

/// Writes a config file with every key, its default and what it is for; what stands behind a # changes nothing. On a
/// terminal it asks for the tenant, the login and the CSV, tries them, and writes a file that works.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lumsync init                              asks, tries, and writes ./lumsync.toml, which every command reads
  lumsync init < /dev/null                  writes it without a question
  lumsync init /etc/lumsync/lumsync.toml
  lumsync init - | less                     looks at it without writing")]
pub struct InitArguments {
    /// Where to write; `-` for standard output [default: what --config names, else ./lumsync.toml]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(short, long)]
    pub force: bool,
}
