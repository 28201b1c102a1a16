//! The discovery document: what public clients read to learn the methods of the API.

use serde_json::{Map, Value, json};

use super::response::ApiResponse;
use crate::sandbox::rules::list::PARAMETERS;

pub(crate) const PATH: &str = "/_ah/api/discovery/v1/apis/lumsites/v1/rest";

/// The document, reduced to what the sandbox serves.
pub(crate) async fn document() -> ApiResponse {
    ApiResponse::json(
        json!({
            "kind": "discovery#restDescription",
            "id": "lumsites:v1",
            "name": "lumsites",
            "version": "v1",
            "protocol": "rest",
            "rootUrl": "http://127.0.0.1/_ah/api/",
            "servicePath": "lumsites/v1/",
            "baseUrl": "http://127.0.0.1/_ah/api/lumsites/v1/",
            "basePath": "/_ah/api/lumsites/v1/",
            "resources": {"user": {"methods": {
                "list": method("list", "GET", &[&["callId", "fields"], PARAMETERS.as_slice()].concat()),
                "get": method("get", "GET", &["email", "uid"]),
                "save": method("save", "POST", &[]),
            }}},
        })
        .to_string(),
    )
}

fn method(name: &str, verb: &str, parameters: &[&str]) -> Value {
    let parameters = parameters.iter().map(|name| ((*name).to_owned(), parameter(name))).collect::<Map<_, _>>();
    json!({"id": format!("lumsites.user.{name}"), "path": format!("user/{name}"), "httpMethod": verb, "parameters": parameters})
}

fn parameter(name: &str) -> Value {
    let kind = match name {
        "maxResults" | "registeredSince" => "integer",
        "showHidden" => "boolean",
        _ => "string",
    };
    let is_repeated = ["feeds", "ids", "queryFields", "types"].contains(&name);
    json!({"location": "query", "type": kind, "repeated": is_repeated})
}
