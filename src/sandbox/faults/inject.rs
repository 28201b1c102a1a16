//! What a call becomes when a fault strikes it.

use axum::http::{StatusCode, header};
use serde_json::json;

use super::corrupt::{corrupt_page, corrupt_user, with_fault, with_word};
use super::echo;
use super::kind::{Effect, FaultKind, Instead, Shape, Spoil};
use crate::sandbox::rules::tenant::{Handling, State, Tenant, rate_limit_exceeded, too_many};
use crate::sandbox::server::delivery::Delivery;
use crate::sandbox::server::request::ApiRequest;
use crate::sandbox::server::response::{ApiError, ApiResponse};
use crate::sandbox::storage::store::Store;

/// The target of a redirect: the same server under another name, where the traffic shows whether the token came along.
pub(crate) const ELSEWHERE_PATH: &str = "/_sandbox/elsewhere";

/// Does what a call asks for, but for what the fault prevents or spoils.
pub(crate) fn carry_out(tenant: &Tenant, state: &mut State, call: &ApiRequest, turn: Handling) -> Delivery {
    let response = match turn.fault {
        Some(fault) if !fault.is_done => ApiResponse::json(""),
        _ => tenant.perform(state, call, turn).unwrap_or_else(ApiResponse::from),
    };
    match turn.fault {
        Some(fault) => strike(tenant, &state.objects, call, fault, response),
        None => Delivery::Whole(response),
    }
}

/// What goes out in place of the response that the work gave.
fn strike(tenant: &Tenant, users: &Store, call: &ApiRequest, fault: FaultKind, response: ApiResponse) -> Delivery {
    match fault.effect {
        Effect::Instead(Instead::Reset) => Delivery::Reset,
        Effect::Instead(Instead::Hang) => Delivery::Nothing,
        Effect::Spoil(Spoil::CutBody) => Delivery::Half(response),
        Effect::Spoil(Spoil::HugeBody) => Delivery::Endless,
        Effect::Page(_) | Effect::User(_) | Effect::Worded(..) if response.status == StatusCode::OK => {
            Delivery::Whole(corrupted(tenant, users, call, fault.effect, response))
        }
        _ => Delivery::Whole(replaced(tenant, call, fault).unwrap_or(response)),
    }
}

fn corrupted(tenant: &Tenant, users: &Store, call: &ApiRequest, effect: Effect, response: ApiResponse) -> ApiResponse {
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let query = call.kind.is_list().then(|| tenant.list_query(call).ok()).flatten();
    let body = match (effect, query) {
        (Effect::Page(fault), Some(query)) => corrupt_page(fault, &text, &query, users).into_bytes(),
        (Effect::User(fault), _) => corrupt_user(&text, |user| with_fault(fault, user, users)),
        (Effect::Worded(kind, word), _) => corrupt_user(&text, |user| with_word(kind, word, user, users)),
        _ => return response,
    };
    ApiResponse { body: body.into(), ..response }
}

/// The response of a fault that has one of its own.
fn replaced(tenant: &Tenant, call: &ApiRequest, fault: FaultKind) -> Option<ApiResponse> {
    match fault.effect {
        Effect::Status(shape, status) => Some(with_pause(error(shape, status), fault.number)),
        Effect::Echo(escape) => {
            let status = fault.number.and_then(|status| u16::try_from(status).ok()).unwrap_or(400);
            Some(ApiResponse::json(echo::error_body(escape, status, &call.secrets())).with_status(status))
        }
        Effect::Spoil(Spoil::NotJson) => Some(ApiResponse::html(StatusCode::OK)),
        Effect::Instead(instead) => Some(instead_of_work(tenant, call, instead, fault.number)),
        _ => None,
    }
}

fn instead_of_work(tenant: &Tenant, call: &ApiRequest, instead: Instead, number: Option<u32>) -> ApiResponse {
    match instead {
        Instead::TooMany => with_pause(too_many(), number),
        Instead::TooManyByDate => {
            too_many().with_header(header::RETRY_AFTER, tenant.date_in(number.unwrap_or_default().into()))
        }
        Instead::RateLimitExceeded => rate_limit_exceeded(),
        Instead::ExpiredToken => ApiError::new(StatusCode::UNAUTHORIZED, "Invalid or expired token").into(),
        Instead::Forbidden => ApiError::new(StatusCode::FORBIDDEN, "The caller does not have permission").into(),
        Instead::BadRequest => ApiError::bad_request("Bad request").into(),
        Instead::Redirect => redirect(call.port),
        Instead::ForeignJson => ApiResponse::json(r#"{"status":"maintenance"}"#),
        // A reset and a hang send no response.
        Instead::EmptyJson | Instead::Reset | Instead::Hang => ApiResponse::json("{}"),
        Instead::NullItems => ApiResponse::json(r#"{"items":null,"more":false}"#),
        Instead::ErrorMember => named_response(call, "error", &json!({"code": 500, "message": "Backend Error"})),
        Instead::SuccessFalse => named_response(call, "success", &json!(false)),
    }
}

fn error(shape: Shape, status: u16) -> ApiResponse {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = code.canonical_reason().unwrap_or("Error");
    match shape {
        Shape::Api => ApiError::new(code, message).into(),
        Shape::Html => ApiResponse::html(code),
        Shape::Text => {
            ApiResponse { content_type: "text/plain", ..ApiResponse::json(format!("{message}\n")) }.with_status(status)
        }
        Shape::Json => ApiResponse::json(json!({"message": message}).to_string()).with_status(status),
    }
}

fn with_pause(response: ApiResponse, retry_after: Option<u32>) -> ApiResponse {
    match retry_after {
        Some(seconds) => response.with_header(header::RETRY_AFTER, seconds.to_string()),
        None => response,
    }
}

fn redirect(port: u16) -> ApiResponse {
    let location = format!("http://localhost:{port}{ELSEWHERE_PATH}");
    ApiResponse::json("").with_status(302).with_header(header::LOCATION, location)
}

/// A good status over a bad message that names the user of the call.
fn named_response(call: &ApiRequest, name: &str, value: &serde_json::Value) -> ApiResponse {
    let mut body = json!({name: value});
    for (name, value) in [("uid", call.uid()), ("email", call.email())] {
        if let Some(value) = value {
            body[name] = value.into();
        }
    }
    ApiResponse::json(body.to_string())
}
