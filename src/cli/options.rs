//! Options that several commands share. Each is optional here: what was not given comes from the environment, the
//! config file or the defaults, in `settings`.

#![allow(clippy::doc_markdown, rustdoc::bare_urls, reason = "these texts are the help, which a terminal shows")]

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::CsvOptions;
use crate::console::LogFormat;
use crate::model::Amount;
use crate::plan::{OnInvalid, OnMissing};
use crate::settings::{DurationSetting, NotifyOn, RateSetting};

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "General")]
pub struct GlobalOptions {
    /// Config file [default: ./lumsync.toml where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: OutputFormat,
    /// How log lines look [default: text]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Tell more (-vv for every request)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Tell only what needs a person
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
}

/// Options of the commands that talk to a tenant.
#[derive(Debug, Args)]
pub struct RunOptions {
    /// An embedded tenant instead of a real one, loaded from FILE (JSON lines) or from a built-in sample
    #[arg(long, value_name = "FILE", num_args = 0..=1, help_heading = "Tenant")]
    pub sandbox: Option<Option<PathBuf>>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "groups of options, described at their types")]
    pub tenant: TenantOptions,
    #[command(flatten)]
    #[expect(missing_docs, reason = "groups of options, described at their types")]
    pub http: HttpOptions,
    #[command(flatten)]
    #[expect(missing_docs, reason = "groups of options, described at their types")]
    pub policy: PolicyOptions,
    #[command(flatten)]
    #[expect(missing_docs, reason = "groups of options, described at their types")]
    pub csv: CsvOptions,
    #[command(flatten)]
    #[expect(missing_docs, reason = "groups of options, described at their types")]
    pub report: ReportOptions,
}

/// Which tenant, and who asks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tenant")]
pub struct TenantOptions {
    /// The tenant's cell, such as https://XX-cell-NNN.api.lumapps.com [env: LUMSYNC_BASE_URL]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// The organization on that cell [env: LUMSYNC_ORGANIZATION_ID]
    #[arg(long, value_name = "ID")]
    pub organization_id: Option<String>,
    /// File with a ready bearer token [env: LUMSYNC_TOKEN holds the token itself]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The OAuth application's id [env: LUMSYNC_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// File with the application's secret [env: LUMSYNC_CLIENT_SECRET holds the secret itself]
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// The admin that the application acts as [env: LUMSYNC_USER_EMAIL]
    #[arg(long, value_name = "EMAIL")]
    pub user_email: Option<String>,
}

/// How fast, and how patient.
#[derive(Debug, Args)]
#[command(next_help_heading = "Speed and patience")]
pub struct HttpOptions {
    /// Requests a second: a number, `unlimited` or `auto` [default: 10] [env: LUMSYNC_RPS]
    #[arg(long, value_name = "N")]
    pub rps: Option<RateSetting>,
    /// The most that `--rps auto` tries [default: 50]
    #[arg(long, value_name = "N")]
    pub max_rps: Option<f64>,
    /// Requests that may leave together after a quiet time [default: 1]
    #[arg(long, value_name = "N")]
    pub burst: Option<std::num::NonZeroU32>,
    /// Requests under way at once [default: 16]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<std::num::NonZeroUsize>,
    /// Users of a page of the list [default: 500]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub page_size: Option<u32>,
    /// Patience with one request [default: 60s]
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<DurationSetting>,
    /// Tries of one request beyond the first [default: 5]
    #[arg(long, value_name = "N")]
    pub retries: Option<u32>,
    /// The longest pause that the tenant may ask for [default: 5m]
    #[arg(long, value_name = "DURATION")]
    pub max_wait: Option<DurationSetting>,
    /// After this, nothing new starts [default: none]
    #[arg(long, value_name = "DURATION")]
    pub max_duration: Option<DurationSetting>,
}

/// Whom the job may touch, and how much.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy and guardrails")]
pub struct PolicyOptions {
    /// The CSV is only a part of the truth: nobody is disabled for absence
    #[arg(long)]
    pub partial: bool,
    /// What becomes of an enabled user without a row [default: disable]
    #[arg(long, value_enum, value_name = "POLICY")]
    pub on_missing: Option<OnMissing>,
    /// What becomes of a run with an invalid row [default: stop]
    #[arg(long, value_enum, value_name = "POLICY")]
    pub on_invalid: Option<OnInvalid>,
    /// Disables at most, as a number or a share of the enabled users in scope [default: 10%]
    #[arg(long, value_name = "N or P%")]
    pub max_disable: Option<Amount>,
    /// Creates at most [default: none]
    #[arg(long, value_name = "N or P%")]
    pub max_create: Option<Amount>,
    /// Updates at most [default: none]
    #[arg(long, value_name = "N or P%")]
    pub max_update: Option<Amount>,
    /// Valid rows at least [default: 1]
    #[arg(long, value_name = "N")]
    pub min_rows: Option<u64>,
    /// How far the CSV may shrink against the last good full run [default: 20%]
    #[arg(long, value_name = "P%")]
    pub max_shrink: Option<Amount>,
    /// Users whose address matches are never changed; a glob (repeatable)
    #[arg(long, value_name = "PATTERN")]
    pub protect: Vec<String>,
    /// Only users of this e-mail domain are in scope (repeatable) [default: all]
    #[arg(long = "email-domain", value_name = "DOMAIN")]
    pub email_domains: Vec<String>,
    /// Account types in scope [default: external]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub types: Vec<String>,
}

/// What a run leaves behind.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reports")]
pub struct ReportOptions {
    /// Write a report; the ending says how: .json .csv .html .md (repeatable)
    #[arg(long = "report", value_name = "FILE")]
    pub reports: Vec<PathBuf>,
    /// Write the run's figures for Prometheus
    #[arg(long, value_name = "FILE")]
    pub metrics_file: Option<PathBuf>,
    /// Post a summary to this URL [env: LUMSYNC_NOTIFY_URL]
    #[arg(long, value_name = "URL")]
    pub notify: Option<String>,
    /// When to post [default: failure,guardrail]
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',')]
    pub notify_on: Vec<NotifyOn>,
    /// Where runs are kept [default: $XDG_STATE_HOME/lumsync, else ~/.local/state/lumsync] [env: LUMSYNC_STATE_DIR]
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
}
