//! No plan is made from part of a list.

use lumsync::sandbox::CallKind;
use serde_json::{Value, json};

use crate::support::data::users::newcomers;
use crate::support::data::users::{csv_of, people, person, with};
use crate::support::parallel::for_each;
use crate::support::server::Reply;
use crate::support::workspace::Workspace;

/// Nine users on three pages, and a CSV with a tenth.
fn workspace() -> Workspace {
    let workspace = Workspace::serving(&people(9));
    workspace.write_csv(&csv_of(&people(10)));
    workspace
}

/// Faults of a page that asking again may mend.
const FAILING: [&str; 8] =
    ["http-500", "html-502", "http-504", "reset-before", "reset-after", "cut-body", "hang", "not-json"];

fn sync(workspace: &Workspace) -> crate::support::run::Run {
    workspace.sync(&["--page-size", "3", "--retries", "1", "--timeout", "1s"])
}

#[test]
fn a_list_that_did_not_arrive_whole_is_an_error_on_whatever_page() {
    for (fault, says) in
        [("repeated-cursor", "the user list"), ("more-without-items", "no items"), ("duplicate-user", "came twice")]
    {
        for page in ["1", "2", "3"] {
            let workspace = workspace();
            workspace.faults(&[&format!("{fault}:list:{page}")]);
            sync(&workspace).exits_with(1).stderr_contains(&[says]);
            assert!(workspace.saves().is_empty(), "{fault} on page {page}");
            assert_eq!(workspace.report()["exitCode"], 1);
        }
    }
}

#[test]
fn a_page_that_fails_to_the_end_is_an_error() {
    for_each(FAILING, |fault| {
        let workspace = workspace();
        workspace.faults(&[&format!("{fault}:list:2-")]);
        sync(&workspace).exits_with(1).stderr_contains(&["page 2"]);
        assert!(workspace.saves().is_empty(), "{fault}");
    });
}

#[test]
fn a_page_that_fails_once_is_asked_for_again_and_the_list_is_whole() {
    for_each(FAILING, |fault| {
        for page in ["1", "2", "3"] {
            let workspace = workspace();
            workspace.faults(&[&format!("{fault}:list:{page}")]);
            sync(&workspace).exits_with(0);
            assert_eq!((workspace.calls(CallKind::List).len(), workspace.saves().len()), (4, 1), "{fault} {page}");
        }
    });
}

#[test]
fn a_page_that_does_not_say_whether_more_follows_is_not_taken_for_the_last() {
    for page in ["1", "2", "3"] {
        let workspace = workspace();
        workspace.faults(&[&format!("more-missing:list:{page}")]);
        sync(&workspace).exits_with(0);
        assert_eq!((workspace.calls(CallKind::List).len(), workspace.saves().len()), (3, 1), "page {page}");
    }
}

#[test]
fn a_server_that_sends_fewer_than_asked_is_asked_on() {
    let settings =
        lumsync::sandbox::SandboxSettings { page_cap: 2, ..crate::support::data::users::tenant_of(&people(9)) };
    let workspace = Workspace::with_tenant(settings);
    workspace.write_csv(&csv_of(&people(9)));
    assert_eq!(workspace.plan(&["--page-size", "500"])["remote"]["listed"], 9);
    assert_eq!(workspace.calls(CallKind::List).len(), 5);
}

#[test]
fn attributes_that_came_in_another_type_decide_nothing_wrong() {
    let users = [person(1, "Ann"), person(2, "Bob"), with(person(3, "Cleo"), &[("isSuperAdmin", json!(true))])];
    let workspace = Workspace::serving(&users);
    workspace.write_csv(&csv_of(&users[1..2]));
    workspace.faults(&["drifting-type:list:always", "drifting-type:get:always"]);
    workspace.sync(&["--page-size", "1"]).exits_with(0);
    assert!(!workspace.is_enabled("ann@example.com"));
    assert!(workspace.is_enabled("bob@example.com") && workspace.is_enabled("cleo@example.com"));
    workspace.write_csv(&csv_of(&users[..1]));
    workspace.faults(&["wrong-type:list:always"]);
    workspace.sync(&["--max-shrink", "100%"]).exits_with(3).stderr_contains(&["a conflict"]);
    assert!(workspace.is_enabled("bob@example.com"));
}

