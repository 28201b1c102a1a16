//! Responses of the tenant, and its errors in the shape of Google's endpoints.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

/// A whole response, not sent yet.
#[derive(Debug, Clone)]
pub(crate) struct ApiResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

impl ApiResponse {
    /// JSON text with a good status.
    pub(crate) fn json(body: impl Into<Bytes>) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), content_type: JSON, body: body.into() }
    }

    /// A page that a gateway in front of the tenant wrote.
    pub(crate) fn html(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Error");
        let page = format!("<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>\n");
        Self { status, headers: Vec::new(), content_type: "text/html; charset=UTF-8", body: page.into() }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), ..self }
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The response with another body.
    pub(crate) fn with_body(&self, body: Body) -> Response {
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

impl IntoResponse for ApiResponse {
    fn into_response(self) -> Response {
        self.with_body(Body::from(self.body.clone()))
    }
}

/// A refusal, as the API words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    message: String,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// A defect of the sandbox itself.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, cause.to_string())
    }

    fn reason(&self) -> &'static str {
        match self.status.as_u16() {
            400 => "badRequest",
            401 => "required",
            403 => "forbidden",
            404 => "notFound",
            405 => "httpMethod",
            409 => "conflict",
            429 => "rateLimitExceeded",
            500.. => "backendError",
            _ => "invalid",
        }
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<ApiError> for ApiResponse {
    fn from(error: ApiError) -> Self {
        let detail = json!({"domain": "global", "reason": error.reason(), "message": error.message});
        let ApiError { status, message } = error;
        let body = json!({"error": {"code": status.as_u16(), "message": message, "errors": [detail]}});
        Self { status, ..Self::json(body.to_string()) }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        ApiResponse::from(self).into_response()
    }
}
