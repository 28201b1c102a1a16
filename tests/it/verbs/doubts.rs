//! Values that are hardly what was meant: `docs/csv.md`, "Doubtful values" and "Look-alikes".

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::data::users::{people, person, with};
use crate::support::workspace::Workspace;

/// The people of the fixtures.
fn tenant() -> Vec<Value> {
    let name = |uid: u32, email: &str, first: &str, last: &str, status: &str| {
        let attributes = [
            ("email", json!(email)),
            ("firstName", json!(first)),
            ("lastName", json!(last)),
            ("status", json!(status)),
        ];
        with(person(uid, first), &attributes)
    };
    vec![
        name(1, "ann@example.com", "Ann", "Lee", "enabled"),
        name(2, "o'neil@example.com", "Shea", "O'Neil", "enabled"),
        name(3, "zoe@example.com", "Zoé", "Lefèvre", "enabled"),
        name(4, "juergen@example.com", "Jürgen", "Müller", "enabled"),
        name(5, "ondrej@example.com", "Ondřej", "Dvořák", "enabled"),
        name(6, "lea@example.com", "Lea", "Ver", "disabled"),
    ]
}

fn with_fixture(users: &[Value], fixture: &str) -> Workspace {
    let workspace = Workspace::serving(users);
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/csv").join(fixture);
    fs::copy(from, workspace.path("users.csv")).unwrap();
    workspace
}

/// What becomes of a file in which one value of a tenant's people was spoilt. Nobody is harmed by any of them.
#[test]
fn nobody_is_harmed_by_a_value_that_was_spoilt_on_its_way() {
    let cases = [
        ("address-with-a-mark-in-front.csv", 2, 0),
        ("address-with-a-curly-apostrophe.csv", 2, 0),
        ("address-with-a-link-s-question.csv", 2, 0),
        ("address-in-letters-of-another-script.csv", 0, 2),
        ("address-one-letter-off.csv", 0, 2),
        ("address-of-a-leaver-with-other-punctuation.csv", 0, 2),
        ("domain-in-wide-letters.csv", 0, 0),
        ("names-that-stand-for-nothing.csv", 2, 0),
        ("names-in-quotes-and-entities.csv", 2, 0),
        ("names-encoded-twice.csv", 2, 0),
        ("letters-lost-to-question-marks.csv", 2, 0),
        ("windows-1250.csv", 2, 0),
        ("mac-roman.csv", 2, 0),
        ("utf8-and-windows-1252.csv", 2, 0),
        ("byte-order-mark-twice.csv", 0, 0),
    ];
    for (fixture, exit_code, conflicts) in cases {
        let workspace = with_fixture(&tenant(), fixture);
        let before = workspace.sandbox().lines();
        workspace.sync(&[]).exits_with(exit_code);
        assert_eq!(workspace.sandbox().lines(), before, "{fixture}");
        if exit_code == 0 {
            assert_eq!(workspace.report()["summary"]["conflicts"], conflicts, "{fixture}");
        }
        // A row that is left out spares its user, and everybody where it names none.
        workspace.sync(&["--on-invalid", "skip"]);
        assert_eq!(workspace.sandbox().lines(), before, "{fixture}, skipped");
    }
}

#[test]
fn an_odd_value_that_the_user_has_is_no_reason_to_stop() {
    let users = [
        with(person(1, "Ann"), &[("email", json!("'ann#1@example.com")), ("firstName", json!("NULL"))]),
        with(
            person(2, "Bob"),
            &[("email", json!("user_x.com#EXT#@example.onmicrosoft.com")), ("lastName", json!("?"))],
        ),
    ];
    let workspace = Workspace::serving(&users);
    workspace.write_csv(
        "email,firstName,lastName,isHidden\n'ann#1@example.com,NULL,Lee,yes\nuser_x.com#EXT#@example.onmicrosoft.com,Bob,?,\n",
    );
    let check = workspace.run(&["check", "users.csv"]).exits_with(0).stdout;
    assert!(["Doubtful values", "line 2", "`NULL`", "line 3",].iter().all(|part| check.contains(part)), "{check}");
    workspace.sync(&[]).exits_with(0);
    assert_eq!(workspace.user("'ann#1@example.com").unwrap()["isHidden"], true);
    // The same name over another one is none.
    workspace.write_csv(
        "email,firstName,lastName\n'ann#1@example.com,NULL,NULL\nuser_x.com#EXT#@example.onmicrosoft.com,,\n",
    );
    workspace.sync(&["-q"]).exits_with(2).stderr_contains(&["line 2", "lastName `NULL` is doubtful"]);
    workspace.sync(&["--null-word", "NULL", "--allow-column-change"]).exits_with(0);
}

#[test]
fn a_word_for_nothing_is_an_empty_cell_where_the_operator_says_so() {
    let workspace = Workspace::serving(&people(2));
    workspace
        .write_csv("email,firstName,lastName,status,isHidden\np1@example.com,NULL,\\N,NULL,\\N\np2@example.com,,,,\n");
    workspace.sync(&[]).exits_with(2);
    assert_eq!(workspace.plan(&["--null-word", "NULL", "--null-word", "\\N"])["actions"], json!([]));
}

