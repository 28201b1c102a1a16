//! Settings: option over environment over config file over default, merged once into plain structs (contract,
//! "Options, environment, config").
//!
//! | file | answers |
//! | --- | --- |
//! | `layer` | which keys there are, and how one layer goes over another |
//! | `environment`, `file` | what those two say |
//! | `values` | how durations and rates are written |
//! | `login` | which tenant, and who asks |
//! | `notify` | where a summary may be posted |
//! | `keys` | which keys there are, for people |

mod environment;
mod file;
mod keys;
mod layer;
mod login;
mod notify;
mod values;

use std::io;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

pub use environment::Environment;
pub use file::DEFAULT_CONFIG_FILE;
pub use keys::{Key, SECTIONS, Section, Value};
pub use login::TenantLogin;
pub use notify::{NotifyUrl, NotifyUrlError};
pub use values::{DurationSetting, NotifyOn, RateSetting, ValueError};

use crate::api::{GateSettings, Rate};
use crate::cli::{CsvOptions, GlobalOptions, RunOptions};
use crate::console::LogFormat;
use crate::model::{AccountType, Amount, Email, EmailProblem};
use crate::plan::{Limits, OnInvalid, OnMissing, PatternError, PolicyFacts, Scope};
use crate::source::{SettingError, SourceSettings, parse_column, parse_delimiter, parse_encoding};
use layer::{Layer, OneOrMany};

/// Everything that a run is told, but for the tenant's login: an embedded tenant needs none.
#[derive(Debug)]
pub struct Settings {
    /// The pace.
    pub gate: GateSettings,
    /// Users of a page.
    pub page_size: NonZeroU32,
    /// Of one request.
    pub timeout: Duration,
    /// Beyond the first try.
    pub retries: u32,
    /// After it, nothing new starts.
    pub max_duration: Option<Duration>,
    /// How absence and invalid rows are judged.
    pub policy: PolicyFacts,
    /// The guardrails.
    pub limits: Limits,
    /// Those of the guardrails that an option or the config file sets.
    pub limits_set: LimitsSet,
    /// Account types in scope.
    pub types: Vec<AccountType>,
    /// The other borders of the job.
    pub scope: Scope,
    /// How the CSV is read.
    pub source: SourceSettings,
    /// What a run leaves behind.
    pub report: ReportSettings,
    /// Where runs are kept.
    pub state_dir: PathBuf,
    /// What is logged, and how.
    pub log: LogSettings,
    login: login::LoginLayer,
}

/// The guardrails that somebody set, and nothing where the default holds: a saved plan brings limits of its own.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the same as in `Limits`")]
pub struct LimitsSet {
    pub max_disable: Option<Amount>,
    pub max_create: Option<Amount>,
    pub max_update: Option<Amount>,
    pub min_rows: Option<u64>,
    pub max_shrink: Option<Amount>,
}

/// What a run leaves behind.
#[derive(Debug, Clone, Default)]
pub struct ReportSettings {
    /// `--report`
    pub files: Vec<PathBuf>,
    /// `--metrics-file`
    pub metrics_file: Option<PathBuf>,
    /// `--notify`
    pub notify_url: Option<NotifyUrl>,
    /// `--notify-on`
    pub notify_on: Vec<NotifyOn>,
}

/// What is logged, and how.
#[derive(Debug, Clone, Default)]
pub struct LogSettings {
    /// `--log-format`
    pub format: LogFormat,
    /// `LUMSYNC_LOG`
    pub filter: Option<String>,
}

