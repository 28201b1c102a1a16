//! The tenant of `--sandbox`, which lives as long as the command.

use std::path::PathBuf;

use super::failure::Failure;
use crate::exit::Exit;
use crate::sandbox::{Sandbox, SandboxError, SandboxSettings, TenantSource};

pub(super) struct EmbeddedTenant(Sandbox);

impl EmbeddedTenant {
    /// Starts a tenant that is kept in a file, or a sample that is not kept.
    pub(super) async fn start(organization_id: &str, file: Option<PathBuf>) -> Result<Self, Failure> {
        let settings = SandboxSettings {
            organization_id: organization_id.to_owned(),
            tenant: file.clone().map_or(TenantSource::Sample, TenantSource::File),
            save_to: file,
            ..SandboxSettings::default()
        };
        Ok(Self(Sandbox::start(settings).await?))
    }

    pub(super) fn base_url(&self) -> String {
        self.0.base_url()
    }

    pub(super) fn token(&self) -> String {
        self.0.token()
    }

    /// Saves the file.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        Ok(self.0.stop().await?)
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        use SandboxError::{Line, NoFile, Read};
        let is_usage = matches!(error, NoFile { .. } | Read { .. } | Line { .. });
        Self::new(if is_usage { Exit::Usage } else { Exit::CouldNot }, error)
    }
}
