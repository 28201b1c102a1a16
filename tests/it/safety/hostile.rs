//! A tenant, or whatever stands in its place, that answers anything at all.

use lumsync::sandbox::CallKind;

use crate::support::parallel::for_each;
use crate::support::server::{Reply, Server};
use crate::support::workspace::Workspace;

const USER: &str = r#"{"uid":"1","email":"ann@example.com","firstName":"Ann","lastName":"Lee","accountType":"external","status":"enabled"}"#;
const CSV: &str = "email,firstName,lastName\nann@example.com,Anna,Lee\n";

fn page() -> Reply {
    Reply::json(format!(r#"{{"items":[{USER}],"more":false}}"#))
}

/// Answers that are none, for any call.
fn no_answers() -> Vec<(&'static str, Reply)> {
    vec![
        ("closed", Reply::close()),
        ("never", Reply::hang()),
        ("cut in the body", page().cut_after(30)),
        ("cut before the body", page().cut_after(0)),
        ("longer than promised", page().header("content-length", "40")),
        ("a status of no meaning", page().with_status(799)),
        ("another protocol", Reply::status(101)),
        ("no content", Reply::status(204)),
        ("a page for people", Reply::body("<html>signed out</html>").header("content-type", "text/html")),
    ]
}

#[test]
fn a_list_that_is_no_answer_ends_the_run_before_any_save() {
    for_each(no_answers(), |(what, reply)| {
        let server = Server::start(move |_| reply.clone());
        let run = Workspace::at(server.url()).sync_csv(CSV, &["--timeout", "1s", "--retries", "1"]);
        assert_eq!(run.code, 1, "{what}: {run:?}");
        assert!(server.requests().iter().all(|request| request.kind() == CallKind::List), "{what}");
    });
}

#[test]
fn a_save_that_is_no_answer_is_never_reported_as_applied() {
    for_each(no_answers(), |(what, reply)| {
        let server = Server::start(move |request| match request.kind() {
            CallKind::List => page(),
            CallKind::Get => Reply::json(USER),
            _ => reply.clone(),
        });
        let workspace = Workspace::at(server.url());
        let run = workspace.sync_csv(CSV, &["--timeout", "1s", "--retries", "1"]);
        assert_eq!(run.code, 4, "{what}: {run:?}");
        assert_eq!(workspace.report()["outcomes"][0]["result"], "failed", "{what}");
        assert!(server.requests().iter().all(|request| request.kind() != CallKind::SaveCreate), "{what}");
    });
}
