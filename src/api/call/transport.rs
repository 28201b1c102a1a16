//! Sends requests through the gate: a read until it is answered or given up, a write once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Certificate, Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Url;

use super::answer::{Failure, Received, receive};
use super::retry::{self, Effect, Next, Outcome};
use super::token::{Credentials, Login};
use crate::api::error::CallError;
use crate::api::pace::{Gate, GateError, GateSettings, Pass, Purpose};
use crate::model::redact;

/// However sick the tenant is, so many retries are allowed, and one more for each answer in good health: a tenant that
/// still works gets all retries that it needs, and one that does not is not hammered.
const RETRIES_ALWAYS_ALLOWED: u64 = 100;
/// In characters.
const LONG_SECRET: usize = 8;
const API_PATH: &str = "/_ah/api/lumsites/v1/";

/// Where the tenant is and how it is asked.
#[derive(Debug, Clone)]
pub struct ConnectSettings {
    /// The cell's URL.
    pub base_url: Url,
    /// Sent beside the token; empty when there is none.
    pub organization_id: String,
    /// How the job proves who it is.
    pub credentials: Credentials,
    /// Certificates that are trusted besides the system's.
    pub ca_certificates: Vec<Certificate>,
    /// Of one request, its answer's body included.
    pub timeout: Duration,
    /// Beyond the first try.
    pub retries: u32,
    /// The pace.
    pub gate: GateSettings,
}

/// The HTTP client could not be made.
#[derive(Debug, Error)]
#[error("can't set up HTTPS; is the system's certificate store readable?")]
pub struct ConnectError(#[source] reqwest::Error);

/// Calls so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallCounts {
    /// Requests sent.
    pub requests: u64,
    /// Requests sent again.
    pub retries: u64,
    /// Answers that said "too many".
    pub rate_limited: u64,
}

/// The connections to one tenant, with its login and its pace.
pub(in crate::api) struct Transport {
    pub(super) client: Client,
    pub(super) settings: ConnectSettings,
    pub(super) login: Login,
    pub(in crate::api) gate: Gate,
    requests: AtomicU64,
    healthy: AtomicU64,
    retries: AtomicU64,
    rate_limited: AtomicU64,
}

/// What one exchange came to.
enum Exchanged {
    Accepted(Received),
    Refused(Received),
    LoginExpired(Received),
    /// Nothing was sent.
    NotConnected(String),
    /// Nothing was sent, nor will it ever be.
    Untrusted(String),
    /// The answer says nothing for sure.
    Unclear {
        cause: String,
        is_rate_limit: bool,
    },
}

/// What a write came to.
pub(in crate::api) enum Written {
    Accepted(Received),
    Refused(CallError),
    /// Nothing was sent.
    NotConnected(String),
    Unclear {
        cause: String,
        is_login_refusal: bool,
        is_rate_limit: bool,
    },
}

/// A write that the gate has let through.
pub(in crate::api) struct Departure<'a> {
    pub(in crate::api) transport: &'a Transport,
    pass: Pass<'a>,
    token: SecretString,
}

