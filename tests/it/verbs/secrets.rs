//! Secrets appear nowhere: no output, no file, no process list.

use std::fs;
use std::path::Path;

use lumsync::sandbox::CallKind;

use crate::support::operator::{Operator, csv_of, people};

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
    let operator = Operator::of(&people(2)).with_application();
    let csv = csv_of(&people(2)).replace("lastName\n", "lastName,password\n").replace("Lee\n", "Lee,\n");
    operator
        .csv(&format!("{csv}new@example.com,New,Person,hunter2-of-new\nbad@example.com,Bad,Person,hunter2-of-bad\n"));
    operator.faults(&["bad-request:save-create:1", "reset-after:save-create:2", "expired-token:get:1"]);
    let sync = operator.sync(&["-vv", "--report", "r.html", "--report", "r.md", "--report", "r.csv"]);
    let plan = operator.run(&["plan", "users.csv", "-o", "plan.json", "-vv", "--output", "json"]);
    operator.run(&["apply", "plan.json", "--csv", "users.csv", "-vv", "--log-format", "json"]);
    let tokens = ["hunter2-of-new", "hunter2-of-bad", "sandbox-secret", "Bearer"];
    let mut texts = Vec::new();
    texts_below(operator.folder(), &mut texts);
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
    assert!(operator.saves().iter().any(|call| call.has_password));
}

#[test]
fn an_invalid_row_is_told_without_its_password() {
    let operator = Operator::of(&people(1));
    operator.csv("email,firstName,lastName,password\nnot an address,New,Person,hunter2-of-new\n");
    let ended = operator.sync(&["-vv"]).expect(2);
    assert!(!ended.stderr.contains("hunter2") && !ended.stdout.contains("hunter2"), "{}", ended.stderr);
}

#[test]
fn a_token_is_in_no_process_list() {
    let operator = Operator::of(&people(1));
    let token = operator.sandbox.token();
    operator.write("token", &token);
    operator.csv(&csv_of(&people(1)));
    operator.faults(&["hang:list:1"]);
    let mut child = operator.spawn(&["sync", "users.csv", "--yes", "--token-file", "token"]);
    operator.wait_for_calls(1, &mut child);
    let line = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    assert!(!String::from_utf8_lossy(&line).contains(&token));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_redirect_is_not_followed_and_the_token_stays_here() {
    for call in ["token", "list", "get", "save-create"] {
        let operator = Operator::of(&people(1)).with_application();
        operator.csv(&csv_of(&people(2)));
        operator.faults(&[&format!("redirect:{call}:always")]);
        let ended = operator.sync(&[]);
        assert!(matches!(ended.code, 1 | 4), "{call}: {ended:?}");
        assert!(operator.calls(CallKind::Other).is_empty(), "{call}");
    }
}

#[test]
fn what_the_tenant_says_of_a_secret_is_not_repeated() {
    let operator = Operator::of(&people(1)).with_application();
    operator.csv(&csv_of(&people(1)));
    let ended = operator.sync(&["--organization-id", "sandbox-secret"]);
    assert!(!ended.stderr.contains("sandbox-client:"), "{}", ended.stderr);
}
