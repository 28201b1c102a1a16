//! The routes, and what happens to a call from its arrival to its response.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use tokio::time::{Instant, sleep_until};

use super::connection::Connection;
use super::delivery::Delivery;
use super::methods::{BASE_PATH, METHODS};
use super::request::{ApiRequest, TOKEN_PATH};
use super::response::ApiError;
use super::traffic::{Call, CallId};
use super::{admin, discovery, origin};
use crate::sandbox::faults::inject::carry_out;
use crate::sandbox::rules::tenant::{Handling, Tenant};

/// All paths of the tenant.
pub(crate) fn router(tenant: Arc<Tenant>) -> Router {
    let router = METHODS.iter().fold(Router::new(), |router, method| {
        let handler = if method.is_post { post(serve) } else { get(serve) };
        router.route(&format!("{BASE_PATH}{}", method.name), handler)
    });
    router
        .route(TOKEN_PATH, post(serve))
        .route(discovery::PATH, get(discovery::document))
        .merge(admin::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(origin::check))
        .with_state(tenant)
}

async fn unknown_path(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    refuse_other(
        &tenant,
        &request,
        ApiError::new(StatusCode::NOT_FOUND, format!("Not Found: {}", request.uri().path())),
    )
}

async fn wrong_method(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    let message = format!("Method {} is not allowed here", request.method());
    refuse_other(&tenant, &request, ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message))
}

/// Records a call that is none of the API's.
pub(crate) fn note_other(tenant: &Tenant, request: &Request, status: u16) {
    let has_bearer = request.headers().contains_key(header::AUTHORIZATION);
    let arrived = tenant.since_start(Instant::now());
    tenant.state().traffic.open(Call { arrived, status: Some(status), has_bearer, ..Call::default() });
}

fn refuse_other(tenant: &Tenant, request: &Request, error: ApiError) -> Response {
    note_other(tenant, request, error.status.as_u16());
    error.into_response()
}

async fn serve(
    State(tenant): State<Arc<Tenant>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Response {
    let arrived = Instant::now();
    let call = match ApiRequest::read(request, connection.port).await {
        Ok(call) => call,
        Err(error) => return error.into_response(),
    };
    let id = tenant.state().traffic.open(call.record(tenant.since_start(arrived)));
    let delivery = match tenant.admit(arrived) {
        Ok(()) => respond(&tenant, &call, id, arrived).await,
        Err(refusal) => Delivery::Whole(refusal),
    };
    tenant.state().traffic.note(id, |call| call.status = delivery.status());
    delivery.send(connection, tenant.stopping.subscribe()).await
}

/// The work is done halfway through the latency: a client that leaves meanwhile may leave before or after it.
async fn respond(tenant: &Tenant, call: &ApiRequest, id: CallId, arrived: Instant) -> Delivery {
    let turn = tenant.state().begin_turn(call.kind, id);
    let latency = tenant.settings.latency;
    pause_until(arrived + latency / 2).await;
    let delivery = {
        let mut state = tenant.state();
        let delivery = carry_out(tenant, &mut state, call, Handling { id, fault: turn.fault.map(|fault| fault.kind) });
        state.make_changes(&turn.edits);
        delivery
    };
    tenant.changed.notify_one();
    pause_until(arrived + latency).await;
    delivery
}

async fn pause_until(time: Instant) {
    if time > Instant::now() {
        sleep_until(time).await;
    }
}