impl Transport {
    pub(in crate::api) fn new(settings: ConnectSettings) -> Result<Self, ConnectError> {
        let mut builder = Client::builder()
            .user_agent(concat!("lumsync/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tls_certs_merge(settings.ca_certificates.iter().cloned())
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout.min(Duration::from_secs(10)));
        if settings.base_url.scheme() == "http" {
            builder = builder.no_proxy();
        }
        Ok(Self {
            client: builder.build().map_err(ConnectError)?,
            login: Login::new(settings.credentials.clone()),
            gate: Gate::new(settings.gate),
            settings,
            requests: AtomicU64::new(0),
            healthy: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            rate_limited: AtomicU64::new(0),
        })
    }

    pub(in crate::api) fn counts(&self) -> CallCounts {
        CallCounts {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            rate_limited: self.rate_limited.load(Ordering::Relaxed),
        }
    }

    /// Asks the API and decodes its answer; one that can't be decoded counts as lost on the way.
    pub(in crate::api) async fn get<T>(
        &self,
        path: &'static str,
        query: &[(&str, &str)],
        purpose: Purpose,
        decode: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, CallError> {
        let token = self.token(purpose).await?;
        let asked = self.ask_with(&token, path, query, purpose, &decode).await;
        match asked {
            Err(CallError::LoginRefused { status: 401, .. }) if self.login.can_renew() => {
                self.login.expire(&token).await;
                self.retries.fetch_add(1, Ordering::Relaxed);
                let token = self.token(purpose).await?;
                self.ask_with(&token, path, query, purpose, &decode).await
            }
            asked => asked,
        }
    }

    async fn ask_with<T>(
        &self,
        token: &SecretString,
        path: &'static str,
        query: &[(&str, &str)],
        purpose: Purpose,
        decode: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, CallError> {
        let mut url = self.api_url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = || self.authorize(self.client.get(url.clone()), token);
        self.ask(path, purpose, request, decode).await
    }

    /// Sends a request that changes nothing until it is answered, refused or given up.
    pub(super) async fn ask<T>(
        &self,
        call: &'static str,
        purpose: Purpose,
        request: impl Fn() -> RequestBuilder,
        decode: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, CallError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let pass = self.gate.enter(purpose).await?;
            let cause = match self.exchange(&pass, request(), Effect::Read, None).await? {
                Exchanged::Accepted(received) => match decode(&received.body) {
                    Ok(answer) => return Ok(answer),
                    Err(problem) => self.problem(&received, &problem, None),
                },
                Exchanged::Refused(received) | Exchanged::LoginExpired(received) => {
                    return Err(self.refusal(call, &received, None));
                }
                Exchanged::Untrusted(problem) => return Err(CallError::Untrusted { call, problem }),
                Exchanged::NotConnected(cause) | Exchanged::Unclear { cause, .. } => cause,
            };
            drop(pass);
            self.spend_retry(call, tries, &cause)?;
            self.back_off(tries).await;
        }
    }

    /// Lets a write through the gate. An error means that nothing was sent.
    pub(in crate::api) async fn admit(&self, purpose: Purpose) -> Result<Departure<'_>, CallError> {
        let token = self.token(purpose).await?;
        let pass = self.gate.enter(purpose).await?;
        Ok(Departure { transport: self, pass, token })
    }

    /// Sends, reads the whole answer, and tells the gate how it went.
    async fn exchange(
        &self,
        pass: &Pass<'_>,
        request: RequestBuilder,
        effect: Effect,
        password: Option<&SecretString>,
    ) -> Result<Exchanged, GateError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let received = receive(request).await;
        let outcome = match &received {
            Ok(received) => received.outcome(),
            Err(failure) => failure.outcome.clone(),
        };
        let verdict = retry::judge(effect, &outcome);
        let is_rate_limit = verdict.pause.is_some_and(|pause| pause.lowers_pace);
        if let Some(pause) = verdict.pause {
            self.rate_limited.fetch_add(u64::from(pause.lowers_pace), Ordering::Relaxed);
            match self.gate.refused(pass, pause, &status_of(&received)) {
                // The gate is closed by now, and still a write may have been done.
                Err(error) if effect == Effect::Write => {
                    return Ok(Exchanged::Unclear { cause: error.to_string(), is_rate_limit });
                }
                paused => paused?,
            }
        } else if received.is_ok() {
            self.healthy.fetch_add(u64::from(verdict.next == Next::Accept), Ordering::Relaxed);
            self.gate.answered(pass);
        }
        Ok(match (verdict.next, received) {
            (Next::Accept, Ok(received)) => Exchanged::Accepted(received),
            (Next::Refuse, Ok(received)) => Exchanged::Refused(received),
            (Next::RenewLogin, Ok(received)) => Exchanged::LoginExpired(received),
            (_, received) if outcome == Outcome::Untrusted => Exchanged::Untrusted(self.describe(&received, password)),
            (_, received) if outcome == Outcome::NotSent => Exchanged::NotConnected(self.describe(&received, password)),
            (_, received) => Exchanged::Unclear { cause: self.describe(&received, password), is_rate_limit },
        })
    }

    /// Counts one more try after `tries` of them; an error when the call or the run has had all of its own.
    pub(in crate::api) fn spend_retry(&self, call: &'static str, tries: u32, cause: &str) -> Result<(), CallError> {
        if tries > self.settings.retries {
            return Err(CallError::GaveUp { call, tries, cause: cause.to_owned() });
        }
        let allowed = RETRIES_ALWAYS_ALLOWED + self.healthy.load(Ordering::Relaxed);
        let spend = |spent: u64| (spent < allowed).then_some(spent + 1);
        if self.retries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_err() {
            let cause = format!("{cause}; the run's retries are used up");
            return Err(CallError::GaveUp { call, tries, cause });
        }
        tracing::debug!(call, tries, cause, "trying again");
        Ok(())
    }

