//! Paths for scripts that can't link the library; no part of the tenant's API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;

use super::response::{ApiError, ApiResponse};
use super::routes::note_other;
use crate::sandbox::faults::edit::Edit;
use crate::sandbox::faults::inject::ELSEWHERE_PATH;
use crate::sandbox::faults::schedule::Fault;
use crate::sandbox::rules::tenant::Tenant;
use crate::sandbox::storage::file::write_lines;
use crate::sandbox::storage::object::ObjectKind;

pub(crate) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/_sandbox/traffic", get(traffic))
        .route("/_sandbox/users", get(async |tenant| lines(tenant, ObjectKind::User)))
        .route("/_sandbox/groups", get(async |tenant| lines(tenant, ObjectKind::Feed)))
        .route("/_sandbox/faults", get(faults).post(set_faults))
        .route("/_sandbox/edits", post(set_edits))
        .route("/_sandbox/expire-tokens", post(expire_tokens))
        .route(ELSEWHERE_PATH, get(elsewhere).post(elsewhere))
}

async fn traffic(State(tenant): State<Arc<Tenant>>) -> Result<ApiResponse, ApiError> {
    Ok(ApiResponse::json(serde_json::to_string(&tenant.state().traffic.all())?))
}

fn lines(State(tenant): State<Arc<Tenant>>, kind: ObjectKind) -> Result<ApiResponse, ApiError> {
    let mut lines = Vec::new();
    write_lines(&tenant, &mut lines, |object| object.kind == kind).map_err(|error| ApiError::internal(&error))?;
    Ok(ApiResponse { content_type: "application/jsonl; charset=UTF-8", ..ApiResponse::json(lines) })
}

async fn faults(State(tenant): State<Arc<Tenant>>) -> ApiResponse {
    let specifications: Vec<String> = tenant.state().schedule.faults().iter().map(ToString::to_string).collect();
    ApiResponse::json(Value::from(specifications).to_string())
}

async fn set_faults(State(tenant): State<Arc<Tenant>>, body: String) -> Result<ApiResponse, ApiError> {
    let wanted: Vec<String> = serde_json::from_str(&body)
        .map_err(|error| ApiError::bad_request(format!("not a JSON array of fault specifications: {error}")))?;
    let parsed: Result<Vec<Fault>, String> = wanted.iter().map(|one| one.parse()).collect();
    tenant.state().schedule.set_faults(parsed.map_err(ApiError::bad_request)?);
    Ok(faults(State(tenant)).await)
}

async fn set_edits(State(tenant): State<Arc<Tenant>>, body: String) -> Result<ApiResponse, ApiError> {
    let edits: Vec<Edit> = serde_json::from_str(&body)
        .map_err(|error| ApiError::bad_request(format!("not a JSON array of edits: {error}")))?;
    tenant.state().schedule.set_edits(edits);
    Ok(ApiResponse::json("{}"))
}

async fn expire_tokens(State(tenant): State<Arc<Tenant>>) -> ApiResponse {
    tenant.state().tokens.expire();
    ApiResponse::json("{}")
}

/// The target of a redirect fault; a client that comes here with a token has given it away.
async fn elsewhere(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    note_other(&tenant, &request, 200);
    ([(header::CONTENT_TYPE, "application/json")], "{}").into_response()
}
