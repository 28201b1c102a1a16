//! The rate limit and the latency.

use std::time::Duration;

use lumsync::sandbox::SandboxSettings;
use reqwest::{Method, Response};

use crate::support::api_client::{ApiClient, GET, THREE, with_lines};

async fn refused(limit: &str) -> Response {
    let settings = SandboxSettings { rate_limit: Some(limit.parse().unwrap()), ..with_lines(THREE) };
    let client = ApiClient::start(settings).await;
    let path = format!("{GET}?uid=1");
    assert_eq!(client.get(&path).await.0, 200);
    client.send(Method::GET, &path, None).await.unwrap()
}

fn retry_after(response: &Response) -> Option<&str> {
    response.headers().get("retry-after").map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_call_over_the_limit_is_refused_as_chosen() {
    let seconds = refused("1:429").await;
    assert_eq!((seconds.status().as_u16(), retry_after(&seconds)), (429, Some("1")));
    let date = refused("1:429-date").await;
    assert!(date.status() == 429 && httpdate::parse_http_date(retry_after(&date).unwrap()).is_ok());
    let silent = refused("1:429-silent").await;
    assert_eq!((silent.status().as_u16(), retry_after(&silent)), (429, None));
    let bad_request = refused("1:400").await;
    assert_eq!(bad_request.status(), 400);
    assert!(bad_request.text().await.unwrap().contains("RATE_LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn an_answer_takes_as_long_as_it_is_told_to() {
    let latency = Duration::from_millis(60);
    let client = ApiClient::start(SandboxSettings { latency, ..with_lines(THREE) }).await;
    let began = std::time::Instant::now();
    assert_eq!(client.get(&format!("{GET}?uid=1")).await.0, 200);
    assert!(began.elapsed() >= latency);
}