    /// Waits before something is tried again or looked at; longer with each try.
    pub(in crate::api) async fn back_off(&self, tries: u32) {
        tokio::time::sleep(retry::backoff(tries, fastrand::f64())).await;
    }

    /// A call of the API.
    pub(super) fn api_url(&self, path: &str) -> Url {
        self.url(&format!("{API_PATH}{path}"))
    }

    /// A path below the cell's URL.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.settings.base_url.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        url
    }

    pub(super) fn authorize(&self, request: RequestBuilder, token: &SecretString) -> RequestBuilder {
        let request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose_secret()));
        if self.settings.organization_id.is_empty() {
            return request;
        }
        request.header("LumApps-Organization-Id", &self.settings.organization_id)
    }

    pub(super) fn refusal(
        &self,
        call: &'static str,
        received: &Received,
        password: Option<&SecretString>,
    ) -> CallError {
        let (status, message) = (received.status, received.message(&self.secrets(password)));
        let hint = match status {
            401 => self.login.hint(),
            403 if call.starts_with("feed/") => "does the account have the right to manage groups?",
            403 => "does the account have the right to manage users?",
            _ => return CallError::Refused { call, status, message },
        };
        CallError::LoginRefused { call, status, message, hint }
    }

    /// A text of our own that quotes the tenant, without any secret of the run, nor this password.
    pub(in crate::api) fn redact(&self, text: &str, password: Option<&SecretString>) -> String {
        // A shorter one, which no login gives, may be a part of our own words.
        let long = self.login.secrets().into_iter().filter(|secret| secret.expose_secret().len() >= LONG_SECRET);
        redact(text, &long.chain(password.cloned()).collect::<Vec<_>>())
    }

    /// What is wrong with an answer that was accepted: what the tenant says, where it says an error.
    pub(in crate::api) fn problem(
        &self,
        received: &Received,
        problem: &str,
        password: Option<&SecretString>,
    ) -> String {
        if received.has_error() { self.describe_answer(received, password) } else { self.redact(problem, password) }
    }

    fn describe(&self, received: &Result<Received, Failure>, password: Option<&SecretString>) -> String {
        match received {
            // A part of a list is no message.
            Ok(received) if received.status >= 300 => self.describe_answer(received, password),
            _ => status_of(received),
        }
    }

    fn describe_answer(&self, received: &Received, password: Option<&SecretString>) -> String {
        match received.message(&self.secrets(password)) {
            message if message.is_empty() => format!("the tenant answered {}", received.status),
            message => format!("the tenant answered {}: {message}", received.status),
        }
    }

    fn secrets(&self, password: Option<&SecretString>) -> Vec<SecretString> {
        self.login.secrets().into_iter().chain(password.cloned()).collect()
    }
}

impl Departure<'_> {
    /// Sends a write, once. `password` is one in the body, which no message may repeat.
    pub(in crate::api) async fn post(
        self,
        path: &'static str,
        body: Vec<u8>,
        password: Option<&SecretString>,
    ) -> Written {
        let Self { transport, pass, token } = self;
        let url = transport.api_url(path);
        let request = transport.client.post(url).header(CONTENT_TYPE, "application/json").body(body);
        let request = transport.authorize(request, &token);
        match transport.exchange(&pass, request, Effect::Write, password).await {
            Ok(Exchanged::Accepted(received)) => Written::Accepted(received),
            Ok(Exchanged::Refused(received)) => Written::Refused(transport.refusal(path, &received, password)),
            Ok(Exchanged::LoginExpired(received)) => {
                transport.login.expire(&token).await;
                let cause = transport.refusal(path, &received, password).to_string();
                Written::Unclear { cause, is_login_refusal: true, is_rate_limit: false }
            }
            Ok(Exchanged::Untrusted(problem)) => Written::Refused(CallError::Untrusted { call: path, problem }),
            Ok(Exchanged::NotConnected(cause)) => Written::NotConnected(cause),
            Ok(Exchanged::Unclear { cause, is_rate_limit }) => {
                Written::Unclear { cause, is_login_refusal: false, is_rate_limit }
            }
            Err(error) => Written::Unclear { cause: error.to_string(), is_login_refusal: false, is_rate_limit: false },
        }
    }
}

fn status_of(received: &Result<Received, Failure>) -> String {
    match received {
        Err(failure) => failure.cause.clone(),
        Ok(received) => format!("the tenant answered {}", received.status),
    }
}
