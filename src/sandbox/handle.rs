//! Starting, watching and stopping a sandbox.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep, timeout};

use super::disk;
use super::faults::Fault;
use super::object::RawObject;
use super::settings::{Credentials, SandboxError, SandboxSettings};
use super::tenant::Tenant;
use super::traffic::Call;
use super::user::StoredUser;
use super::{connection, saver, serve};

/// A running tenant on loopback. Dropped without [`Sandbox::stop`], it ends without a last save.
#[derive(Debug)]
pub struct Sandbox {
    tenant: Arc<Tenant>,
    port: u16,
    server: Option<JoinHandle<()>>,
    saver: Option<JoinHandle<Result<(), SandboxError>>>,
}

impl Sandbox {
    /// Loads the tenant and begins to serve it; returns once calls are answered.
    pub async fn start(settings: SandboxSettings) -> Result<Sandbox, SandboxError> {
        let port = settings.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(|source| SandboxError::Listen { port, source })?;
        let port = listener.local_addr().map_err(|source| SandboxError::Listen { port, source })?.port();
        let loading = spawn_blocking(move || disk::load(&settings).map(|loaded| (settings, loaded)));
        let (settings, store) = loading.await.map_err(|source| SandboxError::Broken { source })??;
        let tenant = Arc::new(Tenant::new(settings, store));
        let saved_version = tenant.users().version();
        let server = tokio::spawn(accept(listener, Arc::clone(&tenant), port));
        let saver = tokio::spawn(saver::keep_saved(Arc::clone(&tenant), saved_version));
        Ok(Sandbox { tenant, port, server: Some(server), saver: Some(saver) })
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

    /// A new bearer token, good for the token lifetime.
    pub fn token(&self) -> String {
        self.tenant.tokens().issue(self.tenant.settings.token_lifetime, Instant::now())
    }

    /// Makes all tokens useless at once, as if their time were over.
    pub fn expire_tokens(&self) {
        self.tenant.tokens().expire();
    }

    /// Every call so far, in the order of arrival.
    pub fn traffic(&self) -> Vec<Call> {
        self.tenant.traffic.all()
    }

    /// All users in the order of creation. Numbers beyond 64 bits lose digits here; see [`Sandbox::lines`].
    pub fn users(&self) -> Vec<Value> {
        self.lines().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// All users as the JSON lines that are saved, byte for byte.
    pub fn lines(&self) -> String {
        self.tenant.users().iter_from(0).flat_map(|(_, user)| [&*user.line, "\n"]).collect()
    }

    /// Changes a user behind every client's back; attributes that the change leaves equal stay byte for byte.
    /// False when there is no such user or the change takes away what makes a user.
    pub fn edit(&self, email: &str, change: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let mut store = self.tenant.users_mut();
        let Some(position) = store.find_email(email) else { return false };
        let edited = store.at(position).and_then(|user| edited(&user.line, change));
        edited.map(|user| store.replace(position, user)).is_some()
    }

    /// Takes a user out of the tenant behind every client's back; false when there is none.
    pub fn remove(&self, email: &str) -> bool {
        let mut store = self.tenant.users_mut();
        store.find_email(email).map(|position| store.remove(position)).is_some()
    }

    /// Puts other faults in force; calls are counted anew.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.tenant.schedule().set(faults);
    }

    /// Ends in good order: what is in flight is answered, the port is closed, the users are saved.
    pub async fn stop(mut self) -> Result<(), SandboxError> {
        self.tenant.stopping.send_replace(true);
        if let Some(server) = self.server.take() {
            server.await.map_err(|source| SandboxError::Broken { source })?;
        }
        match self.saver.take() {
            Some(saver) => saver.await.map_err(|source| SandboxError::Broken { source })?,
            None => Ok(()),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.tenant.stopping.send_replace(true);
        if let Some(saver) = &self.saver {
            saver.abort();
        }
    }
}

/// The pause after a connection could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// How long calls in flight may take once the sandbox stops.
const GRACE: Duration = Duration::from_secs(5);

async fn accept(listener: TcpListener, tenant: Arc<Tenant>, port: u16) {
    let mut stopping = tenant.stopping.subscribe();
    let router = serve::router(Arc::clone(&tenant));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection::serve(stream, router.clone(), port, tenant.stopping.subscribe()));
            }
            // Out of file descriptors, most likely: others have to close first.
            Err(_) => sleep(ACCEPT_AGAIN).await,
        }
    }
    drop(listener);
    let everyone = async { while connections.join_next().await.is_some() {} };
    // Whoever is not done by then is cut off when the set is dropped.
    let _ = timeout(GRACE, everyone).await;
}

fn edited(line: &str, change: impl FnOnce(&mut Map<String, Value>)) -> Option<StoredUser> {
    let mut object = RawObject::parse(line).ok()?;
    let before: Map<String, Value> = serde_json::from_str(line).ok()?;
    let mut after = before.clone();
    change(&mut after);
    for gone in before.keys().filter(|name| !after.contains_key(*name)) {
        object.remove(gone);
    }
    for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(value)) {
        object.set(name, value).ok()?;
    }
    StoredUser::from_object(&object).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_leaves_what_it_does_not_touch_byte_for_byte() {
        let line = r#"{"uid":"1","email":"a@example.com","n":12345678901234567890123,"x":{"y": 1},"z":1}"#;
        let user = edited(line, |user| {
            user.insert("firstName".to_owned(), "Ann".into());
            user.remove("z");
        });
        let expected =
            r#"{"uid":"1","email":"a@example.com","n":12345678901234567890123,"x":{"y": 1},"firstName":"Ann"}"#;
        assert_eq!(&*user.unwrap().line, expected);
        assert!(edited(line, |user| drop(user.remove("email"))).is_none());
    }
}
