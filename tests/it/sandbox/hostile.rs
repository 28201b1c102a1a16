//! A tenant that lies, seen over HTTP: each answer that looks right and is not.

use std::collections::BTreeSet;

use lumsync::sandbox::{CallKind, SandboxSettings};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::api_client::{ApiClient, GET, LIST, SAVE, THREE, TOKEN, with_lines};

const CREATE: &str = r#"{"email":"dee@example.com","firstName":"Dee","lastName":"Doe","accountType":"external"}"#;
const UPDATE: &str = r#"{"uid":"1","email":"ann@example.com","firstName":"Anne","lastName":"Lee","status":"enabled"}"#;

fn ann() -> String {
    format!("{GET}?uid=1")
}

/// Sends a request of the client's own making: its status and its text.
async fn text(client: &ApiClient, method: Method, path: &str, body: Option<&str>) -> (u16, String) {
    let response = client.send(method, path, body).await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Follows a list to its end or to `limit` pages: the identifiers of each page, and the cursors.
async fn walk(client: &ApiClient, limit: usize) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut pages, mut cursors) = (Vec::new(), Vec::new());
    let mut path = format!("{LIST}?maxResults=1&showHidden=true");
    while pages.len() < limit {
        let page = client.get(&path).await.1;
        let items = page["items"].as_array().into_iter().flatten();
        pages.push(items.map(|user| user["uid"].as_str().unwrap().to_owned()).collect());
        let Some(cursor) = page["cursor"].as_str() else { break };
        path = format!("{LIST}?maxResults=1&showHidden=true&cursor={cursor}");
        cursors.push(cursor.to_owned());
    }
    (pages, cursors)
}

#[tokio::test]
async fn any_refusal_can_come_before_the_work_or_after_it() {
    for (fault, status) in [
        ("http-401", 401),
        ("http-403", 403),
        ("http-408", 408),
        ("http-409", 409),
        ("http-425", 425),
        ("http-500", 500),
        ("text-404", 404),
        ("429", 429),
        ("400-rate-limit", 400),
        ("expired-token", 401),
        ("forbidden", 403),
        ("bad-request", 400),
    ] {
        for (suffix, is_done) in [("", false), ("-after", true)] {
            let client = ApiClient::with_fault(&format!("{fault}{suffix}:save-create:1")).await;
            let (found, _) = text(&client, Method::POST, SAVE, Some(CREATE)).await;
            assert_eq!((found, client.first_names().contains(&"Dee".to_owned())), (status, is_done), "{fault}{suffix}");
        }
    }
}

#[tokio::test]
async fn a_gateway_says_404_in_its_own_words() {
    let client = ApiClient::with_fault("html-404:get:1").await;
    let (status, page) = text(&client, Method::GET, &ann(), None).await;
    assert!(status == 404 && page.starts_with("<html>"), "{page}");
    client.set_fault("text-404:get:1");
    assert_eq!(text(&client, Method::GET, &ann(), None).await, (404, "Not Found\n".to_owned()));
    client.set_fault("json-404:get:1");
    assert_eq!(client.get(&ann()).await, (404, json!({"message": "Not Found"})));
}

#[tokio::test]
async fn foreign_json_comes_with_a_good_status() {
    for (fault, answer) in [
        ("foreign-json", json!({"status": "maintenance"})),
        ("empty-json", json!({})),
        ("null-items", json!({"items": null, "more": false})),
    ] {
        let client = ApiClient::with_fault(&format!("{fault}:any:1-2")).await;
        assert_eq!(client.get(LIST).await, (200, answer.clone()), "{fault}");
        assert_eq!(client.save(CREATE).await, (200, answer.clone()), "{fault}");
        assert_eq!(client.first_names().len(), 3, "{fault}");
        client.set_fault(&format!("{fault}-after:save-create:1"));
        assert_eq!(client.save(CREATE).await, (200, answer), "{fault}");
        assert_eq!(client.first_names().len(), 4, "{fault}");
    }
}

#[tokio::test]
async fn an_error_can_hide_under_a_good_status() {
    for (fault, name, value) in [
        ("error-member", "error", json!({"code": 500, "message": "Backend Error"})),
        ("success-false", "success", json!(false)),
    ] {
        let client = ApiClient::with_fault(&format!("{fault}:any:1-2")).await;
        let (status, answer) = client.save(UPDATE).await;
        assert_eq!((status, &answer[name], &answer["uid"]), (200, &value, &json!("1")), "{fault}");
        assert_eq!(answer["email"], "ann@example.com");
        assert_eq!(client.get(&ann()).await.1[name], value);
        assert_eq!(client.first_names()[0], "Ann");
        client.set_fault(&format!("{fault}-after:save-update:1"));
        assert_eq!(client.save(UPDATE).await.1[name], value);
        assert_eq!(client.first_names()[0], "Anne", "{fault}");
    }
}

