//! Keeps web pages out: a browser on this machine reaches loopback, also for a page from elsewhere.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::connection::Connection;
use super::response::ApiError;

const OWN_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Refuses a request that was sent to another name, or by a page of another origin.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    match refusal(&request) {
        Some(reason) => ApiError::new(StatusCode::FORBIDDEN, reason).into_response(),
        None => next.run(request).await,
    }
}

fn refusal(request: &Request) -> Option<&'static str> {
    let port = request.extensions().get::<Connection>().map_or(0, |connection| connection.port);
    let header = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    if !header(header::HOST).is_some_and(is_own_host) {
        Some("The sandbox answers on its loopback names alone, and the Host header has another")
    } else if header(header::ORIGIN).is_some_and(|origin| !is_own_origin(origin, port)) {
        Some("The sandbox does not answer web pages, and the Origin header names one")
    } else {
        None
    }
}

/// Any port: a tunnel may have another one.
fn is_own_host(host: &str) -> bool {
    host.parse::<Authority>().is_ok_and(|host| OWN_NAMES.contains(&host.host()) && !host.as_str().contains('@'))
}

fn is_own_origin(origin: &str, port: u16) -> bool {
    OWN_NAMES.iter().any(|name| origin == format!("http://{name}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_ours_and_no_others() {
        for own in ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "[::1]:80"] {
            assert!(is_own_host(own), "{own}");
        }
        for foreign in ["", "example.com", "example.com:8080", "127.0.0.1.example.com", "127.0.0.1@example.com:1"] {
            assert!(!is_own_host(foreign), "{foreign}");
        }
        assert!(is_own_origin("http://localhost:8080", 8080));
        for foreign in ["null", "http://localhost:3000", "https://localhost:8080", "http://example.com:8080", ""] {
            assert!(!is_own_origin(foreign, 8080), "{foreign}");
        }
    }
}
