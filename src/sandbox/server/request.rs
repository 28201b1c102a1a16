//! A request to the API, read whole.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::methods::Method;
use super::response::ApiError;
use super::traffic::{Call, CallKind};
use crate::sandbox::rules::query::Query;
use crate::sandbox::rules::{save, subscribers};
use crate::sandbox::storage::object::identifier;
use crate::sandbox::storage::raw_object::RawObject;

pub(crate) const TOKEN_PATH: &str = "/v2/organizations/{organization}/application-token";

/// Far longer than any user.
const LONGEST_BODY: usize = 8 << 20;

#[derive(Debug)]
pub(crate) struct ApiRequest {
    pub(crate) kind: CallKind,
    pub(crate) query: Query,
    /// The fields of a form, for the login.
    pub(crate) form: Query,
    /// The port that the sandbox listens on.
    pub(crate) port: u16,
    path: String,
    headers: HeaderMap,
    /// The object of a save, or why the body is none.
    body: Result<RawObject, String>,
}

impl ApiRequest {
    pub(crate) async fn read(request: Request, port: u16) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LONGEST_BODY).await;
        let body = body.map_err(|error| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()))?;
        let path = parts.uri.path().to_owned();
        let form = if path.ends_with("/application-token") { Query::parse(&body) } else { Query::default() };
        let text = std::str::from_utf8(&body).map_err(|error| error.to_string());
        let body = text.and_then(|text| RawObject::parse(text).map_err(|error| error.to_string()));
        let query = Query::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let has_uid = body.as_ref().is_ok_and(|body| save::target(body).is_some());
        let kind = Method::at(&path).map_or(CallKind::Token, |method| method.kind(&query, has_uid));
        Ok(Self { kind, query, form, port, path, headers: parts.headers, body })
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.authorization("bearer ")
    }

    /// The identifier and the secret of an application, with a colon between.
    pub(crate) fn basic(&self) -> Option<String> {
        let decoded = BASE64_STANDARD.decode(self.authorization("basic ")?).ok()?;
        String::from_utf8(decoded).ok()
    }

    fn authorization(&self, scheme: &str) -> Option<&str> {
        let (found, rest) = self.header(header::AUTHORIZATION.as_str())?.split_at_checked(scheme.len())?;
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn organization_in_path(&self) -> Option<&str> {
        self.path.strip_prefix("/v2/organizations/")?.strip_suffix("/application-token")
    }

    pub(crate) fn object(&self) -> Result<&RawObject, ApiError> {
        self.body.as_ref().map_err(|reason| ApiError::bad_request(format!("Parse Error: {reason}")))
    }

    /// The address that the call names.
    pub(crate) fn email(&self) -> Option<String> {
        let in_body = self.body.as_ref().ok().and_then(|body| body.text("email"));
        in_body.or_else(|| self.query.one("email").or(self.form.one("user_email")).map(str::to_owned))
    }

    /// The identifier that the call names.
    pub(crate) fn uid(&self) -> Option<String> {
        let in_body =
            self.body.as_ref().ok().and_then(|body| body.get("uid").or(body.get("feed")).and_then(identifier));
        in_body.map(String::from).or_else(|| self.query.one("uid").or(self.query.one("feeds")).map(str::to_owned))
    }

    /// Refuses parameters that the method does not take.
    pub(crate) fn check_parameters(&self) -> Result<(), ApiError> {
        self.query.allow_only(Method::at(&self.path).map_or(&[], |method| method.parameters))
    }

    /// What must not be repeated to anyone: the token, the application's login, a password.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let password = self.body.as_ref().ok().and_then(|body| body.text("password"));
        [self.bearer().map(str::to_owned), self.basic(), password].into_iter().flatten().collect()
    }

    /// The record of this call.
    pub(crate) fn record(&self, arrived: Duration) -> Call {
        let names =
            |name| self.body.as_ref().ok().and_then(|body| subscribers::names(body, name).ok()).unwrap_or_default();
        Call {
            kind: self.kind,
            arrived,
            has_bearer: self.bearer().is_some(),
            added: names("addedUsers"),
            removed: names("removedUsers"),
            email: self.email(),
            uid: self.uid(),
            has_password: self.body.as_ref().is_ok_and(|body| body.get("password").is_some()),
            ..Call::default()
        }
    }
}
