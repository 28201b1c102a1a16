//! list, get and save as documented.

use lumsync::sandbox::{CallKind, SandboxSettings, TenantSource};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api_client::{ApiClient, GET, LIST, SAVE, THREE, with_lines};

#[tokio::test]
async fn a_list_walks_the_whole_tenant_page_by_page() {
    let tenant = TenantSource::Generated { users: 250, seed: 1 };
    let client = ApiClient::start(SandboxSettings { tenant, page_cap: 40, ..SandboxSettings::default() }).await;
    let (mut uids, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{LIST}?maxResults=100&showHidden=true&fields=cursor,more,items(uid)&cursor={cursor}");
        let (status, page) = client.get(&path).await;
        assert_eq!(status, 200, "{page}");
        uids.extend(page["items"].as_array().unwrap().iter().map(|item| item["uid"].clone()));
        let Some(next) = page.get("cursor") else { break };
        next.as_str().unwrap().clone_into(&mut cursor);
    }
    let expected: Vec<Value> = client.sandbox.users().iter().map(|user| user["uid"].clone()).collect();
    assert_eq!(uids, expected);
    assert_eq!(client.count(CallKind::List), 7);
}

#[tokio::test]
async fn filters_and_hidden_users_work_together() {
    let client = ApiClient::start(with_lines(THREE)).await;
    for (parameters, expected) in [
        ("", "Ann Bob"),
        ("showHidden=true", "Ann Bob Cleo"),
        ("showHidden=true&types=google&types=okta", "Cleo"),
        ("status=enabled", "Ann"),
        ("email=BOB@example.com", "Bob"),
        ("ids=2&ids=3&showHidden=true&sortOrder=-lastName", "Cleo Bob"),
        ("query=ra", "Bob"),
    ] {
        let (_, page) = client.get(&format!("{LIST}?{parameters}")).await;
        let names: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|item| item["firstName"].as_str().unwrap()).collect();
        assert_eq!(names.join(" "), expected, "{parameters}");
    }
    let (status, nobody) = client.get(&format!("{LIST}?firstName=Nobody&callId=7")).await;
    assert_eq!((status, nobody), (200, json!({"more": false, "callId": "7"})));
}

#[tokio::test]
async fn a_user_of_any_type_is_found_by_address_without_case_and_by_uid() {
    let client = ApiClient::start(with_lines(THREE)).await;
    assert_eq!(client.get(&format!("{GET}?email=CLEO@Example.com")).await.1["uid"], "3");
    assert_eq!(
        client.get(&format!("{GET}?uid=1&fields=email,lastName")).await.1,
        json!({"email": "ann@example.com", "lastName": "Lee"})
    );
    let (status, error) = client.get(&format!("{GET}?email=nobody@example.com")).await;
    assert_eq!(status, 404);
    let detail = json!({"domain": "global", "reason": "notFound", "message": "User not found"});
    assert_eq!(error, json!({"error": {"code": 404, "message": "User not found", "errors": [detail]}}));
    assert_eq!(client.get(GET).await.0, 400);
}

#[tokio::test]
async fn a_save_creates_and_a_second_one_of_the_address_is_refused() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let body = r#"{"email":"dee@example.com","firstName":"Dee","lastName":"Doe","accountType":"external","password":"s3cret","rePassword":"s3cret"}"#;
    let (status, user) = client.save(body).await;
    assert_eq!(
        (status, &user["fullName"], &user["status"], &user["customer"]),
        (200, &json!("Dee Doe"), &json!("enabled"), &json!("sandbox"))
    );
    assert_eq!(user["uid"], user["id"]);
    assert_eq!(client.save(&body.replace("dee@", "DEE@")).await.0, 409);
    assert_eq!(client.save(&body.replace("dee@", "cleo@")).await.0, 409);
    assert!(!client.sandbox.lines().contains("s3cret"));
    let creates: Vec<_> =
        client.sandbox.traffic().into_iter().filter(|call| call.kind == CallKind::SaveCreate).collect();
    assert_eq!(
        creates.iter().map(|call| (call.written, call.status)).collect::<Vec<_>>(),
        [(true, Some(200)), (false, Some(409)), (false, Some(409))]
    );
    assert_eq!(creates[0].uid.as_deref(), user["uid"].as_str());
    assert!(creates[0].has_password);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_creates_of_one_address_at_once_one_is_done() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let create = |number| {
        let case = if number % 2 == 0 { "dee" } else { "DEE" };
        format!(r#"{{"email":"{case}@example.com","firstName":"Dee","lastName":"{number}","accountType":"external"}}"#)
    };
    let bodies: Vec<_> = (0..20).map(create).collect();
    let answers = futures::future::join_all(bodies.iter().map(|body| client.save(body))).await;
    let count = |wanted: u16| answers.iter().filter(|(status, _)| *status == wanted).count();
    assert_eq!((count(200), count(409), client.sandbox.users().len()), (1, 19, 4));
}

#[tokio::test]
async fn a_save_with_a_uid_loses_what_the_body_leaves_out() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let (status, user) = client.save(r#"{"uid":"1","email":"ann@example.com","firstName":"Anne"}"#).await;
    assert_eq!(status, 200);
    assert_eq!((user.get("customProfile"), user.get("lastName")), (None, None));
    assert_eq!(user["accountType"], "external");
}

#[tokio::test]
async fn what_is_sent_back_whole_stays_byte_for_byte() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let response = client.send(Method::GET, &format!("{GET}?uid=1"), None).await.unwrap();
    let user = response.text().await.unwrap();
    client.send(Method::POST, SAVE, Some(&user.replace("\"Ann\"", "\"Anne\""))).await.unwrap();
    let line = client.sandbox.lines().lines().next().unwrap().to_owned();
    assert!(line.contains(r#""customProfile":{"n":12345678901234567890123}"#) && line.contains("Anne"), "{line}");
}

#[tokio::test]
async fn what_the_api_does_not_know_is_refused_in_its_own_shape() {
    let client = ApiClient::start(with_lines(THREE)).await;
    for (method, path, body, status) in [
        (Method::GET, "/_ah/api/lumsites/v1/user/delete".to_owned(), None, 404),
        (Method::DELETE, SAVE.to_owned(), None, 405),
        (Method::POST, SAVE.to_owned(), Some("{\"email\":"), 400),
        (Method::POST, SAVE.to_owned(), Some("[]"), 400),
        (Method::GET, format!("{LIST}?maxresults=5"), None, 400),
        (Method::GET, format!("{LIST}?maxResults=0"), None, 400),
        (Method::GET, format!("{LIST}?cursor=00ff"), None, 400),
        (Method::GET, format!("{LIST}?fields=items(uid"), None, 400),
        (Method::GET, format!("{LIST}?fields=users(uid)"), None, 400),
    ] {
        let response = client.send(method, &path, body).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let error: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(error["error"]["code"], status, "{path}");
        assert!(error["error"]["errors"][0]["reason"].is_string() && error["error"]["message"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn a_user_changed_or_removed_by_somebody_else_is_seen_by_the_next_call() {
    let client = ApiClient::start(with_lines(THREE)).await;
    assert!(client.sandbox.edit("Ann@example.com", |user| drop(user.insert("lastName".to_owned(), json!("Lane")))));
    assert!(client.sandbox.remove("bob@example.com"));
    assert_eq!(client.get(&format!("{GET}?uid=1")).await.1["lastName"], "Lane");
    assert_eq!(client.get(&format!("{GET}?uid=2")).await.0, 404);
    assert!(!client.sandbox.edit("bob@example.com", |_| ()));
}
