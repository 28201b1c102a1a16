//! The discovery document: what public clients read to learn the methods of the API.

use serde_json::{Value, json};

use super::answer::Answer;

pub(super) const PATH: &str = "/_ah/api/discovery/v1/apis/lumsites/v1/rest";

/// Names, places and types of what `user/list` takes.
const LIST: [(&str, &str, bool); 20] = [
    ("callId", "string", false),
    ("cursor", "string", false),
    ("email", "string", false),
    ("feeds", "string", true),
    ("fields", "string", false),
    ("firstName", "string", false),
    ("ids", "string", true),
    ("instance", "string", false),
    ("lang", "string", false),
    ("lastName", "string", false),
    ("maxResults", "integer", false),
    ("query", "string", false),
    ("queryFields", "string", true),
    ("registeredSince", "integer", false),
    ("showHidden", "boolean", false),
    ("sortOrder", "string", false),
    ("status", "string", false),
    ("types", "string", true),
    ("action", "string", false),
    ("currentInstance", "string", false),
];

/// The document, reduced to what the sandbox serves.
pub(super) async fn document() -> Answer {
    Answer::json(
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
                "list": method("list", "GET", &LIST),
                "get": method("get", "GET", &[("email", "string", false), ("uid", "string", false)]),
                "save": method("save", "POST", &[]),
            }}},
        })
        .to_string(),
    )
}

fn method(name: &str, verb: &str, parameters: &[(&str, &str, bool)]) -> Value {
    let parameters: serde_json::Map<String, Value> = parameters
        .iter()
        .map(|(name, kind, is_repeated)| {
            ((*name).to_owned(), json!({"location": "query", "type": kind, "repeated": is_repeated}))
        })
        .collect();
    json!({"id": format!("lumsites.user.{name}"), "path": format!("user/{name}"), "httpMethod": verb, "parameters": parameters})
}
