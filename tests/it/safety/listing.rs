//! No plan is made from part of a list.

use lumsync::sandbox::CallKind;
use serde_json::json;

use crate::support::operator::{Operator, csv_of, people, person, with};
use crate::support::together::each;
use crate::verbs::matching::newcomers;

/// Nine users on three pages, and a CSV with a tenth.
fn operator() -> Operator {
    let operator = Operator::of(&people(9));
    operator.csv(&csv_of(&people(10)));
    operator
}

/// Faults of a page that asking again may mend.
const FAILING: [&str; 8] =
    ["http-500", "html-502", "http-504", "reset-before", "reset-after", "cut-body", "hang", "not-json"];

fn sync(operator: &Operator) -> crate::support::operator::Ended {
    operator.sync(&["--page-size", "3", "--retries", "1", "--timeout", "1s"])
}

#[test]
fn a_list_that_did_not_arrive_whole_is_an_error_on_whatever_page() {
    for (fault, says) in [
        ("repeated-cursor", "the user list"),
        ("more-without-items", "no items"),
        ("duplicate-user", "came twice"),
        ("item-without-email", "no e-mail"),
        ("item-without-uid", "no uid"),
    ] {
        for page in ["1", "2", "3"] {
            let operator = operator();
            operator.faults(&[&format!("{fault}:list:{page}")]);
            sync(&operator).expect(1).says(&[says]);
            assert!(operator.saves().is_empty(), "{fault} on page {page}");
            assert_eq!(operator.report()["exitCode"], 1);
        }
    }
}

#[test]
fn a_page_that_fails_to_the_end_is_an_error() {
    each(FAILING, |fault| {
        let operator = operator();
        operator.faults(&[&format!("{fault}:list:2-")]);
        sync(&operator).expect(1).says(&["page 2"]);
        assert!(operator.saves().is_empty(), "{fault}");
    });
}

#[test]
fn a_page_that_fails_once_is_asked_for_again_and_the_list_is_whole() {
    each(FAILING, |fault| {
        for page in ["1", "2", "3"] {
            let operator = operator();
            operator.faults(&[&format!("{fault}:list:{page}")]);
            sync(&operator).expect(0);
            assert_eq!((operator.calls(CallKind::List).len(), operator.saves().len()), (4, 1), "{fault} {page}");
        }
    });
}

#[test]
fn a_page_that_does_not_say_whether_more_follows_is_not_taken_for_the_last() {
    for page in ["1", "2", "3"] {
        let operator = operator();
        operator.faults(&[&format!("more-missing:list:{page}")]);
        sync(&operator).expect(0);
        assert_eq!((operator.calls(CallKind::List).len(), operator.saves().len()), (3, 1), "page {page}");
    }
}

#[test]
fn a_server_that_sends_fewer_than_asked_is_asked_on() {
    let settings = lumsync::sandbox::SandboxSettings { page_cap: 2, ..crate::support::operator::tenant_of(&people(9)) };
    let operator = Operator::with(settings);
    operator.csv(&csv_of(&people(9)));
    assert_eq!(operator.plan(&["--page-size", "500"])["remote"]["listed"], 9);
    assert_eq!(operator.calls(CallKind::List).len(), 5);
}

#[test]
fn attributes_that_came_in_another_type_decide_nothing_wrong() {
    let users = [person(1, "Ann"), person(2, "Bob"), with(person(3, "Cleo"), &[("isSuperAdmin", json!(true))])];
    let operator = Operator::of(&users);
    operator.csv(&csv_of(&users[1..2]));
    operator.faults(&["drifting-type:list:always", "drifting-type:get:always"]);
    operator.sync(&["--page-size", "1"]).expect(0);
    assert!(!operator.is_enabled("ann@example.com"));
    assert!(operator.is_enabled("bob@example.com") && operator.is_enabled("cleo@example.com"));
    operator.csv(&csv_of(&users[..1]));
    operator.faults(&["wrong-type:list:always"]);
    operator.sync(&["--max-shrink", "100%"]).expect(3).says(&["can't be read"]);
    assert!(operator.is_enabled("bob@example.com"));
}

#[test]
fn the_list_of_other_account_types_must_be_whole_too() {
    for fault in ["repeated-cursor", "more-without-items", "duplicate-user", "item-without-email", "item-without-uid"] {
        let mut users = people(1);
        users.extend((20..26).map(|uid| with(person(uid, &format!("G{uid}")), &[("accountType", json!("google"))])));
        let operator = Operator::of(&users);
        let rows = newcomers(29);
        operator.csv(&format!("email,firstName,lastName\np1@example.com,,\n{rows}g25@example.com,G25,Lee\n"));
        operator.faults(&[&format!("{fault}:list:2")]);
        operator.sync(&["--page-size", "3"]).expect(1);
        assert!(operator.saves().is_empty(), "{fault}");
    }
}

#[test]
fn an_export_is_no_part_of_a_list_either() {
    for fault in ["repeated-cursor", "more-without-items", "duplicate-user", "http-500"] {
        let operator = operator();
        operator.faults(&[&format!("{fault}:list:2-")]);
        operator.run(&["export", "-o", "out.csv", "--page-size", "3", "--retries", "1"]).expect(1);
        assert!(!operator.folder().join("out.csv").exists(), "{fault}");
    }
}
