//! Pages of the user list that are garbled: they count as lost on the way.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use lumsync::api::{ListError, ListQuery};

use crate::support::reader::reader;

const FIRST: &str = r#"{"items":[{"uid":"1","email":"ann@example.com"}],"cursor":"b","more":true}"#;
const SECOND: &str = r#"{"items":[{"uid":"2","email":"bob@example.com"}],"cursor":"c","more":true}"#;
const THIRD: &str = r#"{"items":[{"uid":"3","email":"zoe@example.com"}],"more":false}"#;

/// Answers each cursor with its pages in turn, the last of them for good; keeps the cursors that were asked for.
struct Tenant {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tenant {
    fn serve(pages: &[(&'static str, &[&'static str])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        let mut pages: HashMap<_, _> =
            pages.iter().map(|(cursor, pages)| ((*cursor).to_owned(), pages.to_vec())).collect();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(&stream.unwrap(), &mut pages, &kept);
            }
        });
        Self { address, asked }
    }

    async fn list(&self, retries: u32) -> (Result<Vec<String>, ListError>, (u64, u64)) {
        let reader = reader(&format!("http://{}", self.address), "token", retries, 1);
        let mut told = (0, 0);
        let users = reader.list(&ListQuery::default(), |pages, users| told = (pages, users)).await;
        (users.map(|list| list.users.iter().map(|user| user.email().to_owned()).collect()), told)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: &TcpStream, pages: &mut HashMap<String, Vec<&'static str>>, asked: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let Some(request) = lines.next() else { return };
    assert!(lines.any(|line| line.is_empty()), "the head of the request ends");
    let cursor = request.split(['&', '?', ' ']).find_map(|part| part.strip_prefix("cursor=")).unwrap_or_default();
    asked.lock().unwrap().push(cursor.to_owned());
    let turns = pages.get_mut(cursor).unwrap();
    let page = if turns.len() > 1 { turns.remove(0) } else { turns[0] };
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}", page.len()).unwrap();
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
        let tenant = Tenant::serve(&[("", &[FIRST]), ("b", &[garbled, SECOND]), ("c", &[THIRD])]);
        let (users, told) = tenant.list(3).await;
        assert_eq!(users.unwrap(), ["ann@example.com", "bob@example.com", "zoe@example.com"], "{garbled}");
        assert_eq!(told, (3, 3), "{garbled}");
    }
}

#[tokio::test]
async fn a_page_that_stays_garbled_is_an_error() {
    for garbled in GARBLED {
        let tenant = Tenant::serve(&[("", &[FIRST]), ("b", &[garbled]), ("c", &[THIRD])]);
        let error = tenant.list(1).await.0.unwrap_err();
        let says_page_two = matches!(error, ListError::Page { page: 2, .. });
        assert!(says_page_two, "{error:?}");
    }
}

#[tokio::test]
async fn the_list_is_read_once_when_every_page_is_sound_and_all_users_are_told() {
    let tenant = Tenant::serve(&[("", &[FIRST]), ("b", &[SECOND]), ("c", &[THIRD])]);
    let (users, told) = tenant.list(0).await;
    assert_eq!(users.unwrap().len(), 3);
    assert_eq!(told, (3, 3));
    assert_eq!(tenant.asked(), ["", "b", "c"]);
    let tenant = Tenant::serve(&[("", &[THIRD])]);
    assert_eq!(tenant.list(0).await.1, (1, 1));
}
