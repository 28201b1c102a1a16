//! `lumsync export`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::RunOptions;

/// Arguments of `lumsync export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "users.csv")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(short, long)]
    pub force: bool,
    /// Only users of this status
    #[arg(long, value_name = "STATUS", value_parser = ["enabled", "disabled"])]
    pub status: Option<String>,
    /// Only members of this group (repeatable)
    #[arg(long = "feed", value_name = "ID")]
    pub feeds: Vec<String>,
    /// Only users registered within so many days
    #[arg(long, value_name = "DAYS")]
    pub registered_since: Option<u32>,
    /// Leave hidden users out
    #[arg(long)]
    pub no_hidden: bool,
    /// Attributes to write, such as email,lang,createdAt [default: those of a desired-state CSV]
    #[arg(id = "attributes", long = "columns", value_name = "LIST", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Tenant and settings.
    #[command(flatten)]
    pub run: RunOptions,
}
