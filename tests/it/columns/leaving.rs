//! A column that speaks of who has left is never ignored in silence.

use proptest::prelude::*;
use proptest::sample::select;

use crate::support::data::users::{person, with};
use crate::support::workspace::Workspace;

/// Ann is in, and Lea has left.
fn tenant() -> Workspace {
    Workspace::serving(&[person(1, "Ann"), with(person(2, "Lea"), &[("status", "disabled".into())])])
}

fn csv(header: &str, of_ann: &str, of_lea: &str) -> String {
    format!("email,firstName,lastName,{header}\nann@example.com,Ann,Lee,{of_ann}\nlea@example.com,Lea,Lee,{of_lea}\n")
}

#[test]
fn a_header_that_speaks_of_leaving_stops_the_run_with_both_ways_out() {
    for (header, [ann, lea], way) in [
        ("Left", ["0", "1"], "--column disabled=\"Left\""),
        ("Is Currently Active", ["1", "0"], "--column status=\"Is Currently Active\""),
        ("Employee Status Code", ["A", "T"], "--column status=\"Employee Status Code\""),
        ("Kündigungsdatum", ["", "2020-10-31"], "--column endDate=\"Kündigungsdatum\""),
        ("Datum van uit dienst", ["", "2020-10-31"], "--column endDate="),
        ("isArchived", ["false", "true"], "--column disabled=\"isArchived\""),
    ] {
        let workspace = tenant();
        workspace.write_csv(&csv(header, ann, lea));
        for command in [&["check", "users.csv"][..], &["plan", "users.csv"], &["sync", "users.csv", "--yes"]] {
            let run = workspace.run(command).exits_with(2);
            run.stderr_contains(&[header, way, &format!("--ignore-column \"{header}\"")]);
        }
        assert!(workspace.saves().is_empty());
    }
}

#[test]
fn a_value_that_speaks_of_leaving_stops_the_run_wherever_it_stands() {
    let workspace = tenant();
    let filler: String = (0..9_000).map(|number| format!("p{number}@example.com,Pat,Lee,Sales\n")).collect();
    workspace.write_csv(&format!("{}{filler}last@example.com,La,St,Ausgeschieden\n", csv("Remark", "Sales", "Sales")));
    workspace.sync(&[]).exits_with(2).stderr_contains(&[
        "\"Remark\" (column 4)", "line 9004", "Ausgeschieden", "--column status=\"Remark\"",
        "--ignore-column \"Remark\"",
    ]);
    assert!(workspace.saves().is_empty());
}

#[test]
fn dates_under_a_header_of_an_end_stop_the_run_however_far_down_the_first_one_stands() {
    let filler: String = (0..9_000).map(|number| format!("p{number}@example.com,Pat,Lee,\n")).collect();
    for (header, day) in [
        ("Valid Through", "2020-10-31"),
        ("Effective To", "31-Oct-2020"),
        ("Gültigkeitsende", "31.10.2020"),
        ("Data final", "31/10/2020"),
        ("Vervaldatum", "20201031"),
        ("Fin", "2020-10-31T00:00:00"),
        ("Remark", "31.12.9999"),
    ] {
        let workspace = tenant();
        workspace.write_csv(&format!("{}{filler}last@example.com,La,St,{day}\n", csv(header, "", "")));
        let run = workspace.sync(&[]).exits_with(2);
        run.stderr_contains(&["line 9004", day, &format!("--column endDate=\"{header}\""), "--ignore-column"]);
        assert!(workspace.saves().is_empty());
    }
    let workspace = tenant();
    workspace.write_csv(&csv("Last Login", "2020-10-31", "2026-01-01"));
    workspace.run(&["check", "users.csv"]).exits_with(0);
}

#[test]
fn a_slip_of_the_pen_for_such_a_column_stops_the_run_too() {
    for (header, field) in [("Statsu", "status"), ("Enddatee", "endDate"), ("suspendet", "disabled")] {
        let workspace = tenant();
        let run = workspace.sync_csv(&csv(header, "", "x"), &[]).exits_with(2);
        run.stderr_contains(&[&format!("--column {field}=\"{header}\"")]);
    }
    tenant().sync_csv(&csv("State", "TX", "CA"), &["--max-enable", "1"]).exits_with(0);
}

#[test]
fn a_word_has_one_meaning() {
    let workspace = tenant();
    for words in [
        ["--status-word", "X=enabled", "--status-word", "x=disabled"],
        ["--status-word", "X=disabled", "--null-word", "X"],
    ] {
        workspace.sync_csv(&csv("status", "enabled", "X"), &words).exits_with(2).stderr_contains(&["two meanings"]);
    }
    workspace.sync_csv(&csv("status", "enabled", "X"), &["--status-word", "X=disabled", "--status-word", "x=disabled"]);
    assert!(!workspace.is_enabled("lea@example.com"));
}

