//! Bearer tokens: a ready one, or one from the OAuth application, renewed when it has run out.

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::model::Email;

/// How the job proves who it is.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A ready bearer token; it lives about an hour and can't be renewed (API facts, "Where and how").
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
    pub(super) credentials: Credentials,
    current: Mutex<Option<Token>>,
}

/// A token and which one in a row it is, so that ten workers who meet a 401 renew it once.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) secret: SecretString,
    pub(super) number: u32,
}

impl Token {
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.secret.expose_secret())
    }
}

impl Login {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self { credentials, current: Mutex::new(None) }
    }

    /// The token in use, or the one that `fetch` brings when there is none or only the `spent` one.
    ///
    /// The lock is held while a new token is fetched, so that everybody waits for the same one.
    pub(super) async fn token<E>(
        &self,
        spent: Option<u32>,
        fetch: impl AsyncFnOnce() -> Result<SecretString, E>,
    ) -> Result<Token, E> {
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref().filter(|token| spent.is_none_or(|spent| token.number > spent)) {
            return Ok(token.clone());
        }
        let number = current.as_ref().map_or(0, |token| token.number + 1);
        let token = Token { secret: fetch().await?, number };
        *current = Some(token.clone());
        Ok(token)
    }
}
