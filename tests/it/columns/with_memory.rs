//! What is held against the columns of the last good run, and what needs a person.

use crate::support::data::users::{csv_of, people, person, with};
use crate::support::workspace::Workspace;

const WITH_STATUS: &str =
    "email,firstName,lastName,status\nann@example.com,Ann,Lee,enabled\nlea@example.com,Lea,Lee,disabled\n";
const WITHOUT_STATUS: &str = "email,firstName,lastName\nann@example.com,Ann,Lee\nlea@example.com,Lea,Lee\n";

fn tenant() -> Workspace {
    Workspace::serving(&[person(1, "Ann"), with(person(2, "Lea"), &[("status", "disabled".into())])])
}

#[test]
fn a_managed_column_that_is_gone_trips_until_it_is_allowed() {
    let workspace = tenant();
    workspace.sync_csv(WITH_STATUS, &[]).exits_with(0);
    for partial in [&[][..], &["--partial"]] {
        let run = workspace.sync_csv(WITHOUT_STATUS, partial).exits_with(3);
        run.stderr_contains(&["1 managed column", "--allow-column-change"]);
    }
    assert!(workspace.saves().is_empty());
    let plan = workspace.run(&["plan", "users.csv", "-o", "plan.json"]).exits_with(0);
    assert!(plan.stdout.contains("columns that are gone: status"), "{}", plan.stdout);
    workspace.run(&["apply", "plan.json"]).exits_with(3);
    workspace.sync(&["--allow-column-change"]).exits_with(0);
    workspace.sync(&[]).exits_with(0);
}

#[test]
fn a_partial_csv_may_have_fewer_names() {
    let workspace = tenant();
    workspace.sync_csv(WITH_STATUS, &[]).exits_with(0);
    workspace.sync_csv("email,status\nlea@example.com,disabled\n", &["--partial"]).exits_with(0);
}

#[test]
fn exactly_so_many_rows_are_expected() {
    let workspace = Workspace::serving(&people(3));
    workspace.write_csv(&csv_of(&people(3)));
    for command in [&["check", "users.csv"][..], &["sync", "users.csv", "--yes"]] {
        for wrong in ["2", "4"] {
            let run = workspace.run(&[command, &["--expect-rows", wrong]].concat()).exits_with(3);
            run.stderr_contains(&["3 rows", wrong, "--expect-rows"]);
        }
        workspace.run(&[command, &["--expect-rows", "3"]].concat()).exits_with(0);
    }
    workspace.run(&["check", "users.csv", "--min-rows", "4"]).exits_with(3);
    assert!(workspace.saves().is_empty());
}

#[test]
fn a_column_that_is_ignored_for_the_first_time_needs_a_person_and_later_none() {
    let text = "email,firstName,lastName,status,Shoe Size\nann@example.com,Ann,Lee,enabled,42\n";
    for partial in [&["-q"][..], &["-q", "--partial"]] {
        let workspace = Workspace::serving(&[person(1, "Ann")]);
        let first = workspace.sync_csv(text, partial).exits_with(0);
        assert!(first.stdout.contains("ignored for the first time: shoesize"), "{}", first.stdout);
        assert_eq!(workspace.sync_csv(text, partial).exits_with(0).stdout, "");
        let another = workspace.sync_csv(&text.replace("Shoe Size", "Hat Size"), partial).exits_with(0);
        assert!(another.stdout.contains("hatsize"), "{}", another.stdout);
    }
}

#[test]
fn a_leaver_who_is_not_to_be_found_needs_a_person() {
    let workspace = Workspace::serving(&[person(1, "Ann")]);
    let text = "email,firstName,lastName,status\nann@example.com,Ann,Lee,enabled\nlee@example.com,Lea,Lee,disabled\n";
    let run = workspace.sync_csv(text, &["-q"]).exits_with(0);
    assert!(run.stdout.contains("line 3") && run.stdout.contains("not to be found"), "{}", run.stdout);
    let report = workspace.report();
    assert_eq!(report["attention"][0]["kind"], "leaversNotFound");
}

#[test]
fn a_pattern_and_a_domain_that_match_nobody_are_told() {
    let workspace = Workspace::serving(&[person(1, "Ann")]);
    workspace.write_csv("email,firstName,lastName,status\nann@example.com,Ann,Lee,enabled\n");
    let options =
        ["-q", "--protect", "boss@example.org", "--email-domain", "example.com", "--email-domain", "exmaple.com"];
    let run = workspace.sync(&options).exits_with(0);
    for told in ["--protect boss@example.org matches no user", "--email-domain exmaple.com matches no user"] {
        assert!(run.stdout.contains(told), "{}", run.stdout);
    }
    let run = workspace.sync(&["-q", "--protect", "ann@*", "--email-domain", "example.com"]).exits_with(0);
    assert_eq!(run.stdout, "");
}
