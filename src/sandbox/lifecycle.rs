//! Starting, watching and stopping a sandbox.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::Instant;

use super::faults::edit::{self, Edit};
use super::faults::schedule::Fault;
use super::rules::tenant::Tenant;
use super::server::connection;
use super::server::routes::router;
use super::server::traffic::Call;
use super::settings::{Credentials, SandboxError, SandboxSettings};
use super::storage::object::ObjectKind;
use super::storage::{autosave, file};

/// A running tenant on loopback. One that is dropped without [`Sandbox::stop`] ends without a last save.
#[derive(Debug)]
pub struct Sandbox {
    tenant: Arc<Tenant>,
    port: u16,
    server: Option<JoinHandle<()>>,
    autosave: Option<JoinHandle<Result<(), SandboxError>>>,
}

impl Sandbox {
    /// Loads the tenant and begins to serve it; returns once calls are answered.
    pub async fn start(settings: SandboxSettings) -> Result<Sandbox, SandboxError> {
        let port = settings.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(|source| SandboxError::Listen { port, source })?;
        let port = listener.local_addr().map_err(|source| SandboxError::Listen { port, source })?.port();
        let tenant = spawn_blocking(move || file::load(settings)).await;
        let tenant = Arc::new(tenant.map_err(|source| SandboxError::Broken { source })??);
        let stopping = tenant.stopping.subscribe();
        let server = tokio::spawn(connection::accept(listener, router(Arc::clone(&tenant)), port, stopping));
        let autosave = tokio::spawn(autosave::keep_saved(Arc::clone(&tenant)));
        Ok(Sandbox { tenant, port, server: Some(server), autosave: Some(autosave) })
    }

    /// The root of the API, such as `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The tenant's identifier.
    pub fn organization_id(&self) -> &str {
        &self.tenant.settings.organization_id
    }

    /// The application that may log in, and the administrator that it acts as.
    pub fn credentials(&self) -> &Credentials {
        &self.tenant.settings.credentials
    }

    /// A new bearer token, valid for the token lifetime.
    pub fn token(&self) -> String {
        self.tenant.state().tokens.issue(self.tenant.settings.token_lifetime, Instant::now())
    }

    /// Makes all tokens invalid at once.
    pub fn expire_tokens(&self) {
        self.tenant.state().tokens.expire();
    }

    /// Every call so far, in the order of arrival.
    pub fn traffic(&self) -> Vec<Call> {
        self.tenant.state().traffic.all()
    }

    /// All users in the order of creation. Numbers beyond 64 bits lose digits here; see [`Sandbox::lines`].
    pub fn users(&self) -> Vec<Value> {
        self.lines().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// All users as the JSON lines that are saved, byte for byte.
    pub fn lines(&self) -> String {
        self.tenant.state().objects.users().flat_map(|user| [&*user.line, "\n"]).collect()
    }

    /// All groups in the order of creation.
    pub fn groups(&self) -> Vec<Value> {
        let state = self.tenant.state();
        let objects = state.objects.iter_from(0).filter(|(_, object)| object.kind == ObjectKind::Feed);
        objects.filter_map(|(_, group)| serde_json::from_str(&group.line).ok()).collect()
    }

    /// The addresses of a group's members, in lower case.
    pub fn members(&self, group: &str) -> Vec<String> {
        let state = self.tenant.state();
        state.objects.users().filter(|user| user.is_member_of(group)).map(|user| user.email_key.to_string()).collect()
    }

    /// Edits a stored user (by address or identifier) or group (by identifier), bypassing the API; attributes that the change leaves equal stay byte for byte.
    /// False when there is none or the change removes what it needs.
    pub fn edit(&self, email: &str, change: impl FnOnce(&mut Map<String, Value>)) -> bool {
        self.tenant.changed.notify_one();
        edit::edit(&mut self.tenant.state().objects, email, change)
    }

    /// Removes a user from the tenant, bypassing the API; false when there is none.
    pub fn remove(&self, email: &str) -> bool {
        self.tenant.changed.notify_one();
        edit::remove(&mut self.tenant.state().objects, email)
    }

    /// Replaces the faults in force; calls are counted anew.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.tenant.state().schedule.set_faults(faults);
    }

    /// Replaces the edits that follow calls; calls are counted anew.
    pub fn set_edits(&self, edits: Vec<Edit>) {
        self.tenant.state().schedule.set_edits(edits);
    }

    /// Ends in good order: what is in flight is answered, the port is closed, the users are saved.
    pub async fn stop(mut self) -> Result<(), SandboxError> {
        self.tenant.stopping.send_replace(true);
        if let Some(server) = self.server.take() {
            server.await.map_err(|source| SandboxError::Broken { source })?;
        }
        match self.autosave.take() {
            Some(autosave) => autosave.await.map_err(|source| SandboxError::Broken { source })?,
            None => Ok(()),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.tenant.stopping.send_replace(true);
        if let Some(autosave) = &self.autosave {
            autosave.abort();
        }
    }
}
