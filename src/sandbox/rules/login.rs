//! Authentication: the login of an application and the bearer tokens that it gets.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::StatusCode;
use fastrand::Rng;
use tokio::time::Instant;

use crate::sandbox::server::request::ApiRequest;
use crate::sandbox::server::response::{ApiError, ApiResponse};
use crate::sandbox::settings::{Credentials, SandboxSettings};
use crate::sandbox::storage::object::email_key;
use crate::sandbox::storage::raw_object::attribute;
use crate::sandbox::storage::store::Store;

/// The tokens in force.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    good_until: HashMap<String, Instant>,
    issued: u64,
}

impl Tokens {
    /// Issues a token.
    pub(crate) fn issue(&mut self, lifetime: Duration, now: Instant) -> String {
        self.good_until.retain(|_, end| *end > now);
        self.issued += 1;
        // `/` and `=` are what servers like to escape when they repeat a token in an error.
        let token = format!("sandbox/{}/{:016x}=", self.issued, Rng::with_seed(self.issued).u64(..));
        self.good_until.insert(token.clone(), now + lifetime);
        token
    }

    /// Makes all tokens invalid at once.
    pub(crate) fn expire(&mut self) {
        self.good_until.clear();
    }

    fn is_good(&self, token: &str, now: Instant) -> bool {
        self.good_until.get(token).is_some_and(|end| *end > now)
    }
}

/// Checks the bearer token and, where it is sent, the organization of an API call.
pub(crate) fn check(tokens: &Tokens, call: &ApiRequest, settings: &SandboxSettings) -> Result<(), ApiError> {
    let token = call.bearer().ok_or_else(|| ApiError::new(StatusCode::UNAUTHORIZED, "Login Required"))?;
    if !tokens.is_good(token, Instant::now()) {
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, "Invalid or expired token"));
    }
    match call.header("lumapps-organization-id") {
        Some(other) if other != settings.organization_id => {
            Err(ApiError::new(StatusCode::FORBIDDEN, format!("The token is not good for organization {other}")))
        }
        _ => Ok(()),
    }
}

/// Answers `POST application-token`.
pub(crate) fn grant(
    tokens: &mut Tokens,
    store: &Store,
    call: &ApiRequest,
    settings: &SandboxSettings,
) -> Result<ApiResponse, ApiError> {
    check_application(call, &settings.credentials)?;
    if call.organization_in_path() != Some(settings.organization_id.as_str()) {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "The application belongs to another organization"));
    }
    if call.form.one("grant_type") != Some("client_credentials") {
        return Err(ApiError::bad_request("Unsupported grant_type: client_credentials is wanted"));
    }
    let email = call.form.one("user_email").map(str::to_owned);
    let email = email.ok_or_else(|| ApiError::bad_request("Missing required field user_email"))?;
    check_administrator(&email, store, &settings.credentials)?;
    let token = tokens.issue(settings.token_lifetime, Instant::now());
    let seconds = settings.token_lifetime.as_secs();
    Ok(ApiResponse::json(
        serde_json::json!({"access_token": token, "expires_in": seconds, "token_type": "Bearer"}).to_string(),
    ))
}

fn check_application(call: &ApiRequest, credentials: &Credentials) -> Result<(), ApiError> {
    let wanted = format!("{}:{}", credentials.client_id, credentials.client_secret);
    if call.basic() == Some(wanted) {
        Ok(())
    } else {
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "Unknown application or wrong secret"))
    }
}

fn check_administrator(email: &str, store: &Store, credentials: &Credentials) -> Result<(), ApiError> {
    if email_key(email) == email_key(&credentials.user_email) {
        return Ok(());
    }
    let user = store.find_email(email).and_then(|position| store.at(position));
    let user = user.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, format!("User {email} not found")))?;
    let is_super_admin = attribute(&user.line, "isSuperAdmin") == Some("true");
    if is_super_admin && user.is_enabled {
        Ok(())
    } else {
        Err(ApiError::new(StatusCode::FORBIDDEN, format!("User {email} is no enabled administrator")))
    }
}
