//! Tokens and who gets them.

use std::time::Duration;

use lumsync::sandbox::SandboxSettings;
use reqwest::StatusCode;

use crate::support::api_client::{ApiClient, GET, LIST, THREE, TOKEN, with_lines};

const FORM: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("user_email", "admin@example.com")];

#[tokio::test]
async fn an_application_logs_in_and_its_token_works() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let (status, answer) = client.login(TOKEN, "sandbox-secret", &FORM).await;
    assert_eq!((status, &answer["expires_in"], &answer["token_type"]), (200, &3600.into(), &"Bearer".into()));
    let request =
        client.http.get(client.sandbox.base_url() + LIST).bearer_auth(answer["access_token"].as_str().unwrap());
    let response = request.header("LumApps-Organization-Id", "sandbox").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_login_is_refused_by_its_cause() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let user = |email| [FORM[0], ("user_email", email)];
    assert_eq!(client.login(TOKEN, "wrong", &FORM).await.0, 401);
    assert_eq!(client.login("/v2/organizations/other/application-token", "sandbox-secret", &FORM).await.0, 403);
    assert_eq!(client.login(TOKEN, "sandbox-secret", &user("nobody@example.com")).await.0, 404);
    assert_eq!(client.login(TOKEN, "sandbox-secret", &user("ann@example.com")).await.0, 403);
    assert_eq!(client.login(TOKEN, "sandbox-secret", &FORM[..1]).await.0, 400);
    assert_eq!(client.login(TOKEN, "sandbox-secret", &[("grant_type", "password"), FORM[1]]).await.0, 400);
}

#[tokio::test]
async fn a_call_without_a_good_token_is_refused() {
    let client = ApiClient::start(with_lines(THREE)).await;
    let url = client.sandbox.base_url() + GET + "?uid=1";
    assert_eq!(client.http.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(client.http.get(&url).bearer_auth("made-up").send().await.unwrap().status(), 401);
    let elsewhere =
        client.http.get(&url).bearer_auth(client.sandbox.token()).header("lumapps-organization-id", "other");
    assert_eq!(elsewhere.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_token_runs_out() {
    let client = ApiClient::start(SandboxSettings { token_lifetime: Duration::ZERO, ..with_lines(THREE) }).await;
    assert_eq!(client.get(&format!("{GET}?uid=1")).await.0, 401);
    let client = ApiClient::start(with_lines(THREE)).await;
    assert_eq!(client.get(&format!("{GET}?uid=1")).await.0, 200);
    client.sandbox.expire_tokens();
    assert_eq!(client.get(&format!("{GET}?uid=1")).await.0, 401);
}