/// Settings that can't be used. All of them exit 2.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A file that can't be read.
    #[error("can't read the {what} {path}; check the path and its rights")]
    File {
        /// Which.
        path: PathBuf,
        /// What it is for.
        what: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file that is empty.
    #[error("the {what} {path} is empty")]
    EmptyFile {
        /// Which.
        path: PathBuf,
        /// What it is for.
        what: &'static str,
    },
    /// A key or value of the config file.
    #[error("{path}:{line}: {message}")]
    ConfigKey {
        /// Which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A variable's value.
    #[error("the variable {name} can't be used")]
    Variable {
        /// Which.
        name: &'static str,
        /// Why.
        #[source]
        source: ValueError,
    },
    /// How the CSV is read.
    #[error(transparent)]
    Csv(#[from] SettingError),
    /// `--protect`
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// `--max-shrink` takes a share alone.
    #[error("--max-shrink takes a percentage such as 20%, not {0}")]
    Shrink(Amount),
    /// `--types`
    #[error("--types: there is no account type `{0}`; the tenant knows {known}", known = AccountType::DOCUMENTED.map(AccountType::as_str).join(", "))]
    AccountType(String),
    /// `--timeout`
    #[error("--timeout takes a duration above 0, such as 60s")]
    Timeout,
    /// `--max-rps`
    #[error("--max-rps takes a number of requests a second above 0, not {0}")]
    MaxRps(f64),
    /// `--user-email`
    #[error("--user-email is no address")]
    UserEmail(#[source] EmailProblem),
    /// No tenant.
    #[error("no tenant: give --base-url (or LUMSYNC_BASE_URL, or tenant.base_url in lumsync.toml), or try --sandbox")]
    NoBaseUrl,
    /// A base URL that is none.
    #[error("--base-url {url}: {problem}")]
    BaseUrl {
        /// As given.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing to log in with.
    #[error(
        "no login: {missing}; give a ready token (LUMSYNC_TOKEN or --token-file), or --client-id, --client-secret-file and --user-email with --organization-id"
    )]
    NoLogin {
        /// What is missing.
        missing: &'static str,
    },
    /// A secret with characters that no header takes.
    #[error("the {what} holds characters that can't be sent; is the file the right one?")]
    BadSecret {
        /// Token or client secret.
        what: &'static str,
    },
    /// `--notify`
    #[error(transparent)]
    Notify(#[from] NotifyUrlError),
    /// No place for the state.
    #[error("no state dir: neither HOME nor XDG_STATE_HOME is set; give --state-dir")]
    NoStateDir,
}

impl Settings {
    /// Merges all layers.
    pub fn load(run: &RunOptions, global: &GlobalOptions, environment: &Environment) -> Result<Self, SettingsError> {
        let options = Layer::of_options(run, global);
        let file = file::layer(global.config.as_deref())?;
        Self::resolve(options.over(environment.layer()?).over(file), &run.csv, environment)
    }

    /// Which tenant, and who asks; an error says what is missing.
    pub fn login(&self) -> Result<TenantLogin, SettingsError> {
        self.login.resolve()
    }

    fn resolve(layer: Layer, csv: &CsvOptions, environment: &Environment) -> Result<Self, SettingsError> {
        let runs_as =
            layer.auth.user_email.as_deref().map(Email::parse).transpose().map_err(SettingsError::UserEmail)?;
        let seconds = |setting: Option<DurationSetting>, default| setting.map_or(default, |duration| duration.0);
        let types = types(layer.scope.types)?;
        let default_state_dir = || environment.default_state_dir().ok_or(SettingsError::NoStateDir);
        let max_wait = seconds(layer.http.max_wait, Duration::from_mins(5));
        Ok(Self {
            gate: gate(&layer.rate, max_wait)?,
            page_size: layer.fetch.page_size.unwrap_or(NonZeroU32::new(500).unwrap_or(NonZeroU32::MIN)),
            timeout: Some(seconds(layer.http.timeout, Duration::from_mins(1)))
                .filter(|timeout| !timeout.is_zero())
                .ok_or(SettingsError::Timeout)?,
            retries: layer.http.retries.unwrap_or(5),
            max_duration: layer.run.max_duration.map(|duration| duration.0),
            policy: PolicyFacts {
                partial: layer.policy.partial.unwrap_or(false),
                on_missing: layer.policy.on_missing.unwrap_or(OnMissing::Disable),
                on_invalid: layer.policy.on_invalid.unwrap_or(OnInvalid::Stop),
            },
            limits: limits(&layer.guardrails)?,
            limits_set: LimitsSet {
                max_disable: layer.guardrails.max_disable,
                max_create: layer.guardrails.max_create,
                max_update: layer.guardrails.max_update,
                min_rows: layer.guardrails.min_rows,
                max_shrink: layer.guardrails.max_shrink,
            },
            scope: Scope::new(
                &types,
                &layer.scope.email_domains.unwrap_or_default(),
                &layer.scope.protect.unwrap_or_default(),
                runs_as.clone(),
            )?,
            types,
            source: source(layer.csv, csv)?,
            report: ReportSettings {
                files: layer.report.files.unwrap_or_default(),
                metrics_file: layer.report.metrics_file,
                notify_url: layer.notify.url.as_deref().map(NotifyUrl::parse).transpose()?,
                notify_on: layer.notify.on.unwrap_or_else(|| vec![NotifyOn::Failure, NotifyOn::Guardrail]),
            },
            state_dir: layer.state.dir.map_or_else(default_state_dir, Ok)?,
            log: LogSettings { format: layer.log.format.unwrap_or_default(), filter: layer.log.filter },
            login: login::LoginLayer { tenant: layer.tenant, auth: layer.auth, runs_as },
        })
    }
}

/// Where runs are kept, for commands that need no other setting.
pub fn state_dir(
    option: Option<&Path>,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<PathBuf, SettingsError> {
    let configured = environment.layer()?.over(file::layer(config)?).state.dir;
    let default = || environment.default_state_dir().ok_or(SettingsError::NoStateDir);
    option.map(Path::to_owned).or(configured).map_or_else(default, Ok)
}

/// The config file that is read; none where none is named and the default one is not there.
pub fn config_file(global: &GlobalOptions) -> Option<PathBuf> {
    let default = Path::new(DEFAULT_CONFIG_FILE);
    global.config.clone().or_else(|| default.exists().then(|| default.to_owned()))
}

/// How log lines look, as far as it can be told: an error of the settings themselves has to be written somehow.
pub fn log_format(global: &GlobalOptions) -> LogFormat {
    let configured = || file::layer(global.config.as_deref()).ok().and_then(|layer| layer.log.format);
    global.log_format.or_else(configured).unwrap_or_default()
}

fn types(set: Option<OneOrMany>) -> Result<Vec<AccountType>, SettingsError> {
    let words = set.map_or_else(|| vec![AccountType::External.to_string()], OneOrMany::into_list);
    words
        .into_iter()
        .map(|word| match AccountType::from_word(&word) {
            AccountType::Undocumented => Err(SettingsError::AccountType(word)),
            known => Ok(known),
        })
        .collect()
}

fn gate(rate: &layer::RateSection, max_wait: Duration) -> Result<GateSettings, SettingsError> {
    let at_most = rate.max_rps.unwrap_or(50.0);
    if !at_most.is_finite() || at_most <= 0.0 {
        return Err(SettingsError::MaxRps(at_most));
    }
    Ok(GateSettings {
        rate: match rate.rps.unwrap_or(RateSetting::PerSecond(10.0)) {
            RateSetting::PerSecond(rate) => Rate::PerSecond(rate),
            RateSetting::Unlimited => Rate::Unlimited,
            RateSetting::Auto => Rate::Auto { at_most },
        },
        burst: rate.burst.unwrap_or(NonZeroU32::MIN),
        concurrency: rate.concurrency.unwrap_or(NonZeroUsize::new(16).unwrap_or(NonZeroUsize::MIN)),
        max_wait,
    })
}

fn limits(section: &layer::GuardrailSection) -> Result<Limits, SettingsError> {
    let default = Limits::default();
    let max_shrink = section.max_shrink.unwrap_or(default.max_shrink);
    if !max_shrink.is_share() {
        return Err(SettingsError::Shrink(max_shrink));
    }
    Ok(Limits {
        max_disable: section.max_disable.unwrap_or(default.max_disable),
        max_create: section.max_create,
        max_enable: default.max_enable,
        max_update: section.max_update.unwrap_or(default.max_update),
        max_remote_shrink: default.max_remote_shrink,
        min_rows: section.min_rows.unwrap_or(default.min_rows),
        max_shrink,
    })
}

/// How the CSV is read, for a command that needs no other setting.
pub fn source_settings(options: &CsvOptions, config: Option<&Path>) -> Result<SourceSettings, SettingsError> {
    source(file::layer(config)?.csv, options)
}

fn source(section: layer::CsvSection, options: &CsvOptions) -> Result<SourceSettings, SettingsError> {
    let mut settings = SourceSettings {
        delimiter: section.delimiter.as_deref().map(parse_delimiter).transpose()?,
        encoding: section.encoding.as_deref().map(parse_encoding).transpose()?,
        ..SourceSettings::default()
    };
    for (field, header) in section.columns.unwrap_or_default() {
        let (field, header) = parse_column(&format!("{field}={header}"))?;
        settings.columns.insert(field, header);
    }
    settings.delimiter = options.delimiter.or(settings.delimiter);
    settings.encoding = options.encoding.or(settings.encoding);
    settings.columns.extend(options.columns.iter().cloned());
    Ok(settings)
}

/// Reads a file that holds one secret.
fn read_secret(path: &Path, what: &'static str) -> Result<secrecy::SecretString, SettingsError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| SettingsError::File { path: path.to_owned(), what, source })?;
    match text.trim() {
        "" => Err(SettingsError::EmptyFile { path: path.to_owned(), what }),
        secret => Ok(secret.into()),
    }
}
