//! What a fault makes of a call.

use axum::http::{StatusCode, header};

use super::answer::{Answer, ApiError};
use super::faults::FaultKind;
use super::tenant::{Tenant, rate_limit_exceeded, too_many};
use super::twist::twist;

/// What goes out over the wire.
#[derive(Debug)]
pub(super) enum Delivery {
    Whole(Answer),
    /// The head and half of the body; then the connection is closed.
    Half(Answer),
    /// A body without end, as far as any client is concerned.
    Endless,
    /// The connection is reset.
    Reset,
    /// Nothing, for as long as the client waits.
    Nothing,
}

/// Where a redirect leads: the same server under another name, so that a test sees whether the token came along.
pub(super) const ELSEWHERE_PATH: &str = "/_sandbox/elsewhere";

/// What comes instead of the work, `None` when the fault strikes only once it is done.
pub(super) fn instead(kind: FaultKind, tenant: &Tenant, port: u16) -> Option<Delivery> {
    let answer = match kind {
        FaultKind::Http { status, is_done: false, retry_after } => error(status, retry_after),
        FaultKind::Html { status, is_done: false } => page(status),
        FaultKind::TooMany { retry_after } => with_pause(too_many(), retry_after),
        FaultKind::TooManyDate { seconds } => {
            too_many().with_header(header::RETRY_AFTER, tenant.date_in(u64::from(seconds)))
        }
        FaultKind::RateLimitExceeded => rate_limit_exceeded(),
        FaultKind::ExpiredToken => ApiError::unauthorized("Invalid or expired token").into(),
        FaultKind::Forbidden => ApiError::forbidden("The caller does not have permission").into(),
        FaultKind::BadRequest => ApiError::bad_request("Bad request").into(),
        FaultKind::Redirect => redirect(port),
        FaultKind::ResetBefore => return Some(Delivery::Reset),
        FaultKind::Hang { is_done: false } => return Some(Delivery::Nothing),
        _ => return None,
    };
    Some(Delivery::Whole(answer))
}

/// What becomes of the answer once the work is done; `own_cursor` leads to the same page again.
pub(super) fn afterwards(kind: FaultKind, answer: Answer, own_cursor: Option<&str>) -> Delivery {
    match kind {
        FaultKind::ResetAfter => Delivery::Reset,
        FaultKind::Hang { .. } => Delivery::Nothing,
        FaultKind::CutBody => Delivery::Half(answer),
        FaultKind::HugeBody => Delivery::Endless,
        FaultKind::NotJson => Delivery::Whole(Answer::html(StatusCode::OK)),
        FaultKind::Http { status, retry_after, .. } => Delivery::Whole(error(status, retry_after)),
        FaultKind::Html { status, .. } => Delivery::Whole(page(status)),
        _ if answer.status == StatusCode::OK => {
            let body = twist(kind, &answer.body, own_cursor);
            Delivery::Whole(Answer { body: body.into(), ..answer })
        }
        _ => Delivery::Whole(answer),
    }
}

fn error(status: u16, retry_after: Option<u32>) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = status.canonical_reason().unwrap_or("Error");
    let reason = if status.is_server_error() { "backendError" } else { "invalid" };
    with_pause(ApiError::new(status, reason, message).into(), retry_after)
}

fn page(status: u16) -> Answer {
    Answer::html(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY))
}

fn with_pause(answer: Answer, retry_after: Option<u32>) -> Answer {
    match retry_after {
        Some(seconds) => answer.with_header(header::RETRY_AFTER, seconds.to_string()),
        None => answer,
    }
}

fn redirect(port: u16) -> Answer {
    let answer = Answer { status: StatusCode::FOUND, ..Answer::json("") };
    answer.with_header(header::LOCATION, format!("http://localhost:{port}{ELSEWHERE_PATH}"))
}
