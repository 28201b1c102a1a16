//! Sends one call until it is answered, refused or given up: gate, login, retries, limits on answers.

mod probe;

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Certificate, Client, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Url;

use super::error::CallError;
use super::gate::{Gate, GateSettings, Pass, Pauses, Purpose};
use super::login::{Credentials, Login, Token};
use super::retry::{self, Answer, Effect, Next};
use super::wire;
use crate::clock;
use crate::model::redact;

pub use probe::{Knock, Sample};

/// An answer larger than this is no answer of this API: a page of 1,000 whole users is a few megabytes.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// However sick the tenant is, so many retries are allowed, and one more for each answer in good health: a tenant that
/// still works gets all retries that it needs, and one that does not is not hammered.
const RETRIES_ALWAYS_ALLOWED: u64 = 100;
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

pub(super) struct Transport {
    client: Client,
    settings: ConnectSettings,
    login: Login,
    gate: Gate,
    requests: AtomicU64,
    healthy: AtomicU64,
    retries: AtomicU64,
    rate_limited: AtomicU64,
}

/// One call of the API, ready to be sent.
pub(super) struct Call<'a> {
    /// Path below the API's root, which is its name in messages too.
    pub(super) path: &'static str,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) body: Option<Vec<u8>>,
    pub(super) purpose: Purpose,
    /// A password in the body, which no message may repeat.
    pub(super) secret: Option<&'a SecretString>,
}

/// What is being tried.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    path: &'static str,
    effect: Effect,
    purpose: Purpose,
    secrets: &'a [SecretString],
}

/// How trying ended, when it did not fail.
enum Persisted<T> {
    Answered(T),
    LoginExpired(Received),
}

/// A whole answer.
struct Received {
    status: u16,
    retry_after: Option<Duration>,
    body: Bytes,
}