#[test]
fn the_list_of_other_account_types_must_be_whole_too() {
    for fault in ["repeated-cursor", "more-without-items", "duplicate-user"] {
        let mut users = people(1);
        users.extend((20..26).map(|uid| with(person(uid, &format!("G{uid}")), &[("accountType", json!("google"))])));
        let workspace = Workspace::serving(&users);
        let rows = newcomers(29);
        workspace.write_csv(&format!("email,firstName,lastName\np1@example.com,,\n{rows}g25@example.com,G25,Lee\n"));
        workspace.faults(&[&format!("{fault}:list:2")]);
        workspace.sync(&["--page-size", "3"]).exits_with(1);
        assert!(workspace.saves().is_empty(), "{fault}");
    }
}

#[test]
fn an_export_is_no_part_of_a_list_either() {
    for fault in ["repeated-cursor", "more-without-items", "duplicate-user", "http-500"] {
        let workspace = workspace();
        workspace.faults(&[&format!("{fault}:list:2-")]);
        workspace.run(&["export", "-o", "out.csv", "--page-size", "3", "--retries", "1"]).exits_with(1);
        assert!(!workspace.folder().join("out.csv").exists(), "{fault}");
    }
}

/// Three users of the job and one of a directory.
fn tenant_with_bob() -> Workspace {
    let of_directory = with(person(9, "Gil"), &[("accountType", json!("google"))]);
    Workspace::serving(&[person(1, "Ann"), person(2, "Bob"), person(3, "Cyd"), of_directory])
}

/// Every list has this in Bob's place.
fn list_in_place_of_bob(workspace: &mut Workspace, entry: &Value) {
    let page = json!({"items": [person(1, "Ann"), entry, person(3, "Cyd")], "more": false}).to_string();
    workspace.intercept(move |request, _| (request.kind() == CallKind::List).then(|| Reply::json(page.clone())));
}

#[test]
fn a_listed_user_without_identifier_or_address_is_a_conflict_and_ends_nothing() {
    let entries = [
        json!(null),
        json!("bob@example.com"),
        json!(7),
        json!([]),
        json!({}),
        json!({"error": "x"}),
        with(person(2, "Bob"), &[("email", json!(null))]),
        with(person(2, "Bob"), &[("email", json!(" "))]),
        with(person(2, "Bob"), &[("uid", json!(null)), ("id", json!(null))]),
        with(person(2, "Bob"), &[("uid", json!({})), ("firstName", json!("Rob"))]),
    ];
    for_each(entries, |entry| {
        let mut workspace = tenant_with_bob();
        list_in_place_of_bob(&mut workspace, &entry);
        let all = csv_of(&[person(1, "Anna"), person(2, "Bob"), person(4, "Dee")]).replace("anna@", "ann@");
        // Without a row he is a conflict, and not absent.
        workspace.write_csv(&all.replace("bob@example.com,Bob,Lee\n", ""));
        let summary = workspace.plan(&[])["summary"].clone();
        assert_eq!((&summary["conflicts"], &summary["disable"]), (&json!(1), &json!(1)), "{entry}");
        workspace.write_csv(&all);
        workspace.sync(&["--rps", "unlimited"]).exits_with(0);
        // Bob is neither made anew nor changed, and the others become what their rows say.
        let created = workspace.calls(CallKind::SaveCreate);
        assert_eq!((created.len(), workspace.sandbox().users().len()), (1, 5), "{entry}");
        assert_eq!(workspace.user("bob@example.com").unwrap(), person(2, "Bob"), "{entry}");
        assert_eq!(workspace.user("ann@example.com").unwrap()["firstName"], "Anna", "{entry}");
        assert!(!workspace.is_enabled("cyd@example.com") && workspace.is_enabled("dee@example.com"), "{entry}");
    });
}

#[test]
fn a_list_of_nothing_but_such_users_is_an_error() {
    for entry in [json!(null), json!({"error": "x"}), json!({"uid": "1"}), json!({"email": "ann@example.com"})] {
        let mut workspace = tenant_with_bob();
        let page = json!({"items": [entry, entry], "more": false}).to_string().replace("\"1\"},", "\"2\"},");
        workspace.intercept(move |request, _| (request.kind() == CallKind::List).then(|| Reply::json(page.clone())));
        workspace.write_csv(&csv_of(&people(3)));
        sync(&workspace).exits_with(1).stderr_contains(&["none of its 2 entries"]);
        workspace.run(&["export", "-o", "out.csv"]).exits_with(1);
        assert!(workspace.saves().is_empty(), "{entry}");
    }
}
