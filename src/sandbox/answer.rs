//! What the tenant answers, and its errors in the shape of Google's endpoints.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

/// A whole answer, not sent yet.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
}

impl Answer {
    /// A good answer of JSON text.
    pub(super) fn json(body: impl Into<Bytes>) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), content_type: JSON, body: body.into() }
    }

    /// A page that a gateway in front of the tenant wrote.
    pub(super) fn html(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        let page = format!("<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>\n");
        Self { status, headers: Vec::new(), content_type: "text/html; charset=UTF-8", body: page.into() }
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The head and, as its body, something else than the whole.
    pub(super) fn with_body(&self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name.clone(), value);
            }
        }
        response
    }
}

const JSON: &str = "application/json; charset=UTF-8";

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.with_body(Body::from(self.body.clone()))
    }
}

/// A refusal, as the API words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) reason: &'static str,
    pub(super) message: String,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { status, reason, message: message.into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "badRequest", message)
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "required", message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "notFound", message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    /// Something that only a mistake of the sandbox itself can cause.
    pub(super) fn internal(cause: &dyn std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internalError", cause.to_string())
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        let ApiError { status, reason, message } = error;
        let detail = json!({"domain": "global", "reason": reason, "message": message});
        let body = json!({"error": {"code": status.as_u16(), "message": message, "errors": [detail]}});
        Self { status, ..Self::json(body.to_string()) }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Answer::from(self).into_response()
    }
}