impl Transport {
    pub(super) fn new(settings: ConnectSettings) -> Result<Self, ConnectError> {
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

    pub(super) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(super) fn counts(&self) -> CallCounts {
        CallCounts {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            rate_limited: self.rate_limited.load(Ordering::Relaxed),
        }
    }

    pub(super) fn pauses(&self) -> Pauses {
        self.gate.pauses()
    }

    /// Counts one more try after `tries` of them; an error when the call or the run has had all of its own.
    pub(super) fn spend_retry(&self, call: &'static str, tries: u32, cause: &str) -> Result<(), CallError> {
        if tries > self.settings.retries {
            return Err(CallError::GaveUp { call, tries, cause: cause.to_owned() });
        }
        let allowed = RETRIES_ALWAYS_ALLOWED + self.healthy.load(Ordering::Relaxed);
        if self.retries.fetch_add(1, Ordering::Relaxed) >= allowed {
            let cause = format!("{cause}; the run's retries are used up");
            return Err(CallError::GaveUp { call, tries, cause });
        }
        tracing::debug!(call, tries, cause, "trying again");
        Ok(())
    }

    /// Waits before something is tried again or looked at; longer with each try.
    pub(super) async fn back_off(&self, tries: u32) {
        tokio::time::sleep(retry::backoff(tries, fastrand::f64())).await;
    }

    /// Sends a call of the API and reads its answer; one that can't be read counts as lost on the way.
    pub(super) async fn send<T>(
        &self,
        call: Call<'_>,
        read: impl Fn(Bytes) -> Result<T, String>,
    ) -> Result<T, CallError> {
        self.send_announced(call, read, unannounced).await
    }

    /// The same, with an announcement before each time that the request leaves. A write with an unclear outcome is
    /// handed back as such at once.
    pub(super) async fn send_announced<T, A: Future<Output = Result<(), CallError>>>(
        &self,
        call: Call<'_>,
        read: impl Fn(Bytes) -> Result<T, String>,
        announce: impl Fn() -> A,
    ) -> Result<T, CallError> {
        let effect = if call.body.is_some() { Effect::Write } else { Effect::Read };
        let token = self.token(None, call.purpose).await?;
        let secrets: Vec<SecretString> = call.secret.into_iter().chain([&token.secret]).cloned().collect();
        let attempt = Attempt { path: call.path, effect, purpose: call.purpose, secrets: &secrets };
        match self.persist(attempt, || self.api_request(&call, &token), &read, &announce).await? {
            Persisted::Answered(answer) => Ok(answer),
            Persisted::LoginExpired(_) if self.can_renew() => {
                self.retries.fetch_add(1, Ordering::Relaxed);
                let token = self.token(Some(token.number), call.purpose).await?;
                let secrets: Vec<SecretString> = call.secret.into_iter().chain([&token.secret]).cloned().collect();
                let attempt = Attempt { secrets: &secrets, ..attempt };
                match self.persist(attempt, || self.api_request(&call, &token), &read, &announce).await? {
                    Persisted::Answered(answer) => Ok(answer),
                    Persisted::LoginExpired(received) => Err(self.refusal(call.path, &received, &secrets)),
                }
            }
            Persisted::LoginExpired(received) => Err(self.refusal(call.path, &received, &secrets)),
        }
    }

    /// Sends a request until it is answered or given up.
    async fn persist<T, A: Future<Output = Result<(), CallError>>>(
        &self,
        attempt: Attempt<'_>,
        request: impl Fn() -> RequestBuilder,
        read: impl Fn(Bytes) -> Result<T, String>,
        announce: impl Fn() -> A,
    ) -> Result<Persisted<T>, CallError> {
        let Attempt { path: call, effect, purpose, secrets } = attempt;
        for tries in 1.. {
            announce().await?;
            let (mut next, received) = self.exchange(request(), purpose, effect).await?;
            let cause = match (next, received) {
                (Next::Accept, Ok(received)) => match read(received.body) {
                    Ok(answer) => return Ok(Persisted::Answered(answer)),
                    Err(problem) => {
                        next = retry::judge(effect, &Answer::Lost).next;
                        problem
                    }
                },
                (Next::RenewLogin, Ok(received)) => return Ok(Persisted::LoginExpired(received)),
                (Next::Refuse, Ok(received)) => return Err(self.refusal(call, &received, secrets)),
                (Next::Refuse, Err(problem)) => return Err(CallError::Untrusted { call, problem }),
                (_, Ok(received)) => describe(&received, secrets),
                (_, Err(cause)) => cause,
            };
            if next == Next::LookFirst {
                return Err(CallError::Unclear { call, cause });
            }
            self.spend_retry(call, tries, &cause)?;
            self.back_off(tries).await;
        }
        unreachable!("the tries end before the numbers do")
    }

    /// Passes the gate, sends, reads the whole answer, and tells the gate how it went.
    async fn exchange(
        &self,
        request: RequestBuilder,
        purpose: Purpose,
        effect: Effect,
    ) -> Result<(Next, Result<Received, String>), CallError> {
        let pass = self.gate.enter(purpose).await?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let (answer, received) = match receive(request).await {
            Ok(received) => (received.as_answer(), Ok(received)),
            Err(failure) => (failure.answer, Err(failure.cause)),
        };
        let verdict = retry::judge(effect, &answer);
        match verdict.pause {
            Some(pause) => match self.pause_all(&pass, pause, &received) {
                // The gate is closed by now, and still a write may have been done.
                Err(error) if verdict.next == Next::LookFirst => return Ok((Next::LookFirst, Err(error.to_string()))),
                paused => paused?,
            },
            None if received.is_ok() => {
                self.healthy.fetch_add(u64::from(verdict.next == Next::Accept), Ordering::Relaxed);
                self.gate.answered(&pass);
            }
            None => {}
        }
        Ok((verdict.next, received))
    }

    fn pause_all(
        &self,
        pass: &Pass<'_>,
        pause: retry::Pause,
        received: &Result<Received, String>,
    ) -> Result<(), CallError> {
        let says_too_many = received.as_ref().is_ok_and(|received| received.status != 503);
        self.rate_limited.fetch_add(u64::from(says_too_many), Ordering::Relaxed);
        let cause = match received {
            Ok(received) => format!("the tenant answered {}", received.status),
            Err(cause) => cause.clone(),
        };
        Ok(self.gate.refused(pass, pause, &cause)?)
    }

    fn api_request(&self, call: &Call<'_>, token: &Token) -> RequestBuilder {
        let mut url = self.settings.base_url.clone();
        url.set_path(&format!("{}{API_PATH}{}", url.path().trim_end_matches('/'), call.path));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let request = match &call.body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).header(CONTENT_TYPE, "application/json").body(body.clone()),
        };
        let request = request.header(AUTHORIZATION, token.bearer());
        if self.settings.organization_id.is_empty() {
            return request;
        }
        request.header("LumApps-Organization-Id", &self.settings.organization_id)
    }

    fn can_renew(&self) -> bool {
        matches!(self.settings.credentials, Credentials::Application { .. })
    }

    async fn token(&self, spent: Option<u32>, purpose: Purpose) -> Result<Token, CallError> {
        self.login.token(spent, async || self.fetch_token(purpose).await).await
    }

    async fn fetch_token(&self, purpose: Purpose) -> Result<SecretString, CallError> {
        const CALL: &str = "application-token";
        let (client_id, client_secret, user_email) = match &self.login.credentials {
            Credentials::Token(token) => return Ok(token.clone()),
            Credentials::Application { client_id, client_secret, user_email } => (client_id, client_secret, user_email),
        };
        let mut url = self.settings.base_url.clone();
        let organization = &self.settings.organization_id;
        url.set_path(&format!(
            "{}/v2/organizations/{organization}/application-token",
            url.path().trim_end_matches('/')
        ));
        let form = [("grant_type", "client_credentials"), ("user_email", user_email.as_str())];
        let request =
            || self.client.post(url.clone()).basic_auth(client_id, Some(client_secret.expose_secret())).form(&form);
        let basic =
            base64::engine::general_purpose::STANDARD.encode(format!("{client_id}:{}", client_secret.expose_secret()));
        let secrets = [client_secret.clone(), basic.into()];
        let attempt = Attempt { path: CALL, effect: Effect::Read, purpose, secrets: &secrets };
        match self.persist(attempt, request, |body| read_token(&body), unannounced).await? {
            Persisted::Answered(token) => Ok(token),
            Persisted::LoginExpired(received) => Err(self.refusal(CALL, &received, &secrets)),
        }
    }

    fn refusal(&self, call: &'static str, received: &Received, secrets: &[SecretString]) -> CallError {
        let (status, message) = (received.status, received.message(secrets));
        let hint = match (&self.settings.credentials, status) {
            (Credentials::Token(_), 401) => {
                "a ready token lives about 60 minutes: get a new one, or use a client id and secret"
            }
            (Credentials::Application { .. }, 401) => {
                "check the client id, its secret, the organization id and the user e-mail"
            }
            (_, 403) => "does the account have the right to manage users?",
            _ => return CallError::Refused { call, status, message },
        };
        CallError::LoginRefused { call, status, message, hint }
    }
}

