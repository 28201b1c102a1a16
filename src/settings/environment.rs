//! The one place that reads the environment.

use std::io::IsTerminal;
use std::path::PathBuf;

use super::SettingsError;
use super::layer::{AuthSection, Layer, LogSection, NotifySection, RateSection, StateSection, TenantSection};

/// What the process was started with, read once.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: Vec<(String, String)>,
    /// Whether a person can answer on standard input.
    pub is_input_terminal: bool,
    /// Whether standard output is a terminal.
    pub is_output_terminal: bool,
    /// Whether standard error is a terminal.
    pub is_error_terminal: bool,
}

impl Environment {
    /// Reads the process's environment.
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            is_input_terminal: std::io::stdin().is_terminal(),
            is_output_terminal: std::io::stdout().is_terminal(),
            is_error_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// An environment of these variables alone, without a terminal.
    #[cfg(test)]
    pub(super) fn of_variables<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self { variables: variables.into_iter().map(owned).collect(), ..Self::default() }
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(variable, _)| variable == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Where state goes when nothing says otherwise (XDG base directories).
    pub fn default_state_dir(&self) -> Option<PathBuf> {
        let xdg = self.get("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        xdg.or_else(|| self.get("HOME").map(|home| PathBuf::from(home).join(".local/state")))
            .map(|base| base.join("lumsync"))
    }

    /// What the variables say.
    pub(super) fn layer(&self) -> Result<Layer, SettingsError> {
        let text = |name| self.get(name).map(str::to_owned);
        let rps = self
            .get("LUMSYNC_RPS")
            .map(|value| value.parse().map_err(|source| SettingsError::Variable { name: "LUMSYNC_RPS", source }));
        Ok(Layer {
            tenant: TenantSection {
                base_url: text("LUMSYNC_BASE_URL"),
                organization_id: text("LUMSYNC_ORGANIZATION_ID"),
            },
            auth: AuthSection {
                token: self.get("LUMSYNC_TOKEN").map(Into::into),
                client_id: text("LUMSYNC_CLIENT_ID"),
                client_secret: self.get("LUMSYNC_CLIENT_SECRET").map(Into::into),
                user_email: text("LUMSYNC_USER_EMAIL"),
                ..AuthSection::default()
            },
            rate: RateSection { rps: rps.transpose()?, ..RateSection::default() },
            notify: NotifySection { url: text("LUMSYNC_NOTIFY_URL"), ..NotifySection::default() },
            state: StateSection { dir: self.get("LUMSYNC_STATE_DIR").map(PathBuf::from) },
            log: LogSection { filter: text("LUMSYNC_LOG"), ..LogSection::default() },
            ..Layer::default()
        })
    }
}
