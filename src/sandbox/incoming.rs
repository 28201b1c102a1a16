//! A request, read whole and told apart by what it asks for.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;

use super::answer::ApiError;
use super::object::RawObject;
use super::parameters::Parameters;
use super::save;
use super::traffic::{Call, CallKind};
use super::user::identifier;

pub(super) const TOKEN_PATH: &str = "/v2/organizations/{organization}/application-token";
pub(super) const LIST_PATH: &str = "/_ah/api/lumsites/v1/user/list";
pub(super) const GET_PATH: &str = "/_ah/api/lumsites/v1/user/get";
pub(super) const SAVE_PATH: &str = "/_ah/api/lumsites/v1/user/save";

/// No user is anywhere near that long.
const LONGEST_BODY: usize = 8 << 20;

/// A request to the API.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) kind: CallKind,
    path: String,
    pub(super) parameters: Parameters,
    authorization: Option<String>,
    pub(super) organization_header: Option<String>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    None,
    Form(Parameters),
    Object(RawObject),
    /// Why it is no JSON object.
    Broken(String),
}

impl Incoming {
    pub(super) async fn read(request: Request) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LONGEST_BODY).await;
        let body = body.map_err(|error| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid", error.to_string()))?;
        let path = parts.uri.path().to_owned();
        let body = parse_body(&path, &body);
        Ok(Self {
            kind: kind_of(&path, &body),
            parameters: Parameters::parse(parts.uri.query().unwrap_or_default().as_bytes()),
            authorization: header_text(&parts.headers, header::AUTHORIZATION.as_str()),
            organization_header: header_text(&parts.headers, "lumapps-organization-id"),
            path,
            body,
        })
    }

    pub(super) fn bearer(&self) -> Option<&str> {
        strip_scheme(self.authorization.as_deref()?, "bearer ")
    }

    pub(super) fn basic(&self) -> Option<&str> {
        strip_scheme(self.authorization.as_deref()?, "basic ")
    }

    pub(super) fn organization_in_path(&self) -> Option<&str> {
        self.path.strip_prefix("/v2/organizations/")?.strip_suffix("/application-token")
    }

    /// The fields of a form; the call's parameters where there is none.
    pub(super) fn form(&self) -> &Parameters {
        if let Body::Form(form) = &self.body { form } else { &self.parameters }
    }

    pub(super) fn object(&self) -> Result<&RawObject, ApiError> {
        match &self.body {
            Body::Object(object) => Ok(object),
            Body::Broken(reason) => Err(ApiError::bad_request(format!("Parse Error: {reason}"))),
            Body::None | Body::Form(_) => Err(ApiError::bad_request("Parse Error: a JSON object is wanted")),
        }
    }

    /// The record of this call.
    pub(super) fn record(&self, arrived: std::time::Duration) -> Call {
        let mut call = Call::new(self.kind, arrived);
        call.has_bearer = self.bearer().is_some();
        match &self.body {
            Body::Object(object) => {
                call.email = object.text("email");
                call.uid = object.get("uid").and_then(identifier).map(String::from);
                call.has_password = object.get("password").is_some();
            }
            Body::Form(form) => call.email = form.one("user_email").map(str::to_owned),
            Body::None | Body::Broken(_) => {
                call.email = self.parameters.one("email").map(str::to_owned);
                call.uid = self.parameters.one("uid").map(str::to_owned);
            }
        }
        call
    }
}

fn parse_body(path: &str, body: &Bytes) -> Body {
    match path {
        SAVE_PATH => match std::str::from_utf8(body).map_err(|error| error.to_string()) {
            Ok(text) => RawObject::parse(text).map_or_else(|error| Body::Broken(error.to_string()), Body::Object),
            Err(reason) => Body::Broken(reason),
        },
        _ if path.ends_with("/application-token") => Body::Form(Parameters::parse(body)),
        _ => Body::None,
    }
}

fn kind_of(path: &str, body: &Body) -> CallKind {
    match (path, body) {
        (LIST_PATH, _) => CallKind::List,
        (GET_PATH, _) => CallKind::Get,
        (SAVE_PATH, Body::Object(object)) if save::target(object).is_some() => CallKind::SaveUpdate,
        (SAVE_PATH, _) => CallKind::SaveCreate,
        (_, Body::Form(_)) => CallKind::Token,
        _ => CallKind::Other,
    }
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn strip_scheme<'a>(header: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, rest) = header.split_at_checked(scheme.len())?;
    found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}
