//! Groups and their members.

use lumsync::sandbox::{CallKind, SandboxSettings, TenantSource};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::api_client::{ApiClient, GET, LIST, THREE, with_lines};

const FEEDS: &str = "/_ah/api/lumsites/v1/feed/list";
const FEED: &str = "/_ah/api/lumsites/v1/feed/get";
const TYPES: &str = "/_ah/api/lumsites/v1/feedtype/list";
const SUBSCRIBERS: &str = "/_ah/api/lumsites/v1/feed/subscribers/save";

const GROUPS: &str = r#"
{"kind":"feedtype","uid":"90","name":"Team"}
{"kind":"feed","uid":"50","name":{"en":"Sales","fr":"Ventes"},"type":"90"}
{"kind":"feed","uid":"51","name":"Staff","synchronized":true}"#;

async fn start(change: impl FnOnce(&mut SandboxSettings)) -> ApiClient {
    let mut settings = with_lines(&format!("{THREE}{GROUPS}"));
    change(&mut settings);
    ApiClient::start(settings).await
}

async fn with_fault(fault: &str) -> ApiClient {
    start(|settings| settings.faults = vec![fault.parse().unwrap()]).await
}

/// A change of the members of Sales: its status and the message of its error.
async fn save(client: &ApiClient, added: &[&str], removed: &[&str]) -> (u16, String) {
    let body = json!({"feed": "50", "addedUsers": added, "removedUsers": removed});
    send(client, &body).await
}

async fn send(client: &ApiClient, body: &Value) -> (u16, String) {
    let response = client.send(Method::POST, SUBSCRIBERS, Some(&body.to_string())).await.unwrap();
    let status = response.status().as_u16();
    let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
    (status, answer["error"]["message"].as_str().unwrap_or_default().to_owned())
}