#[tokio::test]
async fn a_cut_list_leads_back_and_does_not_say_whether_more_follows() {
    let client = ApiClient::with_fault("cut-list:list:2").await;
    let first = client.get(&format!("{LIST}?maxResults=1")).await.1;
    let second = client.get(&format!("{LIST}?maxResults=1&cursor={}", first["cursor"].as_str().unwrap())).await.1;
    assert_eq!((&second["cursor"], second.get("more")), (&first["cursor"], None));
    assert_eq!(second["items"][0]["uid"], "2");
}

#[tokio::test]
async fn a_list_can_begin_again_for_ever_with_new_cursors() {
    let client = ApiClient::with_fault("restarted-list:list:every-3").await;
    let (pages, cursors) = walk(&client, 9).await;
    assert_eq!(pages.concat(), ["1", "2", "3", "1", "2", "3", "1", "2", "3"]);
    assert_eq!(cursors.iter().collect::<BTreeSet<_>>().len(), cursors.len(), "{cursors:?}");
}

#[tokio::test]
async fn a_list_that_moves_skips_a_user_or_shows_one_twice() {
    let client = ApiClient::with_fault("skipped-user:list:2").await;
    assert_eq!(walk(&client, 9).await.0, [vec!["1"], vec![], vec!["3"]]);
    client.set_fault("repeated-user:list:3");
    assert_eq!(walk(&client, 9).await.0, [vec!["1"], vec!["2"], vec!["2", "3"]]);
    client.set_fault("repeated-user:list:1");
    assert_eq!(walk(&client, 9).await.0, [["1"], ["2"], ["3"]]);
}

#[tokio::test]
async fn a_page_can_say_more_and_hold_no_user() {
    let client = ApiClient::with_fault("more-without-items:list:1").await;
    let page = client.get(&format!("{LIST}?maxResults=1")).await.1;
    assert_eq!((page.get("items"), &page["more"]), (None, &json!(true)));
}

#[tokio::test]
async fn an_answer_can_be_of_another_user() {
    for (call, fault) in [("get", "other-user"), ("save-update", "other-user")] {
        let client = ApiClient::with_fault(&format!("{fault}:{call}:1")).await;
        let answer = if call == "get" { client.get(&ann()).await.1 } else { client.save(UPDATE).await.1 };
        assert_eq!((&answer["uid"], &answer["email"]), (&json!("2"), &json!("bob@example.com")));
    }
    for (fault, uid, email, account_type) in [
        ("other-uid", "2", "ann@example.com", "external"),
        ("other-email", "1", "bob@example.com", "external"),
        ("other-type", "1", "ann@example.com", "google"),
    ] {
        let client = ApiClient::with_fault(&format!("{fault}:any:1-3")).await;
        let listed = client.get(LIST).await.1["items"][0].clone();
        for answer in [client.get(&ann()).await.1, client.save(UPDATE).await.1, listed] {
            let found = (&answer["uid"], &answer["email"], &answer["accountType"]);
            assert_eq!(found, (&json!(uid), &json!(email), &json!(account_type)), "{fault}");
        }
        assert_eq!(client.first_names(), ["Anne", "Bob", "Cleo"]);
    }
}

#[tokio::test]
async fn a_stale_read_shows_the_state_before_the_last_saves() {
    let client = ApiClient::start(with_lines(THREE)).await;
    client.save(UPDATE).await;
    client.save(CREATE).await;
    client.set_fault("stale-read:get:1");
    let dee = format!("{GET}?email=dee@example.com");
    assert_eq!((client.get(&dee).await.0, client.get(&dee).await.0), (404, 200));
    client.set_fault("stale-read=2:any:1-2");
    assert_eq!(client.get(&ann()).await.1["firstName"], "Ann");
    assert_eq!(client.get(LIST).await.1["items"].as_array().unwrap().len(), 2);
    assert_eq!(client.get(&ann()).await.1["firstName"], "Anne");
    client.set_fault("stale-read:get:1");
    assert_eq!(client.get(&ann()).await.1["firstName"], "Anne");
}

