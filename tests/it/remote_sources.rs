//! CSVs on object stores and web servers, each fetched from a real server on loopback.

use std::collections::BTreeMap;

use lumsync::source::{SourceError, SourceSettings, open};

use crate::support::external::stores::Stores;
use crate::support::run::Run;
use crate::support::server::{Reply, Server};
use crate::support::workspace::binary;

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
    let refused = open(&format!("{}/users.csv", server.url()), &SourceSettings::default()).await.unwrap_err();
    assert!(!refused.is_usage() && !server.requests().is_empty(), "{refused}");
    assert!(matches!(refused, SourceError::Remote { .. }), "{refused}");
}

#[test]
fn plain_http_to_another_host_is_refused_before_any_request() {
    let refused = check("http://files.example.com/u.csv", &BTreeMap::new());
    refused.exits_with(2).stderr_contains(&["plain http is only allowed on loopback"]);
}