async fn uids(client: &ApiClient, path: &str) -> Vec<String> {
    let (status, page) = client.get(path).await;
    assert_eq!(status, 200, "{path}: {page}");
    let items = page["items"].as_array().into_iter().flatten();
    items.map(|item| item["uid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn groups_are_listed_filtered_and_found() {
    let client = start(|_| ()).await;
    for (parameters, expected) in [
        ("", "50 51"),
        ("query=vent", "50"),
        ("type=90", "50"),
        ("hasGroup=false", "50 51"),
        ("hasGroup=true", ""),
        ("restrictToFeeds=51", "51"),
        ("exceptFeeds=51", "50"),
        ("herited=false&instance=7", ""),
        ("instance=7", "50 51"),
    ] {
        assert_eq!(uids(&client, &format!("{FEEDS}?{parameters}")).await.join(" "), expected, "{parameters}");
    }
    assert_eq!(uids(&client, TYPES).await, ["90"]);
    assert_eq!(client.get(&format!("{FEED}?uid=50")).await.1["name"]["fr"], "Ventes");
    for (path, status) in [(format!("{FEED}?uid=1"), 404), (FEED.to_owned(), 400), (format!("{FEEDS}?feeds=1"), 400)] {
        assert_eq!(client.get(&path).await.0, status, "{path}");
    }
    assert_eq!(client.get(&format!("{GET}?uid=50")).await.0, 404);
    assert_eq!(uids(&client, &format!("{LIST}?showHidden=true")).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn groups_come_page_by_page() {
    let client = start(|settings| settings.page_cap = 1).await;
    let (_, first) = client.get(&format!("{FEEDS}?fields=cursor,more,items(uid)")).await;
    assert_eq!((&first["more"], &first["items"]), (&json!(true), &json!([{"uid": "50"}])));
    let next = format!("{FEEDS}?cursor={}&fields=cursor,more,items(uid)", first["cursor"].as_str().unwrap());
    assert_eq!(client.get(&next).await.1, json!({"items": [{"uid": "51"}], "more": false}));
}

#[tokio::test]
async fn users_join_and_leave_in_order_up_to_the_first_unknown_one() {
    let client = start(|_| ()).await;
    assert_eq!(save(&client, &["1", "BOB@example.com", "1"], &[]).await.0, 204);
    assert_eq!(client.sandbox.members("50"), ["ann@example.com", "bob@example.com"]);
    assert_eq!(
        save(&client, &["3", "eve@example.com", "2"], &["1"]).await,
        (404, "User not found: eve@example.com".into())
    );
    assert_eq!(client.sandbox.members("50"), ["ann@example.com", "bob@example.com", "cleo@example.com"]);
    assert_eq!(save(&client, &[], &["1", "50", "2"]).await, (404, "User not found: 50".into()));
    assert_eq!(save(&client, &["2"], &["2"]).await.0, 204);
    assert_eq!(client.sandbox.members("50"), ["cleo@example.com"]);
    let calls = client.sandbox.traffic();
    let seen: Vec<_> =
        calls.iter().map(|call| (call.kind, call.written, call.added.len(), call.removed.len())).collect();
    let kind = CallKind::FeedSave;
    assert_eq!(seen, [(kind, true, 3, 0), (kind, true, 3, 1), (kind, true, 0, 3), (kind, true, 1, 1)]);
}

#[tokio::test]
async fn members_are_read_with_the_filters_of_a_list() {
    let client = start(|_| ()).await;
    save(&client, &["1", "2", "3"], &[]).await;
    for (parameters, expected) in
        [("", "1 2"), ("&showHidden=true", "1 2 3"), ("&status=disabled", "2"), ("&types=google&showHidden=true", "3")]
    {
        assert_eq!(uids(&client, &format!("{LIST}?feeds=50{parameters}")).await.join(" "), expected, "{parameters}");
    }
    assert_eq!((client.count(CallKind::FeedMembers), client.count(CallKind::List)), (4, 0));
}

#[tokio::test]
async fn what_a_change_of_members_can_not_be_is_refused_and_nothing_changes() {
    let client = start(|settings| settings.subscribers_cap = 2).await;
    for (body, status) in [
        (json!({"addedUsers": ["1"]}), 400),
        (json!({"feed": "50", "addedUsers": "1"}), 400),
        (json!({"feed": "50", "addedUsers": ["1", "2"], "removedUsers": ["3"]}), 400),
        (json!({"feed": "1", "addedUsers": ["1"]}), 404),
        (json!({"feed": "51", "addedUsers": ["1"]}), 403),
    ] {
        assert_eq!(send(&client, &body).await.0, status, "{body}");
    }
    assert!(client.sandbox.traffic().iter().all(|call| !call.written));
    assert_eq!(client.sandbox.lines(), format!("{THREE}\n"));
}

#[tokio::test]
async fn a_save_of_a_user_changes_no_membership() {
    let client = start(|_| ()).await;
    save(&client, &["1"], &[]).await;
    let body =
        r#"{"uid":"1","email":"ann@example.com","firstName":"Ann","lastName":"Lee","subscriptions":[{"feed":"51"}]}"#;
    assert_eq!(client.save(body).await.1["subscriptions"], json!([{"feed": "50"}]));
}

#[tokio::test]
async fn faults_of_saves_and_lists_strike_groups_too() {
    let members = format!("{LIST}?feeds=50&fields=items(uid)");
    let client = with_fault("http-503-after:feed-save:1").await;
    assert_eq!(save(&client, &["1"], &[]).await.0, 503);
    assert_eq!(client.sandbox.members("50").len(), 1);
    let client = with_fault("reverted-save=0:feed-save:1").await;
    assert_eq!(save(&client, &["1", "2"], &[]).await.0, 204);
    assert!(client.sandbox.members("50").is_empty());
    let client = with_fault("stale-read:feed-members:1").await;
    save(&client, &["1", "2"], &[]).await;
    assert!(uids(&client, &members).await.is_empty());
    assert_eq!(uids(&client, &members).await, ["1", "2"]);
    let client = with_fault("skipped-user:feed-list:1").await;
    assert_eq!(uids(&client, FEEDS).await, ["51"]);
    let client = with_fault("other-user:feed-get:1").await;
    assert_eq!(client.get(&format!("{FEED}?uid=50")).await.1["uid"], "51");
}

#[tokio::test]
async fn groups_and_members_are_kept_with_the_tenant() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenant.jsonl");
    std::fs::write(&path, format!("{THREE}{GROUPS}")).unwrap();
    let settings = SandboxSettings {
        tenant: TenantSource::File(path.clone()),
        save_to: Some(path.clone()),
        ..SandboxSettings::default()
    };
    let client = ApiClient::start(settings).await;
    save(&client, &["2"], &[]).await;
    client.sandbox.stop().await.unwrap();
    let before = format!("{THREE}{GROUPS}\n").replace("\n\n", "\n");
    let saved = std::fs::read_to_string(&path).unwrap();
    assert_eq!(saved.replace(r#","subscriptions":[{"feed":"50"}]"#, ""), before);
    assert_eq!(saved.matches("subscriptions").count(), 1);
}

#[tokio::test]
async fn a_group_can_be_changed_from_outside() {
    let client = start(|_| ()).await;
    assert!(client.sandbox.edit("50", |group| drop(group.insert("synchronized".to_owned(), json!(true)))));
    assert_eq!(save(&client, &["1"], &[]).await.0, 403);
    assert!(client.sandbox.remove("50"));
    assert_eq!((save(&client, &["1"], &[]).await.0, client.sandbox.groups().len()), (404, 1));
}
