//! The embedded tenant of a build without the feature `sandbox`: it can't be started.

use std::convert::Infallible;
use std::path::PathBuf;

use thiserror::Error;

use super::failure::Failure;
use crate::exit::Exit;

#[derive(Debug, Error)]
#[error("this build of lumsync has no sandbox: leave --sandbox out, or build with the cargo feature `sandbox`")]
struct NotBuilt;

/// Never constructed.
pub(super) struct EmbeddedTenant(Infallible);

impl EmbeddedTenant {
    #[expect(clippy::unused_async, reason = "the embedded tenant starts so")]
    pub(super) async fn start(_: &str, _: Option<PathBuf>) -> Result<Self, Failure> {
        Err(Failure::new(Exit::Usage, NotBuilt))
    }

    pub(super) fn base_url(&self) -> String {
        match self.0 {}
    }

    pub(super) fn token(&self) -> String {
        match self.0 {}
    }

    #[expect(clippy::unused_async, reason = "the embedded tenant stops so")]
    pub(super) async fn stop(self) -> Result<(), Failure> {
        match self.0 {}
    }
}
