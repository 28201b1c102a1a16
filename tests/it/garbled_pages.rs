//! Pages of the user list that are garbled: they count as lost on the way.

use std::collections::HashMap;

use lumsync::api::{ListError, ListQuery};

use crate::support::reader::reader;
use crate::support::server::{Reply, Server};

const FIRST: &str = r#"{"items":[{"uid":"1","email":"ann@example.com"}],"cursor":"b","more":true}"#;
const SECOND: &str = r#"{"items":[{"uid":"2","email":"bob@example.com"}],"cursor":"c","more":true}"#;
const THIRD: &str = r#"{"items":[{"uid":"3","email":"zoe@example.com"}],"more":false}"#;

/// A tenant that answers each cursor with its pages in turn, and with the last of them from then on.
fn tenant(pages: &[(&'static str, &[&'static str])]) -> Server {
    let mut pages: HashMap<_, _> = pages.iter().map(|(cursor, pages)| (*cursor, pages.to_vec())).collect();
    Server::start(move |request| {
        let turns = pages.get_mut(&*request.parameter("cursor")).unwrap();
        Reply::json(if turns.len() > 1 { turns.remove(0) } else { turns[0] })
    })
}

/// The addresses on the list, and the pages and users that were last reported as read.
async fn list(tenant: &Server, retries: u32) -> (Result<Vec<String>, ListError>, (u64, u64)) {
    let reader = reader(tenant.url(), "token", retries, 1);
    let mut read = (0, 0);
    let users = reader.list(&ListQuery::default(), |pages, users| read = (pages, users)).await;
    (users.map(|list| list.users.iter().map(|user| user.email().to_owned()).collect()), read)
}

/// Whole at both ends, and broken between.
const GARBLED: [&str; 3] = [
    r#"{"items":[{"uid":"2",,"email":"bob@example.com"}],"cursor":"c","more":true}"#,
    r#"{"items":[{"uid":"2","email":"bob@exam}],"cursor":"c","more":true}"#,
    r#"{"error":{"message":"try later"},"items":[{"uid":"2","email":"bob@example.com"}],"cursor":"c","more":true}"#,
];

#[tokio::test]
async fn a_garbled_page_is_asked_for_again_and_the_list_is_whole() {
    for garbled in GARBLED {
        let server = tenant(&[("", &[FIRST]), ("b", &[garbled, SECOND]), ("c", &[THIRD])]);
        let (users, read) = list(&server, 3).await;
        assert_eq!(users.unwrap(), ["ann@example.com", "bob@example.com", "zoe@example.com"], "{garbled}");
        assert_eq!(read, (3, 3), "{garbled}");
    }
}

#[tokio::test]
async fn a_page_that_stays_garbled_is_an_error() {
    for garbled in GARBLED {
        let server = tenant(&[("", &[FIRST]), ("b", &[garbled]), ("c", &[THIRD])]);
        let error = list(&server, 1).await.0.unwrap_err();
        assert_eq!(error.to_string(), "page 2 of the user list");
    }
}

#[tokio::test]
async fn the_list_is_read_once_when_every_page_is_sound_and_all_users_are_counted() {
    let server = tenant(&[("", &[FIRST]), ("b", &[SECOND]), ("c", &[THIRD])]);
    let (users, read) = list(&server, 0).await;
    assert_eq!(users.unwrap().len(), 3);
    assert_eq!(read, (3, 3));
    let cursors: Vec<_> = server.requests().iter().map(|request| request.parameter("cursor")).collect();
    assert_eq!(cursors, ["", "b", "c"]);
    let last_page_only = tenant(&[("", &[THIRD])]);
    assert_eq!(list(&last_page_only, 0).await.1, (1, 1));
}