#[test]
fn both_ways_out_lead_on() {
    let workspace = tenant();
    workspace.sync_csv(&csv("Left", "0", "1"), &["--column", "disabled=Left"]).exits_with(0);
    workspace.sync_csv(&csv("Phase", "Permanent", "Terminated"), &["--ignore-column", "phase"]).exits_with(3);
    let words =
        ["--column", "status=Phase", "--status-word", "permanent=enabled", "--status-word", "Terminated=disabled"];
    workspace.sync_csv(&csv("Phase", "Permanent", "Terminated"), &[&words[..], &["--allow-column-change"]].concat());
    assert!(workspace.saves().is_empty());
    let fresh = tenant();
    fresh.sync_csv(&csv("Left", "0", "1"), &["--ignore-column", "Left"]).exits_with(0);
    assert!(fresh.is_enabled("lea@example.com"), "the operator has said that everybody is in");
}

#[test]
fn beside_a_column_that_is_read_it_is_a_warning_that_needs_a_person() {
    let workspace = tenant();
    let text = csv("status,Left", "enabled,0", "disabled,1");
    let run = workspace.sync_csv(&text, &["-q"]).exits_with(0);
    assert!(run.stdout.contains("speaks of who has left"), "{}", run.stdout);
    let run = workspace.sync_csv(&text, &["-q"]).exits_with(0);
    assert!(run.stdout.contains("speaks of who has left"), "every night, until somebody decides: {}", run.stdout);
    let run = workspace.sync_csv(&text, &["-q", "--ignore-column", "Left"]).exits_with(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn a_column_of_the_opposite_is_read_as_the_opposite() {
    for header in ["disabled", "Suspended", "locked", "Inaktiv", "Désactivé", "Bloccato", "Geblokkeerd"] {
        let workspace = tenant();
        workspace.sync_csv(&csv(header, "no", "yes"), &[]).exits_with(0);
        assert!(workspace.saves().is_empty(), "{header}");
        workspace.sync_csv(&csv(header, "yes", ""), &[]).exits_with(0);
        assert!(!workspace.is_enabled("ann@example.com"), "{header}");
        assert!(!workspace.is_enabled("lea@example.com"), "{header}: an empty cell leaves it as it is");
    }
}

#[test]
fn columns_that_contradict_each_other_are_an_invalid_row() {
    let workspace = tenant();
    workspace
        .sync_csv(&csv("status,disabled", "enabled,yes", "disabled,yes"), &[])
        .exits_with(2)
        .stderr_contains(&["disabled by this column, and enabled by its status"]);
}

const SUBJECTS: [&str; 8] = ["", "Account ", "employee_", "Benutzer ", "salarié ", "Empleado-", "HR ", "user."];
const WORDS: [&str; 30] = [
    "Suspended", "Terminated", "Deactivated", "Archived", "Left", "Separation", "Offboarded", "Is Active", "Enabled",
    "Locked", "Ausgeschieden", "Gekündigt", "Austritt", "Gesperrt", "Sorti", "Démission", "Radié", "Baja", "Despedido",
    "Cese", "Cessato", "Licenziato", "Dimissioni", "Desligado", "Demitido", "Afastado", "Uit dienst", "Ontslag",
    "Vertrokken", "Last working day",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However the word is written and whatever stands around it, the file is read by it or refused.
    #[test]
    fn no_word_of_leaving_is_ignored(
        subject in select(&SUBJECTS),
        word in select(&WORDS),
        tail in select(vec!["", " Code", "?", " (0/1)", " [x]", "_flag", ":"]),
        form in 0..4,
    ) {
        let header = format!("{subject}{word}{tail}");
        let header = match form {
            0 => header.to_uppercase(),
            1 => header.to_lowercase(),
            2 => header.replace(' ', "_"),
            _ => header,
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("users.csv"), csv(&header, "", "")).unwrap();
        let mut command = crate::support::workspace::binary(folder.path());
        let run = crate::support::run::Run::of(&command.args(["check", "users.csv", "--output", "json"]).output().unwrap());
        let is_read = run.code == 0 && ["status", "disabled", "endDate"].iter().any(|field| run.json()["profile"]["mapped"].get(field).is_some());
        let is_refused = run.code == 2 && run.stderr.contains("speaks of who has left");
        prop_assert!(is_read || is_refused, "{header}: {} {}", run.code, run.stderr);
    }
}
