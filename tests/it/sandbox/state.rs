//! The tenant's file, and `lumsync sandbox` as an operator runs it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use lumsync::sandbox::{Sandbox, SandboxError, SandboxSettings, TenantSource};
use serde_json::Value;

use crate::support::api_client::{ApiClient, SAVE, THREE};
use crate::support::sandbox_process::SandboxProcess;
use crate::support::workspace::Workspace;

fn kept_in(path: &std::path::Path) -> SandboxSettings {
    let tenant = TenantSource::File(path.to_owned());
    SandboxSettings { tenant, save_to: Some(path.to_owned()), ..SandboxSettings::default() }
}

#[tokio::test]
async fn what_was_written_is_there_after_a_stop_and_nothing_else_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenant.jsonl");
    fs::write(&path, THREE).unwrap();
    let client = ApiClient::start(kept_in(&path)).await;
    let (status, _) = client
        .save(r#"{"uid":"2","email":"bob@example.com","firstName":"Rob","lastName":"Ray","status":"enabled"}"#)
        .await;
    assert_eq!(status, 200);
    client.sandbox.stop().await.unwrap();
    let saved = fs::read_to_string(&path).unwrap();
    let (saved, before): (Vec<_>, Vec<_>) = (saved.lines().collect(), THREE.lines().collect());
    assert_eq!((saved[0], saved[2], saved.len()), (before[0], before[2], 3));
    assert!(saved[1].contains("Rob"));
}

#[tokio::test]
async fn what_was_written_is_saved_while_the_tenant_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenant.jsonl");
    fs::write(&path, THREE).unwrap();
    let client = ApiClient::start(kept_in(&path)).await;
    client.save(r#"{"uid":"2","email":"bob@example.com","firstName":"Rob","lastName":"Ray"}"#).await;
    let saved = async {
        while !fs::read_to_string(&path).unwrap().contains("Rob") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), saved).await.unwrap();
    assert_eq!(client.first_names(), ["Ann", "Rob", "Cleo"]);
}

#[tokio::test]
async fn a_state_that_did_not_change_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenant.jsonl");
    fs::write(&path, THREE).unwrap();
    let inode = fs::metadata(&path).unwrap().ino();
    Sandbox::start(kept_in(&path)).await.unwrap().stop().await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
}

#[tokio::test]
async fn a_tenant_that_can_not_be_saved_does_not_start() {
    let save_to = Some("/nowhere/tenant.jsonl".into());
    let error = Sandbox::start(SandboxSettings { save_to, ..SandboxSettings::default() }).await.unwrap_err();
    assert!(matches!(error, SandboxError::Save { .. }), "{error}");
}

#[tokio::test]
async fn identifiers_that_are_given_at_the_start_are_the_same_each_time_and_the_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenant.jsonl");
    let text = "{\"email\":\"a@example.com\"}\n{\"email\":\"b@example.com\"}\n";
    fs::write(&path, text).unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::start(kept_in(&path)).await.unwrap();
        seen.push(sandbox.lines());
        sandbox.stop().await.unwrap();
    }
    assert!(seen[0] == seen[1] && seen[0].contains("uid"), "{seen:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_missing_file_and_a_taken_port_are_told_apart() {
    let missing = Sandbox::start(kept_in("/nowhere/tenant.jsonl".as_ref())).await.unwrap_err();
    assert!(matches!(missing, SandboxError::NoFile { .. }), "{missing}");
    let first = Sandbox::start(SandboxSettings::default()).await.unwrap();
    let port = first.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let taken = Sandbox::start(SandboxSettings { port, ..SandboxSettings::default() }).await.unwrap_err();
    assert!(matches!(taken, SandboxError::Listen { .. }), "{taken}");
    first.stop().await.unwrap();
    let again = Sandbox::start(SandboxSettings { port, ..SandboxSettings::default() }).await;
    again.unwrap().stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_serves_saves_and_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenant.jsonl");
    let served = SandboxProcess::start(&["--users", "20", "--seed", "4", "--save", path.to_str().unwrap()]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = r#"{"email":"dee@example.com","firstName":"Dee","lastName":"Doe","accountType":"external"}"#;
    let request =
        http.post(format!("{}{SAVE}", served.url())).bearer_auth(&served.variables["LUMSYNC_TOKEN"]).body(body);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(served.terminate().code(), Some(0));
    let saved = fs::read_to_string(&path).unwrap();
    assert_eq!(saved.lines().filter(|line| !line.contains(r#""kind":"feed""#)).count(), 21);
    assert!(saved.lines().last().unwrap().contains("dee@example.com"));
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_can_read_the_traffic_and_the_users_and_set_faults() {
    let served = SandboxProcess::start(&["--fault", "http-503:get:always"]);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(served.read("/_sandbox/faults"), r#"["http-503:get:always"]"#);
    let set = http.post(format!("{}/_sandbox/faults", served.url())).body(r#"["reset-after:save-update:2-"]"#);
    assert_eq!(set.send().await.unwrap().status(), 200);
    assert_eq!(served.read("/_sandbox/faults"), r#"["reset-after:save-update:2-"]"#);
    let wrong = http.post(format!("{}/_sandbox/faults", served.url())).body(r#"["never:get:1"]"#);
    assert_eq!(wrong.send().await.unwrap().status(), 400);
    let sample = include_str!("../../../fixtures/tenants/sample.jsonl");
    assert_eq!(served.read("/_sandbox/users"), sample);
    assert_eq!(served.read("/_sandbox/groups").lines().count(), 12);
    served.read("/_ah/api/lumsites/v1/user/get?email=admin@example.com");
    let traffic: Value = serde_json::from_str(&served.read("/_sandbox/traffic")).unwrap();
    assert_eq!((&traffic[0]["kind"], &traffic[0]["status"]), (&"get".into(), &401.into()));
}

#[test]
fn the_command_refuses_a_missing_file_and_says_how_to_begin() {
    let run = Workspace::with_tenant_file().run(&["sandbox", "/nowhere/t.jsonl"]);
    assert_ne!(run.code, 0);
    run.stderr_contains(&["/nowhere/t.jsonl", "begin with an empty tenant"]);
}
