//! The summary before the lists: where the changes are, what is unusual about them, and how long they take.

use std::fmt::Write as _;

use crate::support::data::users::{csv_of, people, person, with};
use crate::support::workspace::Workspace;
use serde_json::{Value, json};

/// So many people at one domain.
fn at(domain: &str, from: u32, count: u32) -> Vec<Value> {
    let one = |number| {
        let email = format!("p{number}@{domain}");
        with(person(number, &format!("P{number}")), &[("email", json!(email))])
    };
    (from..from + count).map(one).collect()
}

fn lines_with<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.contains(word)).collect()
}

#[test]
fn changes_are_told_by_domain_and_by_field_before_anybody_is_listed() {
    let workspace = Workspace::serving(&[at("one.example.com", 1, 30), at("two.example.org", 100, 9)].concat());
    let mut csv = csv_of(&at("one.example.com", 1, 30)).replace(",Lee\n", ",Lee-Ray\n");
    writeln!(csv, "new@two.example.org,New,Person").unwrap();
    workspace.write_csv(&csv);
    let more = ["--max-disable", "50", "--max-update", "50", "--rps", "10", "--report", "p.html", "--report", "p.md"];
    let text = workspace.run(&[&["plan", "users.csv"][..], &more].concat()).exits_with(0).stdout;
    for told in [&text, &workspace.read("p.html"), &workspace.read("p.md")] {
        for words in [
            "lastName 30",
            "about 79 calls, 7.9 s at 10 a second",
            "30 of 30 updates change lastName alone",
            "9 of 9 who lose access are of two.example.org",
        ] {
            let place = told.find(words).unwrap_or_else(|| panic!("no `{words}` in {told}"));
            assert!(place < told.find("p100").unwrap(), "{told}");
        }
    }
    let domain = |domain: &str| {
        lines_with(&text, domain).into_iter().find(|line| !line.contains('@') && !line.contains("of ")).unwrap()
    };
    assert_eq!(
        domain("one.example.com").split_whitespace().collect::<Vec<_>>(),
        ["one.example.com", "0", "0", "0", "30"]
    );
    assert_eq!(
        domain("two.example.org").split_whitespace().collect::<Vec<_>>(),
        ["two.example.org", "9", "1", "0", "0"]
    );
}

#[test]
fn what_the_last_good_run_had_is_told_and_a_shift_is_unusual() {
    let workspace = Workspace::serving(&people(40));
    let first = workspace.sync_csv(&csv_of(&people(40)), &[]).exits_with(0);
    assert!(!first.stdout.contains("Since last time") && first.stdout.contains("were not judged"), "{}", first.stdout);
    let plan = |rows| {
        workspace.write_csv(&csv_of(&people(rows)));
        workspace.run(&["plan", "users.csv"]).exits_with(0).stdout
    };
    let same = plan(40);
    assert!(same.contains("40 valid rows, as then; 40 users in scope, as then") && !same.contains("Unusual"), "{same}");
    let fewer = plan(35);
    assert!(fewer.contains("35 valid rows, 40 then"), "{fewer}");
    assert!(fewer.contains("5 fewer valid rows than at the last good run (12%)"), "{fewer}");
    let more = plan(44);
    assert!(more.contains("4 more valid rows than at the last good run (10%)"), "{more}");
    assert!(!plan(43).contains("Unusual"));
}

#[test]
fn far_more_changes_of_a_kind_than_at_the_last_good_run_are_unusual() {
    let workspace = Workspace::serving(&people(40));
    let renamed = |count| csv_of(&people(40)).replacen(",Lee\n", ",Ray\n", count);
    let unusual = |count| {
        workspace.write_csv(&renamed(count));
        let text = workspace.run(&["plan", "users.csv"]).exits_with(0).stdout;
        text.lines().find(|line| line.contains("at the last good run")).map(|line| line.trim().to_owned())
    };
    assert_eq!(unusual(40), None, "there is no run to compare with");
    workspace.sync_csv(&renamed(2), &[]).exits_with(0);
    assert_eq!(unusual(11), None, "nine are less than five times as many");
    assert_eq!(unusual(12).as_deref(), Some("! 10 to update (25% of the users in scope), 2 at the last good run"));
    workspace.sync_csv(&renamed(2), &[]).exits_with(0);
    assert_eq!(unusual(6), None, "four are too few");
    assert_eq!(unusual(7).as_deref(), Some("! 5 to update (12% of the users in scope), none at the last good run"));
}

#[test]
fn few_changes_have_no_pattern_and_many_domains_are_summed_up() {
    let tenant: Vec<Value> = (1..=12).flat_map(|number| at(&format!("d{number:02}.example.com"), number, 1)).collect();
    let workspace = Workspace::serving(&tenant);
    workspace.write_csv(&csv_of(&tenant).replace(",Lee\n", ",Ray\n"));
    let text = workspace.run(&["plan", "users.csv"]).exits_with(0).stdout;
    assert!(!text.contains("Unusual"), "{text}");
    let rest = lines_with(&text, "4 other domains");
    assert_eq!(rest.len(), 1, "{text}");
    assert!(rest[0].split_whitespace().eq(["4", "other", "domains", "0", "0", "0", "4"]), "{rest:?}");
}