#[tokio::test]
async fn a_save_can_drop_a_field_without_a_word() {
    let update = UPDATE.replace("\"Lee\"", "\"Lane\"").replace("\"enabled\"", "\"disabled\"").replace("ann@", "anne@");
    for (field, kept) in [
        ("email", json!("ann@example.com")),
        ("firstName", json!("Ann")),
        ("lastName", json!("Lee")),
        ("status", json!("enabled")),
        ("isHidden", json!(null)),
    ] {
        let client = ApiClient::with_fault(&format!("ignored-field={field}:save-update:1")).await;
        let body = update.replace('{', r#"{"isHidden":true,"#);
        let (status, answer) = client.save(&body).await;
        assert_eq!((status, answer.get(field).unwrap_or(&Value::Null)), (200, &kept), "{field}");
        let sent: Value = serde_json::from_str(&body).unwrap();
        let same = |name: &str| answer[name] == sent[name];
        let dropped = ["email", "firstName", "lastName", "status", "isHidden"].into_iter().filter(|name| !same(name));
        assert_eq!(dropped.collect::<Vec<_>>(), [field]);
    }
}

#[tokio::test]
async fn a_save_can_be_taken_back_some_calls_later() {
    let client = ApiClient::with_fault("reverted-save:save-update:1").await;
    assert_eq!(client.save(UPDATE).await.1["firstName"], "Anne");
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(client.get(&ann()).await.1["firstName"].clone());
    }
    assert_eq!(seen, ["Anne", "Ann", "Ann"]);
    client.set_fault("reverted-save=0:save-create:1");
    assert_eq!(client.save(CREATE).await.0, 200);
    assert_eq!(client.first_names(), ["Ann", "Bob", "Cleo"]);
}

