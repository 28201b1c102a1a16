//! CSVs on object stores and web servers, each fetched from a real server on loopback.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use lumsync::source::{SourceError, SourceSettings, open};
use rustix::process::Signal;
use serde_json::Value;

use crate::support::external::stores::Stores;
use crate::support::parallel::for_each;
use crate::support::run::Run;
use crate::support::server::{Reply, Server};
use crate::support::signals::send;
use crate::support::workspace::{Workspace, binary};

/// Runs `lumsync check URL` with these variables.
fn check(url: &str, variables: &BTreeMap<String, String>) -> Run {
    let folder = tempfile::tempdir().unwrap();
    Run::of(&binary(folder.path()).envs(variables).args(["check", url]).output().unwrap())
}

#[test]
fn every_kind_of_store_gives_the_file_that_was_put_there() {
    let stores = Stores::start();
    for (kind, base) in [("s3", "s3://people"), ("gs", "gs://people"), ("az", "az://people"), ("https", "")] {
        let environment = &stores.environments[kind];
        let base = environment.get("URL").map_or(base, String::as_str);
        let found = check(&format!("{base}/exports/users%20today.csv"), environment).exits_with(0);
        assert!(found.stdout.contains("rows        2: 2 valid, 0 invalid"), "{kind}: {}", found.stdout);
        check(&format!("{base}/exports/nobody.csv"), environment)
            .exits_with(2)
            .stderr_contains(&["there is no such file"]);
    }
    // A certificate that nobody vouches for is not accepted.
    let url = format!("{}/exports/users%20today.csv", stores.environments["https"]["URL"]);
    check(&url, &BTreeMap::new()).exits_with(1).stderr_contains(&["certificate"]);
}

#[tokio::test]
async fn no_more_is_fetched_than_allowed() {
    let body = format!("email\n{}", "ann@example.com\n".repeat(100));
    let (length, server) = (body.len() as u64, Server::start(move |_| Reply::body(body.clone())));
    let url = format!("{}/users.csv", server.url());
    let settings = SourceSettings { size_limit: 1000, ..SourceSettings::default() };
    let refused = open(&url, &settings).await.unwrap_err();
    assert!(matches!(refused, SourceError::TooLarge { limit: 1000, .. }), "{refused}");
    assert_eq!(open(&url, &SourceSettings::default()).await.unwrap().size(), length);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_file() {
    let server = Server::start(|_| Reply::body("email\nann@example.com\n".repeat(50)).cut_after(22));
    let settings = SourceSettings { retries: 0, ..SourceSettings::default() };
    let refused = open(&format!("{}/users.csv", server.url()), &settings).await.unwrap_err();
    assert!(!refused.is_usage() && !server.requests().is_empty(), "{refused}");
    assert!(matches!(refused, SourceError::Remote { .. }), "{refused}");
}

#[test]
fn plain_http_to_another_host_is_refused_before_any_request() {
    let refused = check("http://files.example.com/u.csv", &BTreeMap::new());
    refused.exits_with(2).stderr_contains(&["plain http is only allowed on loopback"]);
}

const CSV: &str = "email,firstName,lastName\nann@example.com,Ann,Lee\n";

fn without_variables() -> BTreeMap<String, String> {
    BTreeMap::new()
}

#[test]
fn the_whole_address_is_asked_for_and_its_query_is_shown_nowhere() {
    let server = Server::start(|_| Reply::body(CSV));
    let url = format!("{}/export.csv?scope=all&sig=s3cr%2Fet", server.url());
    let trace = BTreeMap::from([("LUMSYNC_LOG".to_owned(), "trace".to_owned())]);
    let folder = tempfile::tempdir().unwrap();
    let plan = ["plan", &url, "--sandbox", "-vv", "--output", "json"];
    let run = Run::of(&binary(folder.path()).envs(&trace).args(plan).output().unwrap()).exits_with(0);
    assert_eq!(server.requests()[0].uri.to_string(), "/export.csv?scope=all&sig=s3cr%2Fet");
    assert_eq!(server.requests().len(), 1);
    assert!(run.stderr.contains("trace ") && !run.stderr.contains("s3cr") && !run.stdout.contains("s3cr"), "{run:?}");
}

#[test]
fn only_a_complete_200_is_a_file() {
    let replies = [
        Reply::body(CSV).with_status(206).header("content-range", "bytes 0-30/90"),
        Reply::body(CSV).with_status(203),
        Reply::status(204),
        Reply::body(CSV).with_status(403),
        Reply::body(CSV).with_status(500),
        Reply::body(CSV).cut_after(40),
        Reply::body(CSV).header("content-length", "4000"),
        Reply::status(302),
    ];
    for_each(replies, |reply| {
        let shown = format!("{reply:?}");
        let server = Server::start(move |_| reply.clone());
        let run = check(&format!("{}/users.csv", server.url()), &without_variables());
        assert_eq!(run.code, 1, "{shown}: {run:?}");
        assert!(!run.stderr.contains("ann@example.com") && run.stderr.lines().count() == 1, "{run:?}");
    });
}

#[test]
fn a_file_that_does_not_say_how_long_it_is_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/users.csv", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        write!(stream, "HTTP/1.0 200 OK\r\n\r\n{CSV}").unwrap();
    });
    check(&url, &without_variables()).exits_with(1).stderr_contains(&["does not say how long it is"]);
    serving.join().unwrap();
}

