//! Keeps the tenant's file up to date.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::disk;
use super::settings::SandboxError;
use super::tenant::Tenant;

/// After a write, others are waited for: a run of a thousand writes costs a handful of saves.
const GATHERING: Duration = Duration::from_secs(1);

/// The disk may be busy with saves for this part of the time at most, however large the tenant.
const REST_FACTOR: u32 = 4;

/// Saves after writes until the sandbox stops, and then once more; a state that is saved is not written again.
pub(super) async fn keep_saved(tenant: Arc<Tenant>, mut saved_version: Option<u64>) -> Result<(), SandboxError> {
    let Some(path) = tenant.settings.save_to.clone() else { return Ok(()) };
    let mut stopping = tenant.stopping.subscribe();
    let mut rest = Duration::ZERO;
    loop {
        let is_stopping = *stopping.borrow();
        if saved_version != Some(tenant.users().version()) {
            let began = Instant::now();
            let (saving, path) = (Arc::clone(&tenant), path.clone());
            let saved = spawn_blocking(move || disk::save(&saving.store, &path)).await;
            saved_version = Some(saved.map_err(|source| SandboxError::Broken { source })??);
            rest = GATHERING.max(began.elapsed() * REST_FACTOR);
        }
        if is_stopping {
            return Ok(());
        }
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => {}
            () = async { tenant.written.notified().await; sleep(rest.max(GATHERING)).await } => {}
        }
    }
}
