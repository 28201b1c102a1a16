//! What a script that can't link the library may ask the sandbox itself; no part of the tenant's API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::answer::{Answer, ApiError};
use super::disk::write_lines;
use super::effect::ELSEWHERE_PATH;
use super::faults::Fault;
use super::serve::note_other;
use super::tenant::Tenant;
use super::traffic::Call;

pub(super) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/_sandbox/traffic", get(traffic))
        .route("/_sandbox/users", get(users))
        .route("/_sandbox/faults", get(faults).post(set_faults))
        .route("/_sandbox/expire-tokens", post(expire_tokens))
        .route(ELSEWHERE_PATH, get(elsewhere).post(elsewhere))
}

async fn traffic(State(tenant): State<Arc<Tenant>>) -> Answer {
    let calls: Vec<Value> = tenant.traffic.all().iter().map(call_as_json).collect();
    Answer::json(Value::from(calls).to_string())
}

fn call_as_json(call: &Call) -> Value {
    json!({
        "kind": call.kind.name(),
        "arrivedSeconds": call.arrived.as_secs_f64(),
        "status": call.status,
        "email": call.email,
        "uid": call.uid,
        "written": call.written,
        "hasPassword": call.has_password,
        "hasBearer": call.has_bearer,
        "fault": call.fault,
    })
}

async fn users(State(tenant): State<Arc<Tenant>>) -> Result<Answer, ApiError> {
    let mut lines = Vec::new();
    write_lines(&tenant.store, &mut lines).map_err(|error| ApiError::internal(&error))?;
    Ok(Answer { content_type: "application/jsonl; charset=UTF-8", ..Answer::json(lines) })
}

async fn faults(State(tenant): State<Arc<Tenant>>) -> Answer {
    let specifications: Vec<String> = tenant.schedule().faults().iter().map(ToString::to_string).collect();
    Answer::json(Value::from(specifications).to_string())
}

async fn set_faults(State(tenant): State<Arc<Tenant>>, body: String) -> Result<Answer, ApiError> {
    let wanted: Vec<String> = serde_json::from_str(&body)
        .map_err(|error| ApiError::bad_request(format!("a JSON array of fault specifications is wanted: {error}")))?;
    let parsed: Result<Vec<Fault>, String> = wanted.iter().map(|one| one.parse()).collect();
    tenant.schedule().set(parsed.map_err(ApiError::bad_request)?);
    Ok(faults(State(tenant)).await)
}

async fn expire_tokens(State(tenant): State<Arc<Tenant>>) -> Answer {
    tenant.tokens().expire();
    Answer::json("{}")
}

/// Where a redirect fault leads; whoever comes here with a token has given it away.
async fn elsewhere(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    note_other(&tenant, &request, 200);
    ([(header::CONTENT_TYPE, "application/json")], "{}").into_response()
}
