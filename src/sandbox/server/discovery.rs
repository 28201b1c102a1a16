//! The discovery document: what public clients read to learn the methods of the API.

use serde_json::{Map, Value, json};

use super::methods::{BASE_PATH, METHODS, Method};
use super::response::ApiResponse;

pub(crate) const PATH: &str = "/_ah/api/discovery/v1/apis/lumsites/v1/rest";

/// The document, reduced to what the sandbox serves.
pub(crate) async fn document() -> ApiResponse {
    let mut document = json!({
        "kind": "discovery#restDescription",
        "id": "lumsites:v1",
        "name": "lumsites",
        "version": "v1",
        "protocol": "rest",
        "rootUrl": "http://127.0.0.1/_ah/api/",
        "servicePath": "lumsites/v1/",
        "baseUrl": format!("http://127.0.0.1{BASE_PATH}"),
        "basePath": BASE_PATH,
    });
    for method in &METHODS {
        let (resources, name) = method.name.rsplit_once('/').unwrap_or(("", method.name));
        let place = resources.split('/').fold(&mut document, |place, resource| &mut place["resources"][resource]);
        place["methods"][name] = describe(method);
    }
    ApiResponse::json(document.to_string())
}

fn describe(method: &Method) -> Value {
    let names = ["callId", "fields"].iter().chain(method.parameters);
    let parameters = names.map(|name| ((*name).to_owned(), parameter(name))).collect::<Map<_, _>>();
    let verb = if method.is_post { "POST" } else { "GET" };
    let id = format!("lumsites.{}", method.name.replace('/', "."));
    json!({"id": id, "path": method.name, "httpMethod": verb, "parameters": parameters})
}

fn parameter(name: &str) -> Value {
    let kind = match name {
        "maxResults" | "registeredSince" => "integer",
        "showHidden" | "hasGroup" | "herited" => "boolean",
        _ => "string",
    };
    let is_repeated = ["feeds", "ids", "queryFields", "types", "restrictToFeeds", "exceptFeeds"].contains(&name);
    json!({"location": "query", "type": kind, "repeated": is_repeated})
}
