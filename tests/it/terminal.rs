//! `sync` on a real terminal: it shows, asks, and waits without holding anything.

use crate::support::data::users::person;
use crate::support::terminal::{Conversation, converse};
use crate::support::workspace::Workspace;

const CSV: &str = "email,firstName,lastName\nann@example.com,Anna,Lee\n";
const QUESTION: &str = "Type `disable 1` to go on";

/// Two people, one of whom the CSV does not name.
fn workspace() -> Workspace {
    let workspace = Workspace::serving(&[person(1, "Ann"), person(2, "Bob")]);
    workspace.write_csv(CSV);
    workspace
}

fn sync_and_answer(workspace: &Workspace, answer: &str, more: &[&str]) -> Conversation {
    converse(workspace, &[&["sync", "users.csv"], more].concat(), &[(QUESTION, answer)])
}

#[test]
fn the_number_of_people_who_lose_access_must_be_typed() {
    let workspace = workspace();
    let ended = sync_and_answer(&workspace, "disable 1\n", &[]);
    assert_eq!((ended.asked, ended.code), (1, 0), "{ended:?}");
    let said = ended.said.as_str();
    let (plan, rest) = said.split_once(QUESTION).unwrap();
    assert!(plan.contains("1 person will lose access now"), "{said}");
    assert!(
        plan.contains("bob@example.com") && plan.contains("\u{1b}["),
        "the plan stands before it, in colour: {said}"
    );
    assert!(rest.contains("Applied 2 of 2 changes"), "{said}");
    assert!(!workspace.is_enabled("bob@example.com"));
}

#[test]
fn a_mere_yes_writes_nothing_when_somebody_would_lose_access() {
    let workspace = workspace();
    let ended = sync_and_answer(&workspace, "y\n", &[]);
    assert_eq!((ended.asked, ended.code), (1, 1), "{ended:?}");
    assert!(workspace.saves().is_empty());
}

#[test]
fn an_interrupt_at_the_question_ends_the_run_in_good_order() {
    let workspace = workspace();
    let ended = sync_and_answer(&workspace, "\u{3}", &[]);
    assert_eq!((ended.asked, ended.code), (1, 130), "{ended:?}");
    assert!(workspace.saves().is_empty());
    assert_eq!(workspace.report()["exitCode"], 130);
}

#[test]
fn with_yes_nothing_is_asked_and_bars_show_how_far_it_is() {
    let workspace = workspace();
    let ended = sync_and_answer(&workspace, "", &["--yes"]);
    assert_eq!((ended.asked, ended.code), (0, 0), "{ended:?}");
    assert!(ended.said.as_str().contains("update: 1 done of 1"), "{ended:?}");
}
