//! `GET user/get` and `GET feed/get`: one object, or 404.

use axum::http::StatusCode;

use crate::sandbox::server::request::ApiRequest;
use crate::sandbox::server::response::{ApiError, ApiResponse};
use crate::sandbox::storage::object::{ObjectKind, StoredObject};
use crate::sandbox::storage::store::Store;

/// `GET user/get`: one user of any account type, by identifier or address.
pub(crate) fn user(call: &ApiRequest, store: &Store) -> Result<ApiResponse, ApiError> {
    let user = match (call.query.one("uid"), call.query.one("email")) {
        (Some(uid), _) => store.find(ObjectKind::User, uid).map(|(_, user)| user),
        (None, Some(email)) => store.find_email(email).and_then(|position| store.at(position)),
        (None, None) => return Err(ApiError::bad_request("Missing required parameter: email or uid")),
    };
    found(call, user, "User not found")
}

/// `GET feed/get`: one group by its identifier.
pub(crate) fn feed(call: &ApiRequest, store: &Store) -> Result<ApiResponse, ApiError> {
    let uid = call.query.one("uid").ok_or_else(|| ApiError::bad_request("Missing required parameter: uid"))?;
    found(call, store.find(ObjectKind::Feed, uid).map(|(_, feed)| feed), "Feed not found")
}

fn found(call: &ApiRequest, object: Option<&StoredObject>, otherwise: &str) -> Result<ApiResponse, ApiError> {
    let object = object.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, otherwise))?;
    Ok(ApiResponse::json(call.query.field_mask()?.project(&object.line)))
}
