//! One layer of settings: what the options, the environment or the config file say, and nothing where they are silent.
//!
//! The sections and keys are the config file's (contract, "Options, environment, config").

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use super::values::{DurationSetting, NotifyOn, RateSetting};
use crate::cli::{GlobalOptions, RunOptions};
use crate::console::LogFormat;
use crate::model::Amount;
use crate::plan::{OnInvalid, OnMissing};

/// Declares a section: optional keys, and how a higher layer goes over a lower one.
macro_rules! section {
    ($(#[$about:meta])* $name:ident { $($(#[$key_attribute:meta])* $key:ident: $type:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct $name {
            $($(#[$key_attribute])* pub(super) $key: Option<$type>,)*
        }

        impl $name {
            fn over(self, lower: Self) -> Self {
                Self { $($key: self.$key.or(lower.$key),)* }
            }
        }
    };
}

section!(TenantSection { base_url: String, organization_id: String });
section!(AuthSection {
    token_file: PathBuf,
    client_id: String,
    client_secret_file: PathBuf,
    user_email: String,
    /// From the environment alone: a secret is no option and stands in no config file.
    #[serde(skip)]
    token: SecretString,
    #[serde(skip)]
    client_secret: SecretString,
});
section!(RateSection { rps: RateSetting, max_rps: f64, burst: NonZeroU32, concurrency: NonZeroUsize });
section!(FetchSection { page_size: NonZeroU32 });
section!(HttpSection { timeout: DurationSetting, retries: u32, max_wait: DurationSetting });
section!(RunSection { max_duration: DurationSetting });
section!(PolicySection { partial: bool, on_missing: OnMissing, on_invalid: OnInvalid });
section!(GuardrailSection {
    max_disable: Amount,
    max_create: Amount,
    max_update: Amount,
    min_rows: u64,
    max_shrink: Amount,
});
section!(ScopeSection {
    protect: Vec<String>,
    email_domains: Vec<String>,
    types: OneOrMany,
});
section!(CsvSection {
    delimiter: String,
    encoding: String,
    columns: BTreeMap<String, String>,
});
section!(ReportSection {
    files: Vec<PathBuf>,
    metrics_file: PathBuf,
});
section!(NotifySection {
    url: String,
    on: Vec<NotifyOn>,
});
section!(StateSection { dir: PathBuf });
section!(LogSection { format: LogFormat, filter: String });

impl AuthSection {
    /// A layer that names one way to log in hides the other ways of the layers below: an option `--client-id` is not
    /// overruled by a token in the environment.
    fn without_other_ways(&self, mut lower: Self) -> Self {
        let names_token = self.token.is_some() || self.token_file.is_some();
        let names_application =
            self.client_id.is_some() || self.client_secret.is_some() || self.client_secret_file.is_some();
        if names_token || names_application {
            lower.token = None;
            lower.token_file = None;
        }
        if names_token {
            lower.client_id = None;
        }
        if self.client_secret.is_some() || self.client_secret_file.is_some() {
            lower.client_secret = None;
            lower.client_secret_file = None;
        }
        lower
    }
}

/// `types = "external"` or `types = ["external", "google"]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn into_list(self) -> Vec<String> {
        match self {
            Self::One(list) => list.split(',').map(|item| item.trim().to_owned()).collect(),
            Self::Many(list) => list,
        }
    }
}

/// All sections of one layer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Layer {
    pub(super) tenant: TenantSection,
    pub(super) auth: AuthSection,
    pub(super) rate: RateSection,
    pub(super) fetch: FetchSection,
    pub(super) http: HttpSection,
    pub(super) run: RunSection,
    pub(super) policy: PolicySection,
    pub(super) guardrails: GuardrailSection,
    pub(super) scope: ScopeSection,
    pub(super) csv: CsvSection,
    pub(super) report: ReportSection,
    pub(super) notify: NotifySection,
    pub(super) state: StateSection,
    pub(super) log: LogSection,
}

impl Layer {
    /// This layer where it speaks, the lower one where it is silent.
    pub(super) fn over(self, lower: Self) -> Self {
        Self {
            tenant: self.tenant.over(lower.tenant),
            auth: {
                let lower = self.auth.without_other_ways(lower.auth);
                self.auth.over(lower)
            },
            rate: self.rate.over(lower.rate),
            fetch: self.fetch.over(lower.fetch),
            http: self.http.over(lower.http),
            run: self.run.over(lower.run),
            policy: self.policy.over(lower.policy),
            guardrails: self.guardrails.over(lower.guardrails),
            scope: self.scope.over(lower.scope),
            csv: self.csv.over(lower.csv),
            report: self.report.over(lower.report),
            notify: self.notify.over(lower.notify),
            state: self.state.over(lower.state),
            log: self.log.over(lower.log),
        }
    }

    /// What the options say, but for those of the CSV, which are read as they are given.
    pub(super) fn of_options(run: &RunOptions, global: &GlobalOptions) -> Self {
        let RunOptions { sandbox: _, tenant, http, policy, csv: _, report } = run;
        Self {
            tenant: TenantSection {
                base_url: tenant.base_url.clone(),
                organization_id: tenant.organization_id.clone(),
            },
            auth: AuthSection {
                token_file: tenant.token_file.clone(),
                client_id: tenant.client_id.clone(),
                client_secret_file: tenant.client_secret_file.clone(),
                user_email: tenant.user_email.clone(),
                token: None,
                client_secret: None,
            },
            rate: RateSection {
                rps: http.rps,
                max_rps: http.max_rps,
                burst: http.burst,
                concurrency: http.concurrency,
            },
            fetch: FetchSection { page_size: http.page_size.and_then(NonZeroU32::new) },
            http: HttpSection { timeout: http.timeout, retries: http.retries, max_wait: http.max_wait },
            run: RunSection { max_duration: http.max_duration },
            policy: PolicySection {
                partial: policy.partial.then_some(true),
                on_missing: policy.on_missing,
                on_invalid: policy.on_invalid,
            },
            guardrails: GuardrailSection {
                max_disable: policy.max_disable,
                max_create: policy.max_create,
                max_update: policy.max_update,
                min_rows: policy.min_rows,
                max_shrink: policy.max_shrink,
            },
            scope: ScopeSection {
                protect: given(&policy.protect),
                email_domains: given(&policy.email_domains),
                types: given(&policy.types).map(OneOrMany::Many),
            },
            csv: CsvSection::default(),
            report: ReportSection { files: given(&report.reports), metrics_file: report.metrics_file.clone() },
            notify: NotifySection { url: report.notify.clone(), on: given(&report.notify_on) },
            state: StateSection { dir: report.state_dir.clone() },
            log: LogSection { format: global.log_format, filter: None },
        }
    }
}

fn given<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}
