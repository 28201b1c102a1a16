//! Every setting, declared once.
//!
//! A struct is a section of the config file and a field is a key of it; the same field is an option of the command line
//! and, in capitals behind `LUMSYNC_`, an environment variable. Its documentation is the help of the option and the text
//! of the reference; `[default: ...]` says in words what no `default_value` says, `[example: ...]` shows a value.
//!
//! What an option leaves open is filled in by [`layers`](super::layers): what clap parses are the merged settings.

#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    reason = "these texts are the help, which a terminal shows"
)]

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Command};
use jiff::tz::TimeZone;
use url::Url;

use super::values::{
    NotifyFormat, NotifyOn, NotifyUrl, RateSetting, account_type, base_url, duration, email_domain, managed_group,
    organization_id, positive, positive_duration, positive_number, protect_pattern, push_url, share, time_zone,
    whole_number,
};
use crate::console::LogFormat;
use crate::model::{AccountType, Amount, Email, Status};
use crate::plan::{GroupMode, GroupPattern, OnInvalid, OnLookalike, OnMissing, OnUnknownGroup};
use crate::source::{
    DateFormat, Field, parse_column, parse_date_format, parse_delimiter, parse_encoding, parse_status_word,
};

/// Makes [`Settings`] of the sections, and the list of all sections that the config file has.
macro_rules! settings {
    ($($name:ident: $section:ident,)*) => {
        /// The settings of the commands that talk to a tenant.
        #[derive(Debug, Clone, Args)]
        #[expect(missing_docs, reason = "described at their types")]
        pub struct Settings {
            $(#[command(flatten)] pub $name: $section,)*
        }

        /// All sections by name, in the order of the config file; the arguments of each are its keys.
        pub(super) fn sections() -> Vec<Command> {
            let log = LogSection::augment_args(Command::new("log"));
            vec![$($section::augment_args(Command::new(stringify!($name))),)* log]
        }
    };
}

settings! {
    tenant: TenantSection,
    auth: AuthSection,
    rate: RateSection,
    fetch: FetchSection,
    http: HttpSection,
    run: RunSection,
    policy: PolicySection,
    guardrails: GuardrailSection,
    scope: ScopeSection,
    groups: GroupSection,
    csv: CsvSection,
    report: ReportSection,
    notify: NotifySection,
    state: StateSection,
    approval: ApprovalSection,
}

/// The tenant.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Tenant")]
pub struct TenantSection {
    /// The tenant's cell; https only, http is allowed on loopback [example: https://XX-cell-NNN.api.lumapps.com]
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub base_url: Option<Url>,
    /// The organization on that cell; an application's login needs it [example: 1234567890123456]
    #[arg(long, value_name = "ID", value_parser = organization_id)]
    pub organization_id: Option<String>,
}

/// The login: an OAuth application that acts as an admin, or a ready token. Secrets belong into files of their own or
/// into the environment, never into this file.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Tenant")]
pub struct AuthSection {
    /// The OAuth application that runs the job; its token is renewed automatically [example: lumsync]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// File that holds the application's secret and nothing else; LUMSYNC_CLIENT_SECRET may hold the secret itself
    /// [example: /etc/lumsync/client-secret]
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// The admin that the application acts as; never changed by a run [example: admin@example.com]
    #[arg(long, value_name = "EMAIL", value_parser = Email::parse)]
    pub user_email: Option<Email>,
    /// File with a ready bearer token, which lives about an hour; LUMSYNC_TOKEN may hold the token itself [example:
    /// /run/secrets/lumapps-token]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// The request rate.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Speed and patience")]
pub struct RateSection {
    /// Requests a second, all kinds together: a number, `unlimited`, or `auto`, which rises from 10 while answers stay
    /// healthy and is halved by a refusal
    #[arg(long, value_name = "N", default_value = "10")]
    pub rps: RateSetting,
    /// The highest rate that `auto` tries
    #[arg(long, value_name = "N", default_value = "50", value_parser = positive_number)]
    pub max_rps: f64,
    /// Requests allowed back to back after an idle period
    #[arg(long, value_name = "N", default_value = "1", value_parser = positive::<NonZeroU32>)]
    pub burst: NonZeroU32,
    /// Requests in flight at once
    #[arg(long, value_name = "N", default_value = "16", value_parser = positive::<NonZeroUsize>)]
    pub concurrency: NonZeroUsize,
}

/// How users are listed.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Speed and patience")]
pub struct FetchSection {
    /// Users requested in one page; the server may send fewer
    #[arg(long, value_name = "N", default_value = "500", value_parser = positive::<NonZeroU32>)]
    pub page_size: NonZeroU32,
}

/// Single requests.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Speed and patience")]
pub struct HttpSection {
    /// Time limit of one request, its answer included
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = positive_duration)]
    pub timeout: Duration,
    /// Retries of one request beyond the first try
    #[arg(long, value_name = "N", default_value = "5", value_parser = whole_number::<u32>)]
    pub retries: u32,
    /// The longest pause that the tenant may ask for; a longer one ends the run in good order
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration)]
    pub max_wait: Duration,
    /// File of PEM certificates that are trusted besides the system's [example: /etc/ssl/proxy-ca.pem]
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

