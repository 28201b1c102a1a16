//! What stands for the embedded tenant in a build without the feature `sandbox`.

use std::convert::Infallible;
use std::path::PathBuf;

use thiserror::Error;

/// Why there is no embedded tenant.
#[derive(Debug, Error)]
pub enum SandboxCommandError {
    /// The feature is off.
    #[error("this build of lumsync has no sandbox: leave --sandbox out, or build with the cargo feature `sandbox`")]
    NotBuilt,
}

impl SandboxCommandError {
    /// Whether the call is wrong and not the surroundings.
    pub fn is_usage(&self) -> bool {
        true
    }
}

/// A tenant that is never there.
pub(super) struct EmbeddedTenant(Infallible);

impl EmbeddedTenant {
    #[expect(clippy::unused_async, reason = "the embedded tenant starts so")]
    pub(super) async fn start(_: &str, _: Option<PathBuf>) -> Result<Self, SandboxCommandError> {
        Err(SandboxCommandError::NotBuilt)
    }

    pub(super) fn base_url(&self) -> String {
        match self.0 {}
    }

    pub(super) fn token(&self) -> String {
        match self.0 {}
    }

    #[expect(clippy::unused_async, reason = "the embedded tenant stops so")]
    pub(super) async fn stop(self) -> Result<(), SandboxCommandError> {
        match self.0 {}
    }
}
