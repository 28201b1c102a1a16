//! Keeps the tenant's file up to date.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::file;
use crate::sandbox::rules::tenant::Tenant;
use crate::sandbox::settings::SandboxError;

/// How long to wait after a write for further ones, so that a thousand writes cost a handful of saves.
const GATHERING: Duration = Duration::from_secs(1);

/// The pause after a save, as a multiple of the time it took: a large tenant must not keep the disk busy.
const REST_FACTOR: u32 = 4;

/// Saves after writes until the sandbox stops, and then once more; a state that is saved is not written again.
///
/// A save that fails is tried again after the next write; only the last one's failure is an error.
pub(crate) async fn keep_saved(tenant: Arc<Tenant>) -> Result<(), SandboxError> {
    let Some(path) = tenant.settings.save_to.clone() else { return Ok(()) };
    let mut stopping = tenant.stopping.subscribe();
    let mut saved_version = 0;
    let mut rest = GATHERING;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            () = async { tenant.changed.notified().await; sleep(rest).await } => {}
        }
        let began = Instant::now();
        if let Ok(version) = save_changes(&tenant, saved_version, &path).await {
            saved_version = version;
        }
        rest = GATHERING.max(began.elapsed() * REST_FACTOR);
    }
    save_changes(&tenant, saved_version, &path).await.map(drop)
}

/// Saves what is newer than the version that is on disk; returns the version that is there now.
async fn save_changes(tenant: &Arc<Tenant>, saved_version: u64, path: &Path) -> Result<u64, SandboxError> {
    if saved_version == tenant.state().objects.version() {
        return Ok(saved_version);
    }
    let (tenant, path) = (Arc::clone(tenant), path.to_owned());
    let saving = spawn_blocking(move || file::save(&tenant, &path));
    saving.await.map_err(|source| SandboxError::Broken { source })?
}