/// The run as a whole.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Speed and patience")]
pub struct RunSection {
    /// After this time nothing new starts, and the run ends in good order with exit code 4 [example: 2h]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub max_duration: Option<Duration>,
    /// After the last change, read again what was changed; a user that is not as wanted ends the run with exit code 4
    #[arg(long)]
    pub verify: bool,
}

/// What the CSV means.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Policy and guardrails")]
pub struct PolicySection {
    /// The CSV is only a part of the truth: nobody is disabled for absence
    #[arg(long)]
    pub partial: bool,
    /// What becomes of an enabled user without a row
    #[arg(long, value_name = "POLICY", default_value = "disable")]
    pub on_missing: OnMissing,
    /// How long an enabled user must have had no row before it is disabled: until no good full run has had a row for it for
    /// that long [example: 7d]
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub grace: Duration,
    /// What becomes of a run with an invalid row
    #[arg(long, value_name = "POLICY", default_value = "stop")]
    pub on_invalid: OnInvalid,
    /// What becomes of a new account that looks like a user without a row
    #[arg(long, value_name = "POLICY", default_value = "hold")]
    pub on_lookalike: OnLookalike,
}

/// Limits on the whole plan, checked before the first write: a number of users, or a percentage of the enabled users in
/// scope. One that trips ends the run with exit code 3, and nothing is written.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Policy and guardrails")]
pub struct GuardrailSection {
    /// Users disabled at most; a percentage always allows 5 [default: 10%]
    #[arg(long, value_name = "N or P%")]
    pub max_disable: Option<Amount>,
    /// Users created at most [example: 100]
    #[arg(long, value_name = "N or P%")]
    pub max_create: Option<Amount>,
    /// Users enabled at most; a percentage always allows 5 [default: 10%]
    #[arg(long, value_name = "N or P%")]
    pub max_enable: Option<Amount>,
    /// Users updated at most, as a number or a percentage of the users in scope, which always allows 50 [default: 50%]
    #[arg(long, value_name = "N or P%")]
    pub max_update: Option<Amount>,
    /// Members that one group loses at most, as a number or a percentage of its members, which always allows 5 [default:
    /// 20%]
    #[arg(long, value_name = "N or P%")]
    pub max_leave: Option<Amount>,
    /// Valid rows at least [default: 1]
    #[arg(long, value_name = "N", value_parser = whole_number::<u64>)]
    pub min_rows: Option<u64>,
    /// Rows exactly, valid or not, as whoever wrote the CSV counted them [example: 1234]
    #[arg(long, value_name = "N", value_parser = whole_number::<u64>)]
    pub expect_rows: Option<u64>,
    /// Let managed columns be gone that the last good full run of this tenant had
    #[arg(long)]
    pub allow_column_change: bool,
    /// How much smaller the CSV may be than at the last good full run of this tenant [default: 20%]
    #[arg(long, value_name = "P%", value_parser = share)]
    pub max_shrink: Option<Amount>,
    /// How many fewer users in scope may be listed than at the last good run of this tenant and scope [default: 20%]
    #[arg(long, value_name = "P%", value_parser = share)]
    pub max_remote_shrink: Option<Amount>,
}

/// Which users the job may change.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Policy and guardrails")]
pub struct ScopeSection {
    /// Users whose address matches this glob are never changed (repeatable); super admins and the job's own account
    /// never are [example: *@board.example.com]
    #[arg(long, value_name = "PATTERN", value_parser = protect_pattern)]
    pub protect: Vec<String>,
    /// Only users of this e-mail domain are in scope (repeatable) [default: all] [example: partner.example]
    #[arg(long = "email-domain", value_name = "DOMAIN", value_parser = email_domain)]
    pub email_domains: Vec<String>,
    /// Account types in scope: external, google, microsoft, okta
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "external", value_parser = account_type)]
    pub types: Vec<AccountType>,
}

/// Groups, where the CSV has a column `groups`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Groups")]
pub struct GroupSection {
    /// What a row's groups are: further ones, or exactly its managed ones
    #[arg(long = "groups", value_name = "MODE", default_value = "add")]
    pub mode: GroupMode,
    /// With `exact`, the groups that the job keeps: a glob on names, or `id:N` (repeatable) [example: Team *]
    #[arg(long = "managed-group", value_name = "PATTERN", value_parser = managed_group)]
    pub managed: Vec<GroupPattern>,
    /// What a group comes to that a row names and that is unknown, ambiguous, not managed or never written to
    #[arg(long = "on-unknown-group", value_name = "POLICY", default_value = "stop")]
    pub on_unknown: OnUnknownGroup,
}

