//! Bearer tokens: a ready one, or one from the OAuth application, renewed when it has run out.

use std::sync::{MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::transport::Transport;
use crate::api::error::CallError;
use crate::api::pace::Purpose;
use crate::model::{Email, forms_of};

/// How the job proves who it is.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A ready bearer token; it lives about an hour and can't be renewed (`docs/lumapps-api.md`).
    Token(SecretString),
    /// An OAuth application, acting as an admin.
    Application {
        /// `client_id`
        client_id: String,
        /// `client_secret`
        client_secret: SecretString,
        /// The admin that the application acts as.
        user_email: Email,
    },
}

/// The token in use, shared by all workers.
pub(super) struct Login {
    credentials: Credentials,
    current: Mutex<Option<SecretString>>,
    /// What no message may repeat.
    secrets: std::sync::Mutex<Vec<SecretString>>,
}

impl Login {
    pub(super) fn new(credentials: Credentials) -> Self {
        let secrets = match &credentials {
            Credentials::Token(token) => forms_of(token),
            Credentials::Application { client_id, client_secret, .. } => {
                let basic = STANDARD.encode(format!("{client_id}:{}", client_secret.expose_secret()));
                [forms_of(client_secret), vec![basic.into()]].concat()
            }
        };
        Self { credentials, current: Mutex::new(None), secrets: std::sync::Mutex::new(secrets) }
    }

    /// Every secret that this login has used, in the forms that a tenant may repeat it in.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        self.lock_secrets().clone()
    }

    fn lock_secrets(&self) -> MutexGuard<'_, Vec<SecretString>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether another token can be had when this one is refused.
    pub(super) fn can_renew(&self) -> bool {
        matches!(self.credentials, Credentials::Application { .. })
    }

    /// Forgets a token that was refused, unless another worker has renewed it already.
    pub(super) async fn expire(&self, spent: &SecretString) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|token| token.expose_secret() == spent.expose_secret()) {
            *current = None;
        }
    }

    /// What an operator can do about a refused login.
    pub(super) fn hint(&self) -> &'static str {
        match self.credentials {
            Credentials::Token(_) => {
                "a ready token lives about 60 minutes: get a new one, or use a client id and secret"
            }
            Credentials::Application { .. } => {
                "check the client id, its secret, the organization id and the user e-mail"
            }
        }
    }
}

/// The name of the call in messages.
const CALL: &str = "application-token";

impl Transport {
    /// The token in use, fetched where there is none.
    ///
    /// The lock is held while it is fetched, so that all workers wait for the same one.
    pub(super) async fn token(&self, purpose: Purpose) -> Result<SecretString, CallError> {
        let mut current = self.login.current.lock().await;
        if let Some(token) = &*current {
            return Ok(token.clone());
        }
        let token = match &self.login.credentials {
            Credentials::Token(token) => token.clone(),
            Credentials::Application { client_id, client_secret, user_email } => {
                let token = self.fetch_token(client_id, client_secret, user_email, purpose).await?;
                self.login.lock_secrets().extend(forms_of(&token));
                token
            }
        };
        *current = Some(token.clone());
        Ok(token)
    }

    async fn fetch_token(
        &self,
        client_id: &str,
        client_secret: &SecretString,
        user_email: &Email,
        purpose: Purpose,
    ) -> Result<SecretString, CallError> {
        let url = self.url(&format!("/v2/organizations/{}/application-token", self.settings.organization_id));
        let form = [("grant_type", "client_credentials"), ("user_email", user_email.as_str())];
        let secret = client_secret.expose_secret();
        let request = || self.client.post(url.clone()).basic_auth(client_id, Some(secret)).form(&form);
        self.ask(CALL, purpose, request, read_token).await
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
}

/// A list would pass for an object: a derived reader takes its values by place.
pub(in crate::api) fn read_token(body: &[u8]) -> Result<SecretString, String> {
    let answer: Option<TokenAnswer> =
        if body.trim_ascii_start().starts_with(b"{") { serde_json::from_slice(body).ok() } else { None };
    let token = answer.map(|answer| answer.access_token).filter(|token| !token.is_empty());
    token
        .map(Into::into)
        .ok_or_else(|| "the answer holds no access_token; is the base URL the tenant's cell?".to_owned())
}
