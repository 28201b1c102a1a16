//! What the other layers are given of the merged settings.

use std::fs;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::civil::Date;
use reqwest::Certificate;

use super::sections::{
    CsvSection, GroupSection, GuardrailSection, HttpSection, PolicySection, ScopeSection, Settings, StateSection,
};
use super::values::RateSetting;
use super::{Environment, SettingsError};
use crate::api::{GateSettings, Rate};
use crate::plan::{GroupMode, GroupRules, Limits, PolicyFacts, Scope};
use crate::source::SourceSettings;

impl Settings {
    /// The pace.
    pub fn gate(&self) -> GateSettings {
        let rate = &self.rate;
        GateSettings {
            rate: match rate.rps {
                RateSetting::PerSecond(rate) => Rate::PerSecond(rate),
                RateSetting::Unlimited => Rate::Unlimited,
                RateSetting::Auto => Rate::Auto { at_most: rate.max_rps },
            },
            burst: rate.burst,
            concurrency: rate.concurrency,
            max_wait: self.http.max_wait,
        }
    }

    /// Which users the job may change.
    pub fn scope(&self) -> Result<Scope, SettingsError> {
        let ScopeSection { types, email_domains, protect } = &self.scope;
        Ok(Scope::new(types, email_domains, protect, self.auth.user_email.clone())?)
    }
}

impl HttpSection {
    /// The certificates of `--ca-file`.
    pub fn ca_certificates(&self) -> Result<Vec<Certificate>, SettingsError> {
        let Some(path) = self.ca_file.clone() else { return Ok(Vec::new()) };
        let what = "CA file";
        match fs::read(&path) {
            Err(source) => Err(SettingsError::File { path, what, source }),
            Ok(text) => match Certificate::from_pem_bundle(&text) {
                Ok(certificates) if !certificates.is_empty() => Ok(certificates),
                _ => Err(SettingsError::NoCertificate { path }),
            },
        }
    }
}

impl GroupSection {
    /// How `groups` cells are meant.
    pub fn rules(&self) -> Result<GroupRules, SettingsError> {
        if self.mode == GroupMode::Exact && self.managed.is_empty() {
            return Err(SettingsError::NoManagedGroup);
        }
        Ok(GroupRules { mode: self.mode, managed: self.managed.clone(), on_unknown: self.on_unknown })
    }
}

impl PolicySection {
    /// As a plan holds it.
    pub fn facts(&self) -> PolicyFacts {
        let Self { partial, on_missing, on_invalid, on_lookalike, .. } = *self;
        PolicyFacts { partial, on_missing, on_invalid, on_lookalike }
    }

    /// How long users without a row keep their access.
    pub fn grace(&self) -> SignedDuration {
        SignedDuration::try_from(self.grace).unwrap_or(SignedDuration::MAX)
    }
}

impl GuardrailSection {
    /// The limits, with the defaults of those that are not set.
    pub fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            max_disable: self.max_disable.unwrap_or(default.max_disable),
            max_create: self.max_create.or(default.max_create),
            max_enable: self.max_enable.unwrap_or(default.max_enable),
            max_update: self.max_update.unwrap_or(default.max_update),
            max_leave: self.max_leave.unwrap_or(default.max_leave),
            min_rows: self.min_rows.unwrap_or(default.min_rows),
            expect_rows: self.expect_rows,
            allow_column_change: self.allow_column_change,
            max_shrink: self.max_shrink.unwrap_or(default.max_shrink),
            max_remote_shrink: self.max_remote_shrink.unwrap_or(default.max_remote_shrink),
        }
    }
}

impl CsvSection {
    /// How the CSV is read on the given day.
    pub fn settings(&self, today: Date) -> SourceSettings {
        SourceSettings {
            delimiter: self.delimiter,
            encoding: self.encoding,
            columns: self.columns.iter().cloned().collect(),
            ignored_columns: self.ignore_columns.clone(),
            status_words: self.status_words.clone(),
            skip_lines: self.skip_lines,
            date_format: self.date_format.clone(),
            today,
            null_words: self.null_words.clone(),
            ..SourceSettings::default()
        }
    }
}

impl StateSection {
    /// The state dir.
    pub fn dir(&self, environment: &Environment) -> Result<PathBuf, SettingsError> {
        self.dir.clone().or_else(|| environment.default_state_dir()).ok_or(SettingsError::NoStateDir)
    }
}