/// How the CSV is read. What is not set is detected.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "CSV")]
pub struct CsvSection {
    /// Delimiter between cells: one character, or comma, semicolon, tab, pipe [default: auto-detected] [example: ;]
    #[arg(long, value_name = "C", value_parser = parse_delimiter)]
    pub delimiter: Option<u8>,
    /// Encoding of the file, such as utf-8, utf-16le, windows-1252 [default: auto-detected] [example: windows-1252]
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// Header of the column of a field: email, firstName, lastName, status, disabled, startDate, endDate, isHidden, uid,
    /// groups or password (repeatable) [default: the usual headers of seven languages] [example: email=Work e-mail]
    #[arg(long = "column", value_name = "FIELD=HEADER", value_parser = parse_column)]
    pub columns: Vec<(Field, String)>,
    /// Header of a column that nothing is read from, whatever it says (repeatable) [example: Employment Status]
    #[arg(long = "ignore-column", value_name = "HEADER")]
    pub ignore_columns: Vec<String>,
    /// Further word of the status column, with its meaning (repeatable) [example: terminated=disabled]
    #[arg(long = "status-word", value_name = "WORD=MEANING", value_parser = parse_status_word)]
    pub status_words: Vec<(String, Status)>,
    /// Lines in front of the header row
    #[arg(long, value_name = "N", default_value = "0", value_parser = whole_number::<u64>)]
    pub skip_lines: u64,
    /// Form of first and last days, with the marks of strftime [default: ISO 8601] [example: %d.%m.%Y]
    #[arg(long, value_name = "F", value_parser = parse_date_format)]
    pub date_format: Option<DateFormat>,
    /// Time zone that says which day is today [default: the machine's] [example: Europe/Paris]
    #[arg(long, value_name = "NAME", value_parser = time_zone)]
    pub time_zone: Option<TimeZone>,
    /// A word that stands for an empty cell in every column, to the letter (repeatable) [example: NULL]
    #[arg(long = "null-word", value_name = "WORD", value_parser = NonEmptyStringValueParser::new())]
    pub null_words: Vec<String>,
}

/// What a run writes beside its folder in the state dir.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub struct ReportSection {
    /// Write a report; the ending selects the format: .json .csv .html .md (repeatable) [example:
    /// /var/lib/lumsync/last-run.html]
    #[arg(long = "report", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write the run's figures in Prometheus' text format, for node_exporter's textfile collector; in a folder, to a
    /// file of the tenant's own [example: /var/lib/prometheus/node-exporter/lumsync.prom]
    #[arg(long, value_name = "FILE")]
    pub metrics_file: Option<PathBuf>,
    /// Push the same figures to a Prometheus Pushgateway, in a group for this tenant [example:
    /// http://pushgateway.example.com:9091]
    #[arg(long, value_name = "URL", value_parser = push_url)]
    pub push_metrics: Option<Url>,
}

/// Notifications to a chat or a program; they hold counts and the run's name, and name nobody.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub struct NotifySection {
    /// Post a summary of the run to this URL; it is a secret, better kept in LUMSYNC_NOTIFY_URL than in the config file
    /// [example: https://hooks.example.com/services/…]
    #[arg(long = "notify", alias = "notify-url", value_name = "URL")]
    pub url: Option<NotifyUrl>,
    /// When to post
    #[arg(long = "notify-on", value_name = "LIST", value_delimiter = ',', default_value = "failure,guardrail")]
    pub on: Vec<NotifyOn>,
    /// What is posted
    #[arg(id = "notify.format", long = "notify-format", value_name = "FORMAT", default_value = "slack")]
    pub format: NotifyFormat,
}

/// The state dir.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub struct StateSection {
    /// Directory for locks and a folder for each run [default: $XDG_STATE_HOME/lumsync, else ~/.local/state/lumsync]
    /// [example: /var/lib/lumsync]
    #[arg(long = "state-dir", value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Run folders kept; older ones are removed when a run ends
    #[arg(long, value_name = "N", default_value = "400", value_parser = positive::<NonZeroUsize>)]
    pub keep_runs: NonZeroUsize,
}

/// Who must agree before `apply` writes. Where approvals are asked for, `sync` refuses to write.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Approval")]
pub struct ApprovalSection {
    /// Who may sign a plan, in OpenSSH's format of allowed signers; only a plan that was signed is applied [example:
    /// /etc/lumsync/allowed_signers]
    #[arg(long, value_name = "FILE")]
    pub allowed_signers: Option<PathBuf>,
    /// How many different people must have signed the plan [default: 1]
    #[arg(long = "approvals", value_name = "N", value_parser = positive::<NonZeroU32>)]
    pub count: Option<NonZeroU32>,
}

/// The log, which goes to standard error.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "General")]
pub struct LogSection {
    /// Format of log lines
    #[arg(long = "log-format", global = true, value_name = "FORMAT", default_value = "text")]
    pub format: LogFormat,
    /// Which events are logged [default: info; debug with -v, error with -q] [example: lumsync=debug,warn]
    #[arg(long = "log", global = true, value_name = "FILTER")]
    pub filter: Option<String>,
}
