//! What a sandbox is started with, and why it could not be.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::faults::edit::Edit;
use super::faults::schedule::Fault;
use super::rules::rate_limit::RateLimit;
use super::sample::generate::Mix;

/// How the tenant looks and behaves; the default is an empty tenant without limit or fault, on any free port.
#[derive(Debug, Clone)]
pub struct SandboxSettings {
    /// The port on 127.0.0.1; zero takes any free one.
    pub port: u16,
    /// The tenant's identifier.
    pub organization_id: String,
    /// Where its users come from.
    pub tenant: TenantSource,
    /// The shares of account types in a generated tenant.
    pub mix: Mix,
    /// Where its users are saved to after writes and at the stop; nowhere when `None`.
    pub save_to: Option<PathBuf>,
    /// The most users that one page of a list holds, whatever is asked for.
    pub page_cap: usize,
    /// The most users that one call adds to a group and takes out of it; more are refused.
    pub subscribers_cap: usize,
    /// From the arrival of a call to its answer; a write is done halfway.
    pub latency: Duration,
    /// The limit over all calls.
    pub rate_limit: Option<RateLimit>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Changes made outside the API while calls come in.
    pub edits: Vec<Edit>,
    /// Whether a second account of the same address is accepted.
    pub twins: bool,
    /// How long a token can be used.
    pub token_lifetime: Duration,
    /// The application that may log in.
    pub credentials: Credentials,
    /// The time by the tenant's clock, for tests that compare whole users; the system's when `None`.
    pub fixed_time: Option<Timestamp>,
}

impl Default for SandboxSettings {
    fn default() -> Self {
        Self {
            port: 0,
            organization_id: "sandbox".to_owned(),
            tenant: TenantSource::Empty,
            mix: Mix::default(),
            save_to: None,
            page_cap: 1000,
            subscribers_cap: 50,
            latency: Duration::ZERO,
            rate_limit: None,
            faults: Vec::new(),
            edits: Vec::new(),
            twins: false,
            token_lifetime: Duration::from_hours(1),
            credentials: Credentials::default(),
            fixed_time: None,
        }
    }
}

/// An OAuth application of the tenant and the administrator that it acts as. The sandbox prints them at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The application's identifier.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The administrator; may log in whether or not a user of that address exists.
    pub user_email: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            user_email: "admin@example.com".to_owned(),
        }
    }
}

/// Where a tenant's users come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantSource {
    /// No users.
    Empty,
    /// The built-in sample of some forty users.
    Sample,
    /// JSON lines of User objects.
    File(PathBuf),
    /// A believable tenant of any size; the same numbers give the same users.
    Generated {
        /// The number of users.
        users: u64,
        /// Another seed, other users.
        seed: u64,
    },
    /// The text of a file of JSON lines.
    Lines(String),
}

/// Why a sandbox could not start, or not save.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the message of a variant says what its fields hold")]
pub enum SandboxError {
    #[error("can't listen on 127.0.0.1:{port}; choose another port, or 0 for any")]
    Listen { port: u16, source: std::io::Error },
    #[error(
        "the tenant's file {} does not exist; to begin with an empty tenant, create an empty file of that name",
        path.display()
    )]
    NoFile { path: PathBuf },
    #[error("can't read the tenant's file {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("line {line} of {origin} is no user of a tenant: {reason}")]
    Line { origin: String, line: usize, reason: String },
    #[error("can't save the tenant to {}", path.display())]
    Save { path: PathBuf, source: std::io::Error },
    #[error("the sandbox broke down")]
    Broken { source: tokio::task::JoinError },
}
