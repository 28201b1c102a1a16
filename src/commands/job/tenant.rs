//! The tenant of a command: a real one, or an embedded one that is served while the command runs.

use std::path::PathBuf;

use url::Url;

use super::embedded::EmbeddedTenant;
use super::failure::Failure;
use super::session::Session;
use crate::api::{ConnectSettings, Credentials, UserReader};
use crate::cli::SandboxOption;
use crate::exit::Exit;
use crate::model::Tenant;
use crate::settings::{Settings, SettingsError, TenantLogin};

/// The tenant that the options select; nothing is started yet.
#[derive(Debug)]
pub enum Target {
    /// A real one.
    Real(TenantLogin),
    /// An embedded one (`--sandbox`).
    Embedded(Option<PathBuf>),
}

/// A connection to a tenant.
pub struct Connection {
    /// For reading; its writer is behind the same gate.
    pub reader: UserReader,
    sandbox: Option<EmbeddedTenant>,
}

/// The organization of every embedded tenant.
const SANDBOX_ORGANIZATION: &str = "sandbox";

impl Target {
    /// Reads the options.
    pub fn new(sandbox: Option<&SandboxOption>, session: &Session) -> Result<Self, SettingsError> {
        if let Some(tenant) = sandbox {
            return Ok(Self::Embedded(tenant.file.clone()));
        }
        session.environment.check_proxies()?;
        session.login().map(Self::Real)
    }

    /// The tenant's name in plans and reports: for an embedded tenant its file, since its port changes.
    pub fn tenant(&self) -> Tenant {
        match self {
            Self::Real(login) => login.tenant.clone(),
            Self::Embedded(file) => {
                let file = file.as_deref().map(|file| file.display().to_string()).unwrap_or_default();
                Tenant { base_url: format!("sandbox:{file}"), organization_id: SANDBOX_ORGANIZATION.to_owned() }
            }
        }
    }

    /// Connects; starts the embedded tenant where it is selected.
    pub async fn connect(self, settings: &Settings) -> Result<Connection, Failure> {
        let (login, sandbox) = match self {
            Self::Real(login) => (login, None),
            Self::Embedded(file) => {
                let (login, sandbox) = start_sandbox(file).await?;
                (login, Some(sandbox))
            }
        };
        let reader = UserReader::connect(ConnectSettings {
            base_url: login.base_url,
            organization_id: login.tenant.organization_id,
            credentials: login.credentials,
            // An embedded tenant speaks plain http.
            ca_certificates: if sandbox.is_some() { Vec::new() } else { settings.http.ca_certificates()? },
            timeout: settings.http.timeout,
            retries: settings.http.retries,
            gate: settings.gate(),
        })?;
        Ok(Connection { reader, sandbox })
    }
}

impl Connection {
    /// Stops the embedded tenant, which saves its file.
    pub async fn close(self) -> Result<(), Failure> {
        match self.sandbox {
            Some(sandbox) => sandbox.stop().await,
            None => Ok(()),
        }
    }
}

async fn start_sandbox(file: Option<PathBuf>) -> Result<(TenantLogin, EmbeddedTenant), Failure> {
    let sandbox = EmbeddedTenant::start(SANDBOX_ORGANIZATION, file).await?;
    let url = sandbox.base_url();
    let base_url = Url::parse(&url).map_err(|error| Failure::new(Exit::CouldNot, error))?;
    let tenant = Tenant { base_url: url, organization_id: SANDBOX_ORGANIZATION.to_owned() };
    Ok((TenantLogin { base_url, tenant, credentials: Credentials::Token(sandbox.token().into()) }, sandbox))
}
