//! CSVs on object stores and web servers, each fetched from a real server on loopback.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use assert_cmd::Command;
use lumsync::source::{SourceError, SourceSettings, open};

use crate::support::stores::Stores;

#[test]
fn every_kind_of_store_gives_the_file_that_was_put_there() {
    let stores = Stores::start();
    for (kind, base) in [("s3", "s3://people"), ("gs", "gs://people"), ("az", "az://people"), ("https", "")] {
        let environment = &stores.environments[kind];
        let base = environment.get("URL").map_or(base, String::as_str);
        let check = |file: &str| {
            let mut command = Command::cargo_bin("lumsync").unwrap();
            command.envs(environment).arg("check").arg(format!("{base}/{file}")).output().unwrap()
        };
        let found = check("exports/users%20today.csv");
        let said =
            format!("{kind}: {}{}", String::from_utf8_lossy(&found.stdout), String::from_utf8_lossy(&found.stderr));
        assert_eq!(found.status.code(), Some(0), "{said}");
        assert!(said.contains("rows        2: 2 valid, 0 invalid"), "{said}");

        let missing = check("exports/nobody.csv");
        let said = String::from_utf8_lossy(&missing.stderr).into_owned();
        assert_eq!(missing.status.code(), Some(2), "{kind}: {said}");
        assert!(said.contains("there is no such file"), "{kind}: {said}");
    }
    // A certificate that nobody vouches for is not accepted.
    let url = format!("{}/exports/users%20today.csv", stores.environments["https"]["URL"]);
    let refused = Command::cargo_bin("lumsync").unwrap().args(["check", &url]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("certificate"));
}

/// Answers every request with `answer`, whatever it asks for; the address to ask at.
fn serve(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/users.csv", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = respond(stream.unwrap(), &answer);
        }
    });
    url
}

fn respond(mut stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut request = [0; 4096];
    while stream.read(&mut request)? == request.len() {}
    stream.write_all(answer.as_bytes())
}

fn answer(length: usize, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

#[tokio::test]
async fn no_more_is_fetched_than_allowed() {
    let body = format!("email\n{}", "ann@example.com\n".repeat(100));
    let url = serve(answer(body.len(), &body));
    let settings = SourceSettings { size_limit: 1000, ..SourceSettings::default() };
    let refused = open(&url, &settings).await.unwrap_err();
    assert!(matches!(refused, SourceError::TooLarge { limit: 1000, .. }), "{refused}");
    assert_eq!(open(&url, &SourceSettings::default()).await.unwrap().size(), body.len() as u64);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_file() {
    let url = serve(answer(1000, "email\nann@example.com\n"));
    let refused = open(&url, &SourceSettings::default()).await.unwrap_err();
    assert!(!refused.is_usage(), "{refused}");
    assert!(matches!(refused, SourceError::Remote { .. }), "{refused}");
}

#[test]
fn plain_http_to_another_host_is_refused_before_any_request() {
    let refused =
        Command::cargo_bin("lumsync").unwrap().args(["check", "http://files.example.com/u.csv"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("plain http is only allowed on loopback"));
}
