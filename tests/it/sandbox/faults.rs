//! Each fault happens on the wire, and only when it is due.

use std::io::ErrorKind;

use lumsync::sandbox::{CATALOGUE, CallKind, SandboxSettings, hostile_catalogue};
use reqwest::Method;
use serde_json::json;

use crate::support::caller::{Caller, GET, LIST, SAVE, THREE, with_lines};

const CREATE: &str = r#"{"email":"dee@example.com","firstName":"Dee","lastName":"Doe","accountType":"external"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_before_does_nothing_and_a_reset_after_does_the_work() {
    for (fault, is_done) in [("reset-before", false), ("reset-after", true)] {
        let caller = Caller::with_fault(&format!("{fault}:save-create:1")).await;
        let (received, end) = caller.over_a_socket("POST", SAVE, CREATE).await;
        assert_eq!((received.as_slice(), end), (b"".as_slice(), Err(ErrorKind::ConnectionReset)), "{fault}");
        assert_eq!(caller.first_names().contains(&"Dee".to_owned()), is_done, "{fault}");
        let call = caller.sandbox.traffic().pop().unwrap();
        assert_eq!((call.status, call.written, call.fault), (None, is_done, Some(format!("{fault}:save-create:1"))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_body_promises_more_than_it_sends() {
    let caller = Caller::with_fault("cut-body:save-create:1").await;
    let (received, end) = caller.over_a_socket("POST", SAVE, CREATE).await;
    let text = String::from_utf8(received).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let length: usize = length.parse().unwrap();
    assert!(end.is_ok() && head.starts_with("HTTP/1.1 200 OK"), "{end:?} {head}");
    assert_eq!(body.len(), length / 2);
    assert!(caller.first_names().contains(&"Dee".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_sends_nothing_and_does_not_hold_up_the_end() {
    for (fault, is_done) in [("hang", false), ("hang-after", true)] {
        let caller = Caller::with_fault(&format!("{fault}:save-create:1")).await;
        let (received, end) = caller.over_a_socket("POST", SAVE, CREATE).await;
        assert!(received.is_empty() && matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{end:?}");
        assert_eq!(caller.first_names().contains(&"Dee".to_owned()), is_done, "{fault}");
        let waiting = tokio::spawn({
            let (http, url) = (caller.http.clone(), caller.sandbox.base_url() + GET + "?uid=1");
            caller.set_fault("hang:get:1");
            async move { http.get(url).bearer_auth("any").send().await }
        });
        while caller.count(CallKind::Get) == 0 {
            tokio::task::yield_now().await;
        }
        caller.sandbox.stop().await.unwrap();
        assert!(waiting.await.unwrap().is_err());
    }
}

#[tokio::test]
async fn an_error_comes_with_its_status_shape_and_pause_and_the_work_is_done_only_after() {
    for (fault, status, content, pause, is_done) in [
        ("http-500", 500, "application/json", None, false),
        ("http-503=7", 503, "application/json", Some("7"), false),
        ("http-504-after", 504, "application/json", None, true),
        ("html-502", 502, "text/html", None, false),
        ("html-502-after", 502, "text/html", None, true),
        ("429", 429, "application/json", None, false),
        ("429=2", 429, "application/json", Some("2"), false),
        ("400-rate-limit", 400, "application/json", None, false),
        ("expired-token", 401, "application/json", None, false),
        ("forbidden", 403, "application/json", None, false),
        ("bad-request", 400, "application/json", None, false),
        ("not-json", 200, "text/html", None, true),
    ] {
        let caller = Caller::with_fault(&format!("{fault}:save-create:1")).await;
        let response = caller.send(Method::POST, SAVE, Some(CREATE)).await.unwrap();
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!((response.status().as_u16(), header("retry-after")), (status, pause), "{fault}");
        assert!(header("content-type").unwrap().starts_with(content), "{fault}");
        assert_eq!(caller.first_names().contains(&"Dee".to_owned()), is_done, "{fault}");
    }
}

#[tokio::test]
async fn a_date_to_wait_for_lies_ahead() {
    let faults = vec!["429-date=30:get:1".parse().unwrap()];
    let fixed_time = Some("2026-01-01T00:00:00.250Z".parse().unwrap());
    let caller = Caller::start(SandboxSettings { faults, fixed_time, ..with_lines(THREE) }).await;
    let response = caller.send(Method::GET, &format!("{GET}?uid=1"), None).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "Thu, 01 Jan 2026 00:00:31 GMT");
}

#[tokio::test]
async fn a_redirect_leads_to_another_host_that_tells_whether_the_token_came_along() {
    let caller = Caller::with_fault("redirect:get:1").await;
    let response = caller.send(Method::GET, &format!("{GET}?uid=1"), None).await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert!(response.status() == 302 && location.starts_with("http://localhost:"), "{location}");
    caller.http.get(location.replace("localhost", "127.0.0.1")).bearer_auth("given away").send().await.unwrap();
    let call = caller.sandbox.traffic().pop().unwrap();
    assert_eq!((call.kind, call.has_bearer), (CallKind::Other, true));
}

#[tokio::test]
async fn a_huge_body_goes_on_and_on() {
    let caller = Caller::with_fault("huge-body:list:1").await;
    let mut response = caller.send(Method::GET, LIST, None).await.unwrap();
    let mut received = 0;
    while received < 64 << 20 {
        received += response.chunk().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn a_list_is_wrong_in_the_way_it_is_told_to() {
    let caller = Caller::with_fault("repeated-cursor:list:2").await;
    let first = caller.get(&format!("{LIST}?maxResults=1")).await.1;
    let path = format!("{LIST}?maxResults=1&cursor={}", first["cursor"].as_str().unwrap());
    let second = caller.get(&path).await.1;
    assert_eq!(
        (&second["cursor"], &second["more"], &second["items"][0]["uid"]),
        (&first["cursor"], &json!(true), &json!("2"))
    );
    assert_eq!(caller.get(&path).await.1["more"], false);

    caller.set_fault("more-without-items:list:1");
    let page = caller.get(LIST).await.1;
    assert!(page.get("items").is_none() && page["more"] == true && page["cursor"].is_string());

    caller.set_fault("duplicate-user:list:1");
    let uids = |page: &serde_json::Value| {
        page["items"].as_array().unwrap().iter().map(|item| item["uid"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(uids(&caller.get(LIST).await.1), ["1", "2", "1"]);

    caller.set_fault("item-without-email:list:1");
    assert!(caller.get(LIST).await.1["items"][0].get("email").is_none());

    caller.set_fault("item-without-uid:any:1");
    assert!(caller.get(&format!("{GET}?uid=1")).await.1.get("uid").is_none());

    caller.set_fault("wrong-type:list:1");
    assert!(caller.get(LIST).await.1["items"][0]["email"].is_object());

    caller.set_fault("drifting-type:list:1");
    assert_eq!(caller.get(LIST).await.1["items"][0]["uid"], 1);

    caller.set_fault("more-missing:list:1");
    assert!(caller.get(LIST).await.1.get("more").is_none());
}

#[tokio::test]
async fn a_fault_strikes_when_it_is_due_and_no_other_call() {
    let caller = Caller::with_fault("http-500:get:2-3").await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        assert_eq!(caller.get(LIST).await.0, 200);
        seen.push(caller.get(&format!("{GET}?uid=1")).await.0);
    }
    assert_eq!(seen, [200, 500, 500, 200]);
}

#[test]
fn the_documentation_names_every_kind_of_fault() {
    let documentation = include_str!("../../../docs/sandbox.md");
    for kind in CATALOGUE.into_iter().map(str::to_owned).chain(hostile_catalogue()) {
        let name = kind.split('=').next().unwrap();
        let name = name.strip_suffix("-after").unwrap_or(name);
        assert!(documentation.contains(&format!("`{name}")), "{kind} is not in docs/sandbox.md");
    }
}
