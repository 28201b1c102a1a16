//! The routes, and the way of a call from its arrival to what goes out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream;
use tokio::time::{Instant, sleep_until};

use super::admin;
use super::answer::{Answer, ApiError};
use super::connection::{End, Line};
use super::discovery;
use super::effect::{Delivery, afterwards, instead};
use super::faults::FaultKind;
use super::incoming::{GET_PATH, Incoming, LIST_PATH, SAVE_PATH, TOKEN_PATH};
use super::tenant::Tenant;
use super::traffic::{Call, CallKind, Ticket};

/// All paths of the tenant.
pub(super) fn router(tenant: Arc<Tenant>) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(serve))
        .route(LIST_PATH, get(serve))
        .route(GET_PATH, get(serve))
        .route(SAVE_PATH, post(serve))
        .route(discovery::PATH, get(discovery::document))
        .merge(admin::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(tenant)
}

async fn unknown_path(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    refuse_other(&tenant, &request, ApiError::not_found(format!("Not Found: {}", request.uri().path())))
}

async fn wrong_method(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    let message = format!("Method {} is not allowed here", request.method());
    refuse_other(&tenant, &request, ApiError::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, "httpMethod", message))
}

/// Records a call that is none of the API's.
pub(super) fn note_other(tenant: &Tenant, request: &Request, status: u16) {
    let mut call = Call::new(CallKind::Other, tenant.since_start(Instant::now()));
    call.status = Some(status);
    call.has_bearer = request.headers().contains_key(header::AUTHORIZATION);
    tenant.traffic.open(call);
}

fn refuse_other(tenant: &Tenant, request: &Request, error: ApiError) -> Response {
    note_other(tenant, request, error.status.as_u16());
    error.into_response()
}

async fn serve(State(tenant): State<Arc<Tenant>>, Extension(line): Extension<Line>, request: Request) -> Response {
    let arrived = Instant::now();
    let call = match Incoming::read(request).await {
        Ok(call) => call,
        Err(error) => return error.into_response(),
    };
    let ticket = tenant.traffic.open(call.record(tenant.since_start(arrived)));
    let delivery = match tenant.admit(arrived) {
        Ok(()) => respond(&tenant, &call, ticket, arrived, line.port).await,
        Err(refusal) => Delivery::Whole(refusal),
    };
    deliver(&tenant, delivery, ticket, line).await
}

/// The work is done halfway through the latency: a client that goes away meanwhile may go before or after it.
async fn respond(tenant: &Tenant, call: &Incoming, ticket: Ticket, arrived: Instant, port: u16) -> Delivery {
    let fault = tenant.schedule().next(call.kind);
    tenant.traffic.note(ticket, |call| call.fault = fault.map(|fault| fault.to_string()));
    let latency = tenant.settings.latency;
    pause_until(arrived + latency / 2).await;
    let kind = fault.map(|fault| fault.kind);
    let delivery = kind.and_then(|kind| instead(kind, tenant, port));
    let delivery = delivery.unwrap_or_else(|| work(tenant, call, ticket, kind));
    pause_until(arrived + latency).await;
    delivery
}

async fn pause_until(moment: Instant) {
    if moment > Instant::now() {
        sleep_until(moment).await;
    }
}

fn work(tenant: &Tenant, call: &Incoming, ticket: Ticket, fault: Option<FaultKind>) -> Delivery {
    let answer = tenant.perform(call, ticket).unwrap_or_else(Answer::from);
    let Some(kind) = fault else { return Delivery::Whole(answer) };
    let is_list = call.kind == CallKind::List;
    let own_cursor = is_list.then(|| tenant.list_query(call).ok()).flatten().map(|query| query.own_cursor());
    afterwards(kind, answer, own_cursor.as_deref())
}

async fn deliver(tenant: &Tenant, delivery: Delivery, ticket: Ticket, line: Line) -> Response {
    if let Delivery::Whole(answer) | Delivery::Half(answer) = &delivery {
        tenant.traffic.note(ticket, |call| call.status = Some(answer.status.as_u16()));
    }
    match delivery {
        Delivery::Whole(answer) => answer.into_response(),
        Delivery::Half(answer) => half(&answer, line),
        Delivery::Endless => endless(),
        Delivery::Reset => line.end(End::Reset).await,
        Delivery::Nothing => {
            let mut stopping = tenant.stopping.subscribe();
            // An error means that the sandbox is gone, which ends the wait as well.
            let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
            line.end(End::Close).await
        }
    }
}

/// Promises the whole, sends half, and closes once that half has left.
fn half(answer: &Answer, line: Line) -> Response {
    let length = answer.body.len();
    let first = stream::iter([Ok::<_, std::convert::Infallible>(answer.body.slice(..length / 2))]);
    let end = stream::once(async move { line.end::<Result<Bytes, _>>(End::Close).await });
    let mut response = answer.with_body(Body::from_stream(first.chain(end)));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

/// More than any client should be ready to keep.
const HUGE_CHUNKS: usize = 8_192;
const CHUNK: &[u8] = &[b' '; 64 << 10];

/// Half a gibibyte of blanks, which are legal JSON as far as they go.
fn endless() -> Response {
    let chunks = std::iter::repeat_n(Ok::<_, std::convert::Infallible>(Bytes::from_static(CHUNK)), HUGE_CHUNKS);
    Answer::json("").with_body(Body::from_stream(stream::iter(chunks)))
}
