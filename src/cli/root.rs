//! The command line as a whole: the commands with their help, and the options of all of them.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

#[cfg(feature = "sandbox")]
use super::SandboxArguments;
use super::{
    ApplyArguments, CheckArguments, CompletionsArguments, DoctorArguments, ExportArguments, InitArguments,
    ManArguments, PlanArguments, ReportArguments, RunsArguments, SyncArguments, UndoArguments,
};
use crate::settings::LogSection;

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

Every option but --yes can be set by an environment variable, too: LUMSYNC_ and its name in capitals, such as
LUMSYNC_MAX_DISABLE; a repeatable one takes a list with commas. The command line goes over the environment, and that
over the config file.

Exit codes: 0 done, 1 could not do it, 2 wrong usage, config or CSV, 3 stopped by a guardrail, 4 applied in part,
5 changes are pending (--detailed-exitcode), 6 another run holds the lock, 129 hung up, 130 interrupted, 143 terminated, all
after an orderly stop.")]
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
  lumsync plan users.csv --detailed-exitcode   0: nothing to do, 5: changes are pending, 3: a guardrail would stop it
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
    /// Render runs or saved plans again, several as one overview
    Report(ReportArguments),
    /// Plan what takes back a run: every change that it made, turned round; writes nothing to the tenant
    #[command(after_help = "Examples:
  lumsync undo last                                 shows what would take the last run back
  lumsync undo last -o undo.json                    saves it; lumsync apply undo.json carries it out
  lumsync undo 20260302T053000123Z-7f3a01-9c2e      takes back another run of this state dir

Users that are not as the run left them are conflicts and stay as they are. An account that the run created is disabled:
no account is ever deleted. A run that was killed is taken back by its journal.")]
    Undo(UndoArguments),
    /// List past runs of this state dir with their outcome
    Runs(RunsArguments),
    /// Write a config file in which every setting is explained; on a terminal, ask and try first
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

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "General")]
pub struct GlobalOptions {
    /// Config file [default: ./lumsync.toml where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: OutputFormat,
    /// The log.
    #[command(flatten)]
    pub log: LogSection,
    /// Log more (-vv for every request)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Print only what needs a person
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// What standard output carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For scripts: the plan or report document.
    Json,
    /// Nothing: the run folder, report files and the log tell.
    None,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_commands_and_options_are_in_order() {
        super::Cli::command().debug_assert();
    }
}