#[tokio::test]
async fn a_letter_can_be_broken() {
    let client = ApiClient::with_fault("lone-surrogate:list:1").await;
    let (_, page) = text(&client, Method::GET, LIST, None).await;
    assert!(page.contains(r#""firstName":"Ann\ud83d""#), "{page}");
    client.set_fault("invalid-utf8:get:1");
    let bytes = client.send(Method::GET, &ann(), None).await.unwrap().bytes().await.unwrap();
    assert!(bytes.windows(5).any(|window| window == b"Ann\xff\""), "{bytes:?}");
}

#[tokio::test]
async fn a_flag_can_have_an_odd_type_and_a_key_can_come_twice() {
    for word in ["1", r#""yes""#, "{}", "[true]"] {
        let client = ApiClient::with_fault(&format!("odd-flag={word}:get:1")).await;
        let (_, user) = text(&client, Method::GET, &ann(), None).await;
        assert!(user.contains(&format!(r#""isSuperAdmin":{word},"isGod":{word}"#)), "{user}");
    }
    for (key, first, second) in [
        ("uid", r#""1""#, r#""2""#),
        ("email", r#""ann@example.com""#, r#""bob@example.com""#),
        ("firstName", r#""Ann""#, r#""Bob""#),
        ("status", r#""enabled""#, r#""disabled""#),
    ] {
        let client = ApiClient::with_fault(&format!("double-key={key}:any:1-2")).await;
        for path in [ann(), format!("{LIST}?maxResults=1")] {
            let (_, answer) = text(&client, Method::GET, &path, None).await;
            let places = [first, second].map(|value| answer.find(&format!(r#""{key}":{value}"#)));
            assert!(places[0].is_some() && places[0] < places[1], "{answer}");
        }
    }
}

#[tokio::test]
async fn of_a_key_that_is_sent_back_twice_the_last_counts() {
    let client = ApiClient::start(with_lines(THREE)).await;
    client.save(&UPDATE.replace(r#""status""#, r#""uid":"2","status""#).replace("ann@", "bob@")).await;
    assert_eq!(client.first_names(), ["Ann", "Anne", "Cleo"]);
}

#[tokio::test]
async fn the_secrets_of_a_request_come_back_escaped() {
    let body = CREATE.replace('}', r#","password":"a/b=  \"c'é","rePassword":"a/b=  \"c'é"}"#);
    for (fault, password) in [
        ("echo-slash", r#"a\/b=  \"c'é"#),
        ("echo-unicode", r"a\u002fb\u003d  \u0022c\u0027\u00e9"),
        ("echo-percent", "a%2Fb%3D++%22c%27%C3%A9"),
        ("echo-html", "a&#x2F;b&#x3D;  &quot;c&#x27;é"),
        ("echo-folded", r#"a/b= \"c'é"#),
        ("echo-cut", "a/b= …"),
    ] {
        let client = ApiClient::with_fault(&format!("{fault}=500:save-create:1")).await;
        let (status, error) = text(&client, Method::POST, SAVE, Some(&body)).await;
        assert!(status == 500 && error.contains(password), "{fault}: {error}");
        assert_eq!(client.first_names().len(), 3);
    }
    let client = ApiClient::with_fault("echo-slash:any:1-2").await;
    let (status, error) = text(&client, Method::GET, &ann(), None).await;
    let token = client.sandbox.token();
    let (start, _) = token.split_once("/").unwrap();
    assert!(status == 400 && error.contains(&format!(r"{start}\/")), "{error}");
    let form = [("grant_type", "client_credentials"), ("user_email", "admin@example.com")];
    let (_, error) = client.login(TOKEN, "s3cret", &form).await;
    assert!(error.to_string().contains("sandbox-client:s3cret"), "{error}");
}

#[tokio::test]
async fn with_twins_a_second_account_of_an_address_is_accepted() {
    let client = ApiClient::start(SandboxSettings { twins: true, ..with_lines(THREE) }).await;
    let twin = CREATE.replace("dee@", "ANN@");
    let (status, user) = client.save(&twin).await;
    assert!(status == 200 && user["uid"] != "1");
    assert_eq!(client.get(&format!("{LIST}?email=ann@example.com")).await.1["items"].as_array().unwrap().len(), 2);
    assert_eq!(client.get(&format!("{GET}?email=ann@example.com")).await.1["uid"], "1");
    assert_eq!(client.save(&UPDATE.replace("ann@", "bob@")).await.0, 200);
}

/// What an admin may do to Ann between the list and the save.
const EDITS: [(&str, &str, &str); 4] = [
    (r#"{"accountType":"google"}"#, "accountType", "google"),
    (r#"{"isSuperAdmin":"true"}"#, "isSuperAdmin", "true"),
    (r#"{"email":"ann@elsewhere.test"}"#, "email", "ann@elsewhere.test"),
    (r#"{"email":"ceo@example.com","status":null}"#, "email", "ceo@example.com"),
];

#[tokio::test]
async fn a_user_can_change_between_list_and_save() {
    for (set, name, value) in EDITS {
        let edit = format!(r#"{{"after":"list:2","email":"ann@example.com","set":{set}}}"#).parse().unwrap();
        let client = ApiClient::start(SandboxSettings { edits: vec![edit], ..with_lines(THREE) }).await;
        let (pages, _) = walk(&client, 1).await;
        assert_eq!((pages, client.get(&ann()).await.1[name] == value), (vec![vec!["1".to_owned()]], false), "{set}");
        client.get(LIST).await;
        let user = client.get(&ann()).await.1;
        assert_eq!((&user[name], &user["customProfile"]["n"].is_number()), (&json!(value), &true), "{set}");
        assert_eq!(user.get("status").is_some(), !set.contains("status"));
    }
}

#[tokio::test]
async fn a_user_can_be_removed_and_edits_can_be_set_over_http() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let edits = r#"[{"after":"list:1","email":"bob@example.com","remove":true},
        {"after":"save-update:always","email":"ann@example.com","set":{"lastName":"Lane"}}]"#;
    assert_eq!(text(&client, Method::POST, "/_sandbox/edits", Some(edits)).await.0, 200);
    let listed = client.get(LIST).await.1;
    assert_eq!((listed["items"].as_array().unwrap().len(), client.get(&format!("{GET}?uid=2")).await.0), (2, 404));
    assert_eq!(client.save(UPDATE).await.1["lastName"], "Lee");
    assert_eq!(client.get(&ann()).await.1["lastName"], "Lane");
    assert_eq!(text(&client, Method::POST, "/_sandbox/edits", Some(r#"[{"after":"list"}]"#)).await.0, 400);
}

#[tokio::test]
async fn a_web_page_does_not_reach_the_tenant() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let port = client.sandbox.base_url().rsplit(':').next().unwrap().to_owned();
    let ask = |path: &str, name: &'static str, value: String| {
        let request = client.http.get(client.sandbox.base_url() + path).bearer_auth(client.sandbox.token());
        async move { request.header(name, value).send().await.unwrap().status() }
    };
    for path in [LIST, "/_sandbox/users", "/_sandbox/traffic", "/anything"] {
        for host in ["example.com".to_owned(), format!("rebound.test:{port}"), "127.0.0.1.example.com".to_owned()] {
            assert_eq!(ask(path, "host", host).await, StatusCode::FORBIDDEN, "{path}");
        }
        for origin in ["https://example.com", "null", "http://localhost:1", "http://127.0.0.1"] {
            assert_eq!(ask(path, "origin", origin.to_owned()).await, StatusCode::FORBIDDEN, "{path} {origin}");
        }
    }
    assert_eq!(client.count(CallKind::List), 0);
    assert_eq!(ask(LIST, "host", format!("localhost:{port}")).await, StatusCode::OK);
    assert_eq!(ask(LIST, "origin", format!("http://127.0.0.1:{port}")).await, StatusCode::OK);
}