#[test]
fn what_fails_once_is_asked_for_again() {
    let mut tries = 0;
    let server = Server::start(move |_| {
        tries += 1;
        if tries == 1 { Reply::status(503) } else { Reply::body(CSV) }
    });
    check(&format!("{}/users.csv", server.url()), &without_variables()).exits_with(0);
}

#[test]
fn a_redirect_is_followed_within_its_server_alone() {
    let elsewhere = Server::start(|_| Reply::body(CSV));
    let target = format!("{}/users.csv?sig=s3cret", elsewhere.url());
    let server = Server::start(move |request| match request.uri.path() {
        "/moved.csv" => Reply::status(302).header("location", "users.csv?part=1"),
        "/away.csv" => Reply::status(307).header("location", &target),
        "/loop.csv" => Reply::status(301).header("location", "/loop.csv"),
        "/login.csv" => Reply::status(302)
            .header("location", &format!("http://ann:pw@{}/u", request.headers["host"].to_str().unwrap())),
        _ => Reply::body(CSV),
    });
    let ask = |path: &str| check(&format!("{}{path}", server.url()), &without_variables());
    ask("/moved.csv").exits_with(0);
    assert_eq!(server.requests()[1].uri.to_string(), "/users.csv?part=1");
    let away = ask("/away.csv").exits_with(1).stderr_contains(&["sends on to"]);
    assert!(!away.stderr.contains("s3cret"), "{away:?}");
    ask("/loop.csv").exits_with(1).stderr_contains(&["without end"]);
    let login = ask("/login.csv").exits_with(1);
    assert!(!login.stderr.contains("pw@"), "{login:?}");
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn an_address_with_a_login_is_refused_before_any_request() {
    let server = Server::start(|_| Reply::body(CSV));
    let url = server.url().replace("http://", "http://ann:s3cret@") + "/users.csv";
    let trace = BTreeMap::from([("LUMSYNC_LOG".to_owned(), "trace".to_owned())]);
    let run = check(&url, &trace).exits_with(2).stderr_contains(&["login"]);
    assert!(!run.stderr.contains("s3cret") && server.requests().is_empty(), "{run:?}");
}

#[test]
fn a_file_on_loopback_is_fetched_past_any_proxy() {
    let (server, proxy) = (Server::start(|_| Reply::body(CSV)), Server::start(|_| Reply::body("email\n")));
    let names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let proxies = names.map(|name| (name.to_owned(), proxy.url().to_owned())).into_iter().collect();
    check(&format!("{}/users.csv", server.url()), &proxies).exits_with(0).stderr_contains(&[]);
    assert!(proxy.requests().is_empty() && server.requests().len() == 1);
}

#[test]
fn a_stream_without_line_ends_is_refused_at_once() {
    let server = Server::start(|_| Reply::body(vec![b'x'; 3 << 20]));
    check(&format!("{}/users.csv", server.url()), &without_variables()).exits_with(2).stderr_contains(&["no line end"]);
    check("/dev/zero", &without_variables()).exits_with(2).stderr_contains(&["no line end"]);
}

#[test]
fn the_time_limit_and_the_retries_of_a_run_hold_for_its_csv() {
    for retries in ["0", "2"] {
        let server = Server::start(|_| Reply::hang());
        let workspace = Workspace::serving(&[]);
        let url = format!("{}/users.csv", server.url());
        let run = workspace.run(&["plan", &url, "--timeout", "200ms", "--retries", retries]).exits_with(1);
        assert!(run.stderr.contains("took too long"), "{run:?}");
        assert_eq!(server.requests().len().to_string(), (retries.parse::<u32>().unwrap() + 1).to_string());
    }
}

#[test]
fn a_run_that_is_told_to_end_while_its_csv_loads_ends_in_good_order() {
    let server = Server::start(|_| Reply::hang());
    let url = format!("{}/users.csv", server.url());
    for limit in [None, Some("300ms")] {
        let workspace = Workspace::serving(&[]);
        let before = server.requests().len();
        let mut command = workspace.command(&["sync", &url, "--yes", "--log-format", "json"]);
        command.args(limit.iter().flat_map(|limit| ["--max-duration", limit])).stderr(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        if limit.is_none() {
            while server.requests().len() == before {
                assert!(child.try_wait().unwrap().is_none());
                std::thread::yield_now();
            }
            send(child.id(), Signal::INT);
        }
        let ended = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(if limit.is_none() { 130 } else { 1 }), "{stderr}");
        let last: Value = serde_json::from_str(stderr.lines().last().unwrap()).unwrap();
        assert!(last.to_string().contains("run ended") && !stderr.contains("panic"), "{stderr}");
    }
}