/// For calls that need no announcement.
async fn unannounced() -> Result<(), CallError> {
    Ok(())
}

fn describe(received: &Received, secrets: &[SecretString]) -> String {
    match received.message(secrets) {
        message if message.is_empty() => format!("the tenant answered {}", received.status),
        message => format!("the tenant answered {}: {message}", received.status),
    }
}

impl Received {
    fn as_answer(&self) -> Answer {
        Answer::Status {
            code: self.status,
            retry_after: self.retry_after,
            says_rate_limited: matches!(self.status, 400 | 403) && wire::says_rate_limited(&self.body),
        }
    }

    /// What the tenant says, without the secrets that it may repeat: taken out of the whole body, before anything of
    /// it is cut or put on one line.
    fn message(&self, secrets: &[SecretString]) -> String {
        let body = redact(&String::from_utf8_lossy(&self.body), secrets);
        wire::error_message(body.as_bytes())
    }
}

struct Failure {
    answer: Answer,
    cause: String,
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let answer = match error.is_connect() || error.is_builder() {
            true if is_certificate_error(&error) => Answer::Untrusted,
            true => Answer::NotSent,
            false => Answer::Lost,
        };
        let is_timeout = error.is_timeout();
        let error = error.without_url();
        let detail = innermost_cause(&error);
        let cause = match (&answer, is_timeout) {
            (Answer::Untrusted, _) => format!(
                "the certificate is not trusted ({detail}); name the certificate of its issuer with --ca-file or SSL_CERT_FILE"
            ),
            (Answer::NotSent, _) => format!("no connection: {detail}"),
            (_, true) => "no answer in time".to_owned(),
            (_, false) => format!("the connection broke: {detail}"),
        };
        Self { answer, cause }
    }
}

async fn receive(request: RequestBuilder) -> Result<Received, Failure> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| retry::parse_retry_after(value, clock::now()));
    let body = read_body(response).await?;
    Ok(Received { status, retry_after, body })
}

async fn read_body(mut response: Response) -> Result<Bytes, Failure> {
    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut body = BytesMut::with_capacity(expected.min(LARGEST_ANSWER));
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            let cause = format!("the answer is larger than {} MiB", LARGEST_ANSWER / 1024 / 1024);
            return Err(Failure { answer: Answer::Lost, cause });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

pub(super) fn read_token(body: &Bytes) -> Result<SecretString, String> {
    let wire::Object(answer): wire::Object<wire::TokenAnswer> = serde_json::from_slice(body)
        .map_err(|_| "the answer holds no access_token; is the base URL the tenant's cell?".to_owned())?;
    Ok(answer.access_token.into())
}

/// Whether the server's certificate was refused, which no further try mends. The source of an `io::Error` is not the
/// error that it wraps, but the source of that one.
fn is_certificate_error(error: &(dyn Error + 'static)) -> bool {
    let hidden = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
        || hidden.is_some_and(|hidden| is_certificate_error(hidden))
        || error.source().is_some_and(is_certificate_error)
}

/// The chain's last link says what happened; the others say where in the library.
fn innermost_cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
