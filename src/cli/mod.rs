//! Commands and options as clap types with their help texts; no logic.

#![allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "these texts are the help, which a terminal shows")]

mod check;
mod csv_options;
mod doctor;
mod init;
mod options;
mod report;
mod runs;
#[cfg(feature = "sandbox")]
mod sandbox;
mod shell;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use check::CheckArguments;
pub use csv_options::CsvOptions;
pub use doctor::DoctorArguments;
pub use init::InitArguments;
pub use options::{GlobalOptions, OutputFormat, PolicyOptions, RunOptions};
pub use report::ReportArguments;
pub use runs::RunsArguments;
#[cfg(feature = "sandbox")]
pub use sandbox::SandboxArguments;
pub use shell::{CompletionsArguments, ManArguments};

/// Keeps the external users of a LumApps tenant equal to a desired-state CSV.
#[derive(Debug, Parser)]
#[command(name = "lumsync", version, about, propagate_version = true, max_term_width = 110)]
#[command(after_help = "Examples:
  lumsync plan users.csv --sandbox     what a plan looks like, without a tenant
  lumsync init                         a config file in which every setting is explained
  lumsync doctor                       whether config, login, rights and clock are fit for a run
  lumsync plan users.csv               what would change
  lumsync sync users.csv               does it, after a question; with --yes for cron
  lumsync help sync                    all about a command

Exit codes: 0 done, 1 could not do it, 2 wrong usage, config or CSV, 3 a guardrail stopped it, 4 applied in part,
5 changes are pending (--detailed-exitcode), 6 another run holds the lock, 130 and 143 interrupted after an orderly
stop.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalOptions,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a CSV alone, offline: every problem with its line, and what is in the file
    Check(CheckArguments),
    /// Compare a CSV with the tenant and show what would change; writes nothing to the tenant
    #[command(after_help = "Examples:
  lumsync plan users.csv                       shows what would change
  lumsync plan users.csv -o plan.json          saves it for lumsync apply
  lumsync plan users.csv --report plan.html    a page for whoever has to agree
  lumsync plan users.csv --detailed-exitcode   0: nothing to do, 5: changes are pending
  lumsync plan leavers.csv --partial           nobody is disabled for having no row
  lumsync plan users.csv --sandbox             tries it without a tenant")]
    Plan(PlanArguments),
    /// Apply exactly a saved plan, checking each user for drift first
    #[command(after_help = "Examples:
  lumsync apply plan.json
  lumsync apply plan.json --csv users.csv      the plan creates users with passwords
  lumsync apply plan.json --max-age 2h         refuses a plan that is older
  lumsync apply plan.json --report run.html    a page about what was done")]
    Apply(ApplyArguments),
    /// Plan, guardrails and apply in one: the nightly job
    #[command(after_help = "Examples:
  lumsync sync users.csv                       shows the plan and asks before it writes
  lumsync sync users.csv --yes -q              for cron: a word only when somebody has to look
  lumsync sync users.csv --dry-run             the same as plan
  lumsync sync leavers.csv --partial --yes     nobody is disabled for having no row
  lumsync sync users.csv --yes --max-disable 40
                                               lets tonight's 40 leavers through
  lumsync sync users.csv --yes --report run.html --metrics-file run.prom")]
    Sync(SyncArguments),
    /// Write the tenant's users as a desired-state CSV
    #[command(after_help = "Examples:
  lumsync export -o users.csv                  a CSV to begin with: a plan on it shows no change
  lumsync export --status enabled --feed 123   the enabled members of a group
  lumsync export --types external,google --no-hidden
  lumsync export --columns email,firstName,lang,createdAt")]
    Export(ExportArguments),
    /// Render a finished run or a saved plan again
    Report(ReportArguments),
    /// List past runs of this state dir with their outcome
    Runs(RunsArguments),
    /// Write a config file in which every setting is explained
    Init(InitArguments),
    /// Try config, login, rights, clock and speed, each with what to do about it; writes nothing to the tenant
    Doctor(DoctorArguments),
    /// Serve an embedded LumApps tenant on loopback, for trying and testing
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxArguments),
    /// Print the completion script of a shell
    Completions(CompletionsArguments),
    /// Print the manual page, or write the pages of all commands
    Man(ManArguments),
}

/// `lumsync plan`
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// The desired state: a path, `-` for standard input, or an s3://, gs://, az:// or https:// URL
    #[arg(value_name = "CSV")]
    pub csv: String,
    /// Save the plan for `lumsync apply`
    #[arg(short, long, value_name = "PLAN.json")]
    pub out: Option<PathBuf>,
    /// Exit 5 when changes are pending
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Show long lists in full
    #[arg(long)]
    pub full: bool,
    /// Options shared by the commands that talk to a tenant.
    #[command(flatten)]
    pub run: RunOptions,
}

/// `lumsync sync`
#[derive(Debug, Args)]
pub struct SyncArguments {
    /// What `plan` takes.
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Plan only
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before writing
    #[arg(short, long)]
    pub yes: bool,
}

/// `lumsync apply`
#[derive(Debug, Args)]
pub struct ApplyArguments {
    /// A plan that `lumsync plan -o` saved
    #[arg(value_name = "PLAN.json")]
    pub plan: PathBuf,
    /// Refuse a plan older than this [default: 24h]
    #[arg(long, value_name = "DURATION")]
    pub max_age: Option<crate::settings::DurationSetting>,
    /// The CSV that the plan was made from, for the passwords of its creates
    #[arg(long, value_name = "FILE")]
    pub csv: Option<String>,
    /// Accepted for scripts; `apply` never asks
    #[arg(short, long)]
    pub yes: bool,
    /// Options shared by the commands that talk to a tenant.
    #[command(flatten)]
    pub run: RunOptions,
}

/// `lumsync export`
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "users.csv")]
    pub out: Option<PathBuf>,
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
    /// Options shared by the commands that talk to a tenant.
    #[command(flatten)]
    pub run: RunOptions,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_and_options_are_in_order() {
        super::Cli::command().debug_assert();
    }
}
