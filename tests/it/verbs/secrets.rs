//! Secrets appear nowhere: no output, no file, no process list.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lumsync::sandbox::CallKind;
use serde_json::json;

use crate::support::data::users::{csv_of, people};
use crate::support::parallel::for_each;
use crate::support::server::Reply;
use crate::support::workspace::Workspace;

fn texts_below(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts_below(&path, texts);
        } else {
            texts.push((path.display().to_string(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()));
        }
    }
}

#[test]
fn no_secret_is_in_any_output_or_file() {
    let workspace = Workspace::serving(&people(2)).with_application();
    let csv = csv_of(&people(2)).replace("lastName\n", "lastName,password\n").replace("Lee\n", "Lee,\n");
    workspace.write_csv(&format!(
        "{csv}new@example.com,New,Person,hunter2-of-new\nbad@example.com,Bad,Person,hunter2-of-bad\n"
    ));
    workspace.faults(&["bad-request:save-create:1", "reset-after:save-create:2", "expired-token:get:1"]);
    let sync = workspace.sync(&["-vv", "--report", "r.html", "--report", "r.md", "--report", "r.csv"]);
    let plan = workspace.run(&["plan", "users.csv", "-o", "plan.json", "-vv", "--output", "json"]);
    workspace.run(&["apply", "plan.json", "--csv", "users.csv", "-vv", "--log-format", "json"]);
    let tokens = ["hunter2-of-new", "hunter2-of-bad", "sandbox-secret", "Bearer"];
    let mut texts = Vec::new();
    texts_below(workspace.folder(), &mut texts);
    texts.retain(|(path, _)| !path.ends_with("users.csv"));
    for ended in [&sync, &plan] {
        texts.push(("stdout".to_owned(), ended.stdout.clone()));
        texts.push(("stderr".to_owned(), ended.stderr.clone()));
    }
    assert!(texts.len() > 10);
    for (path, text) in &texts {
        for secret in tokens {
            assert!(!text.contains(secret), "{secret} in {path}");
        }
    }
    assert!(workspace.saves().iter().any(|call| call.has_password));
}

#[test]
fn an_invalid_row_is_told_without_its_password() {
    let workspace = Workspace::serving(&people(1));
    workspace.write_csv("email,firstName,lastName,password\nnot an address,New,Person,hunter2-of-new\n");
    let ended = workspace.sync(&["-vv"]).exits_with(2);
    assert!(!ended.stderr.contains("hunter2") && !ended.stdout.contains("hunter2"), "{}", ended.stderr);
}

#[test]
fn a_token_is_in_no_process_list() {
    let workspace = Workspace::serving(&people(1));
    let token = workspace.sandbox().token();
    workspace.write("token", &token);
    workspace.write_csv(&csv_of(&people(1)));
    workspace.faults(&["hang:list:1"]);
    let mut child = workspace.spawn(&["sync", "users.csv", "--yes", "--token-file", "token"]);
    workspace.wait_for_calls(1, &mut child);
    let line = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    assert!(!String::from_utf8_lossy(&line).contains(&token));
    child.kill().unwrap();
    child.wait().unwrap();
    // Nor is there an option to give one with.
    for option in ["--token", "--client-secret"] {
        let run = workspace.run(&["sync", "users.csv", "--yes", option, &token]).exits_with(2);
        assert!(run.stderr.contains("unexpected argument") && !run.stderr.contains(&token), "{run:?}");
    }
}

#[test]
fn a_redirect_is_not_followed_and_the_token_stays_here() {
    for call in ["token", "list", "get", "save-create"] {
        let workspace = Workspace::serving(&people(1)).with_application();
        workspace.write_csv(&csv_of(&people(2)));
        workspace.faults(&[&format!("redirect:{call}:always")]);
        let ended = workspace.sync(&[]);
        assert!(matches!(ended.code, 1 | 4), "{call}: {ended:?}");
        assert!(workspace.calls(CallKind::Other).is_empty(), "{call}");
    }
}

