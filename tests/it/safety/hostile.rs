//! A tenant, or whatever stands in its place, that answers anything at all.

use lumsync::sandbox::CallKind;

use crate::support::data::users::newcomers;
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
        ("a part", page().with_status(206)),
        ("a promise", page().with_status(202)),
        ("something made", page().with_status(201)),
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

#[test]
fn an_answer_to_a_save_that_does_not_show_the_user_who_was_meant_is_looked_into() {
    let saved = USER.replace("\"Ann\"", "\"Anna\"");
    let answers = [
        ("an identifier alone", Reply::json(r#"{"uid":"1"}"#)),
        ("no address", Reply::json(saved.replace("email", "mail"))),
        ("another address", Reply::json(saved.replace("ann@", "zoe@"))),
        ("another account type", Reply::json(saved.replace("external", "google"))),
        ("a part", Reply::json(saved.clone()).with_status(206)),
        ("a promise", Reply::json(saved.clone()).with_status(202)),
        ("something made", Reply::json(saved.clone()).with_status(201)),
    ];
    for_each(answers, |(what, reply)| {
        for is_done in [true, false] {
            let (mut saves, saved, reply) = (0, saved.clone(), reply.clone());
            let server = Server::start(move |request| match request.kind() {
                CallKind::List => page(),
                CallKind::Get if is_done && saves > 0 => Reply::json(saved.clone()),
                CallKind::Get => Reply::json(USER),
                _ => {
                    saves += 1;
                    reply.clone()
                }
            });
            let workspace = Workspace::at(server.url());
            workspace.sync_csv(CSV, &["--retries", "1"]).exits_with(if is_done { 0 } else { 4 });
            let outcome = workspace.report()["outcomes"][0].clone();
            assert_eq!(outcome["result"], if is_done { "applied" } else { "failed" }, "{what}: {outcome}");
            let saves = server.requests().iter().filter(|request| request.kind() == CallKind::SaveUpdate).count();
            assert_eq!(saves, if is_done { 1 } else { 2 }, "{what}");
        }
    });
}

#[test]
fn a_404_with_the_code_of_another_error_does_not_say_that_nobody_has_an_address() {
    for body in [r#"{"error":{"code":500,"message":"no such user"}}"#, r#"{"error":{"code":0}}"#] {
        let server = Server::start(move |request| match request.kind() {
            CallKind::List => page(),
            _ => Reply::json(body).with_status(404),
        });
        let csv = format!("email,firstName,lastName\nann@example.com,Ann,Lee\n{}", newcomers(1));
        Workspace::at(server.url()).sync_csv(&csv, &["--retries", "1"]).exits_with(1);
        assert!(server.requests().iter().all(|request| request.kind() != CallKind::SaveCreate), "{body}");
    }
}

#[test]
fn an_address_that_no_list_can_read_is_not_free() {
    // The user's e-mail is an object, in every list alike; asked by address, the tenant knows her.
    let broken = r#"{"uid":"7","email":{"value":"new1@example.com"},"accountType":"external","status":"enabled"}"#;
    let server = Server::start(move |request| match request.kind() {
        CallKind::List => Reply::json(format!(r#"{{"items":[{USER},{broken}],"more":false}}"#)),
        CallKind::Get if request.parameter("email") == "new1@example.com" => {
            Reply::json(r#"{"uid":"7","email":"new1@example.com","accountType":"external","status":"enabled"}"#)
        }
        CallKind::Get => Reply::json(r#"{"error":{"code":404,"message":"no such user"}}"#).with_status(404),
        _ => Reply::json(r#"{"uid":"8","email":"new2@example.com","accountType":"external"}"#),
    });
    let workspace = Workspace::at(server.url());
    let csv = format!("email,firstName,lastName\nann@example.com,Ann,Lee\n{}", newcomers(2));
    workspace.sync_csv(&csv, &["--rps", "unlimited"]).exits_with(0);
    let created = server.requests().into_iter().filter(|request| request.kind() == CallKind::SaveCreate);
    let created: Vec<_> = created.map(|request| request.json()["email"].clone()).collect();
    assert_eq!(created, ["new2@example.com"]);
}

#[test]
fn a_save_that_was_refused_and_done_all_the_same_is_reported_as_done() {
    let mut is_saved = false;
    let server = Server::start(move |request| match request.kind() {
        CallKind::List => page(),
        CallKind::Get if is_saved => Reply::json(USER.replace("\"Ann\"", "\"Anna\"")),
        CallKind::Get => Reply::json(USER),
        _ => {
            is_saved = true;
            Reply::body("<html>blocked</html>").with_status(403)
        }
    });
    let workspace = Workspace::at(server.url());
    workspace.sync_csv(CSV, &[]).exits_with(0);
    assert_eq!(workspace.report()["outcomes"][0]["result"], "applied");
    let saves = server.requests().into_iter().filter(|request| request.kind() == CallKind::SaveUpdate);
    assert_eq!(saves.count(), 1);
}

#[test]
fn a_list_that_makes_users_up_for_ever_and_one_that_leads_nowhere_end() {
    let long = format!(r#"{{"items":[{USER}],"cursor":"{}","more":true}}"#, "c".repeat(1 << 20));
    let server = Server::start(move |_| Reply::json(long.clone()));
    let run = Workspace::at(server.url()).sync_csv(CSV, &[]).exits_with(1).stderr_contains(&["1048576 bytes"]);
    assert!(server.requests().len() == 1, "{run:?}");
    // A user who comes again under another identifier is two users of one address.
    let mut number = 0;
    let server = Server::start(move |request| {
        number += 1;
        match request.kind() {
            CallKind::List if number < 4 => Reply::json(format!(
                r#"{{"items":[{}],"cursor":"{number}","more":true}}"#,
                USER.replace("\"1\"", &format!("\"{number}\""))
            )),
            CallKind::List => Reply::json(r#"{"items":[],"more":false}"#),
            _ => Reply::json(USER),
        }
    });
    Workspace::at(server.url()).sync_csv(CSV, &["--rps", "unlimited"]);
    assert!(server.requests().iter().all(|request| request.kind() == CallKind::List));
}