#[test]
fn a_look_alike_is_held_every_night_until_somebody_decides_and_each_names_the_other() {
    let workspace = with_fixture(&tenant(), "address-in-letters-of-another-script.csv");
    let plan = workspace.plan(&[]);
    let [row, user] = &plan["conflicts"].as_array().unwrap()[..] else { panic!("{plan}") };
    assert_eq!((&row["row"], &user["email"]), (&json!(2), &json!("ann@example.com")));
    assert!(row["reason"].as_str().unwrap().contains("ann@example.com"), "{row}");
    assert!(user["reason"].as_str().unwrap().contains("\u{430}nn@example.com"), "{user}");
    assert!(workspace.sync(&["-q"]).exits_with(0).stdout.contains("ann@example.com"));
    workspace.sync(&["--on-lookalike", "act"]).exits_with(0);
    assert!(!workspace.is_enabled("ann@example.com"));
    assert!(workspace.is_enabled("\u{430}nn@example.com"));
}

#[test]
fn a_look_alike_is_held_whatever_else_keeps_it_from_an_account() {
    let names = "email,firstName,lastName";
    for (csv, options) in [
        (
            format!("{names}\nbob@example.com,Bob,Lee\nann@exmaple.com,Ann,Lee\n"),
            &["--email-domain", "example.com"][..],
        ),
        (format!("{names}\nbob@example.com,Bob,Lee\nann@examp1e.com,Ann,Lee\n"), &["--email-domain", "example.com"]),
        (format!("{names},startDate\nbob@example.com,Bob,Lee,\nanm@example.com,Ann,Lee,2130-01-01\n"), &[]),
        (format!("{names},uid\nbob@example.com,Bob,Lee,2\nanm@example.com,Ann,Lee,999\n"), &[]),
    ] {
        let workspace = Workspace::serving(&[person(1, "Ann"), person(2, "Bob")]);
        workspace.write_csv(&csv);
        let quiet = workspace.sync(&[options, &["-q"]].concat()).exits_with(0);
        assert!(
            quiet.stdout.contains("ann@example.com") && quiet.stdout.contains("looks like"),
            "{csv}{}",
            quiet.stdout
        );
        assert!(workspace.is_enabled("ann@example.com"), "{csv}");
        workspace.sync(&[options, &["--on-lookalike", "act"]].concat()).exits_with(0);
        assert!(!workspace.is_enabled("ann@example.com"), "{csv}");
    }
}

#[test]
fn an_assumed_encoding_needs_a_person_and_one_that_is_said_does_not() {
    let users = [
        with(person(1, "Zoe"), &[("firstName", json!("Zoé"))]),
        with(person(2, "Jurgen"), &[("firstName", json!("Jürgen"))]),
    ];
    let workspace = Workspace::serving(&users);
    let bytes = b"email,firstName\nzoe@example.com,Zo\xe9\njurgen@example.com,J\xfcrgen\n";
    fs::write(workspace.path("users.csv"), bytes).unwrap();
    let quiet = workspace.sync(&["-q"]).exits_with(0);
    assert!(quiet.stdout.contains("windows-1252"), "{}", quiet.stdout);
    let said = workspace.sync(&["-q", "--encoding", "windows-1252"]).exits_with(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
}

#[test]
fn an_export_and_a_plan_agree_whatever_people_are_called() {
    let odd = [
        ("email", "'ann@example.com"),
        ("email", "a b@example.com"),
        ("email", "a..b@example.com"),
        ("email", "ann@localhost"),
        ("email", "ann"),
        ("email", "b\tc@example.com"),
        ("email", "=cmd@example.com"),
        ("email", "o’neil@example.com"),
        ("email", "\u{430}da@example.com"),
        ("email", "x\u{200b}y@example.com"),
        ("email", "ä@bücher.example"),
        ("email", "two@example.com"),
        ("email", "TWO@example.com"),
        ("firstName", "#N/A"),
        ("firstName", "NULL"),
        ("firstName", "“Ann”"),
        ("firstName", "'Ann"),
        ("firstName", "M\u{fffd}ller"),
        ("firstName", "MÃ¼ller"),
        ("firstName", "\u{3164}"),
        ("firstName", "?"),
        ("firstName", "\u{feff}x"),
        ("firstName", "a\nb"),
        ("firstName", "\u{85}"),
        ("firstName", "''=x"),
        ("firstName", " \u{a0}Zoe\u{308} "),
        ("firstName", "&amp;"),
    ];
    let mut users = people(4);
    for (uid, (attribute, value)) in (10..).zip(odd) {
        users.push(with(person(uid, &format!("odd{uid}")), &[(attribute, json!(value))]));
    }
    let workspace = Workspace::serving(&users);
    let before = workspace.sandbox().lines();
    workspace.run(&["export", "-o", "users.csv"]).exits_with(0);
    let plan = workspace.plan(&["--detailed-exitcode"]);
    assert_eq!((&plan["actions"], &plan["summary"]["invalid"]), (&json!([]), &json!(0)), "{plan}");
    workspace.sync(&[]).exits_with(0);
    assert_eq!(workspace.sandbox().lines(), before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any tenant: its export is its desired state.
    #[test]
    fn an_export_of_any_tenant_shows_no_change(values in prop::collection::vec(("\\PC{0,12}", "\\PC{1,6}", any::<bool>()), 1..8)) {
        let mut users = people(1);
        for (uid, (name, local, is_first)) in (10..).zip(&values) {
            let attribute = if *is_first { "firstName" } else { "lastName" };
            let email = format!("{}@example.com", local.trim());
            users.push(with(person(uid, "x"), &[(attribute, json!(name)), ("email", json!(email))]));
        }
        let workspace = Workspace::serving(&users);
        workspace.run(&["export", "-o", "users.csv"]).exits_with(0);
        let plan = workspace.plan(&[]);
        prop_assert_eq!((&plan["actions"], &plan["summary"]["invalid"]), (&json!([]), &json!(0)), "{}", plan);
    }
}