#[test]
fn what_the_tenant_says_of_a_secret_is_not_repeated() {
    let workspace = Workspace::serving(&people(1)).with_application();
    workspace.write_csv(&csv_of(&people(1)));
    let ended = workspace.sync(&["--organization-id", "sandbox-secret"]);
    assert!(!ended.stderr.contains("sandbox-client:"), "{}", ended.stderr);
}

const SECRET: &str = "s3cr3t-Val/ue+Xy=Zq\"9&";
const TOKEN: &str = "tokLongBearerValue123456";

#[test]
fn no_secret_that_the_tenant_repeats_is_in_any_output_or_file() {
    let base64 = |text: &str| STANDARD.encode(text);
    let percent = |text: &str| percent_encoded(text);
    let html = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;");
    let forms = [
        format!("{SECRET} and {TOKEN}"),
        format!("{} and {}", percent(SECRET), percent(TOKEN)),
        html(SECRET),
        base64(&format!("sandbox-client:{SECRET}")),
        format!("{} and {}", base64(SECRET), base64(TOKEN)),
    ];
    let shown = [SECRET.to_owned(), TOKEN.to_owned(), forms[2].clone(), forms[3].clone()];
    let never: Vec<String> = shown.into_iter().chain([percent(SECRET), base64(SECRET), base64(TOKEN)]).collect();
    let calls = [CallKind::Token, CallKind::List, CallKind::Get, CallKind::SaveUpdate, CallKind::SaveCreate];
    let cases = calls.into_iter().flat_map(|call| forms.iter().map(move |form| (call, form)));
    for_each(cases.collect::<Vec<_>>(), |(call, form)| {
        // What no login has given yet is no secret.
        let is_known = |secret: &&String| call != CallKind::Token || **secret != TOKEN && **secret != base64(TOKEN);
        let never: Vec<&String> = never.iter().filter(is_known).collect();
        for status in [200, 400] {
            let mut workspace = Workspace::serving(&people(1));
            let (user, token) = ("admin@example.com", format!(r#"{{"access_token":"{TOKEN}"}}"#));
            workspace.log_in_with(&[
                ("LUMSYNC_CLIENT_ID", "sandbox-client"),
                ("LUMSYNC_CLIENT_SECRET", SECRET),
                ("LUMSYNC_USER_EMAIL", user),
            ]);
            workspace.write_csv("email,firstName,lastName\np1@example.com,Pat,Lee\nnew@example.com,New,Person\n");
            let answer = json!({"error": {"code": status, "message": form}}).to_string();
            workspace.intercept(move |request, sandbox| match request.kind() {
                kind if kind == call => Some(Reply::json(answer.clone()).with_status(status)),
                CallKind::Token => Some(Reply::json(token.clone())),
                CallKind::List => Some(Reply::json(json!({"items": sandbox.users(), "more": false}).to_string())),
                CallKind::Get if request.parameter("uid").is_empty() => {
                    Some(Reply::json(r#"{"error":{"code":404,"message":"nobody"}}"#).with_status(404))
                }
                CallKind::Get => Some(Reply::json(sandbox.users()[0].to_string())),
                _ => Some(Reply::status(500)),
            });
            let ended = workspace.sync(&["-vv", "--retries", "0", "--organization-id", "7", "--report", "r.html"]);
            assert!(matches!(ended.code, 1 | 4), "{call:?} {form}: {ended:?}");
            let mut texts = vec![("stdout".to_owned(), ended.stdout), ("stderr".to_owned(), ended.stderr)];
            texts_below(workspace.folder(), &mut texts);
            assert!(texts.iter().any(|(_, text)| text.contains("[secret]")), "{call:?} {status} {form}");
            for (path, text) in &texts {
                assert!(
                    !never.iter().any(|secret| text.contains(secret.as_str())),
                    "{call:?} {status} {form} in {path}: {text}"
                );
            }
        }
    });
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
