//! `lumsync check`

use std::path::PathBuf;

use clap::Args;

use crate::settings::{CsvSection, GroupSection, GuardrailSection, PolicySection};

/// Checks a CSV alone, offline: every problem with its line, and what is in the file
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  lumsync check users.csv
  lumsync check export.csv --delimiter ';' --encoding windows-1252
  lumsync check users.csv --column email='Work e-mail' --report problems.csv
  zcat users.csv.gz | lumsync check -

Exit code 0: every row can be used. 2: some row can't, or the file is refused. 3: --min-rows or --expect-rows would stop
a run. 1: a remote file could not be fetched.")]
pub struct CheckArguments {
    /// The file: a path, `-` for standard input, or a URL (s3://, gs://, az://, https://); .gz and .zst are unpacked
    #[arg(value_name = "CSV")]
    pub csv: String,

    /// How the file is read.
    #[command(flatten)]
    pub csv_settings: CsvSection,

    /// Of these, the number of rows is judged; the others compare with the tenant or with earlier runs.
    #[command(flatten)]
    pub guardrails: GuardrailSection,

    /// Taken so that the command line of a run can be checked; an invalid row is exit code 2 with `skip`, too.
    #[command(flatten)]
    pub policy: PolicySection,

    /// Taken as the policy is: which groups there are, the tenant says.
    #[command(flatten)]
    pub groups: GroupSection,

    /// Write all problems to FILE, as its ending says: .csv or .json; may be repeated
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,
}
