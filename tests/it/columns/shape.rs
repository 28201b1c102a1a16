//! The file around the rows: title lines, end marks, other formats, rows that stand twice.

use crate::support::data::users::{UNCHANGED_CSV, person};
use crate::support::run::Run;
use crate::support::workspace::Workspace;

fn check(bytes: &[u8], more: &[&str]) -> Run {
    let workspace = Workspace::with_tenant_file();
    std::fs::write(workspace.path("users.csv"), bytes).unwrap();
    workspace.run(&[&["check", "users.csv"], more].concat())
}

#[test]
fn title_lines_are_named_with_the_line_of_the_header_and_skipped_on_demand() {
    for (titles, lines) in [
        ("Active Workers Report\nAs of;2026-11-25\n\n", "3"),
        ("Report;created by hr@example.com\n", "1"),
        ("Email\n", "1"),
        ("<<<<<<< HEAD\n", "1"),
    ] {
        let text = format!("{titles}{UNCHANGED_CSV}");
        let refused = check(text.as_bytes(), &[]).exits_with(2);
        refused.stderr_contains(&[&format!("--skip-lines {lines}")]);
        let read = check(text.as_bytes(), &["--skip-lines", lines]).exits_with(0);
        assert!(read.stdout.contains("5 valid"), "{}", read.stdout);
    }
    check(b"email\n", &["--skip-lines", "5"]).exits_with(2).stderr_contains(&["no line behind the 5"]);
    let problem = check(b"Title\n\nemail,status\nann@example.com,soon\n", &["--skip-lines", "2"]).exits_with(2);
    assert!(problem.stdout.contains("users.csv:4:"), "{}", problem.stdout);
}

#[test]
fn a_header_that_holds_an_address_is_none() {
    for text in [
        "email,ann@example.com\n",
        "email,Contact hr@example.com\nann@example.com,x\n",
        "ann@example.com\nbob@example.com\n",
    ] {
        check(text.as_bytes(), &[]).exits_with(2).stderr_contains(&["the first row looks like data"]);
    }
}

#[test]
fn the_end_mark_of_dos_ends_the_file() {
    for end in ["\u{1a}", "\n\u{1a}", "\r\n\u{1a}\r\n", "\n\u{1a}\u{1a}"] {
        let text = format!("{}{end}", UNCHANGED_CSV.trim_end());
        let read = check(text.as_bytes(), &[]).exits_with(0);
        assert!(read.stdout.contains("5 valid, 0 invalid"), "{end:?}: {}", read.stdout);
    }
    check(format!("{UNCHANGED_CSV}\u{1a}\nfay@example.com,Fay,Fox,enabled\n").as_bytes(), &[]).exits_with(2);
}

#[test]
fn files_of_other_formats_are_named_for_what_they_are() {
    for (bytes, named) in [
        (&b"BZh91AY&SY"[..], "bzip2"),
        (b"\xfd7zXZ\0\0", "xz"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"PK\x03\x04", "zip"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEM", "PGP"),
        (b"\x85\x01\x0c\x03", "PGP"),
        (b"dn: cn=Ann,dc=example,dc=com\nmail: ann@example.com\n", "LDIF"),
        (b"version: 1\n\ndn: cn=Ann\n", "LDIF"),
        (b"[{\"email\": \"ann@example.com\"}]", "JSON"),
        (b"<html>", "web page"),
    ] {
        check(bytes, &[]).exits_with(2).stderr_contains(&[named, "not a CSV"]);
    }
}

#[test]
fn a_stream_of_bytes_without_an_end_is_refused_by_its_beginning() {
    let workspace = Workspace::with_tenant_file();
    for (input, problem) in [("/dev/urandom", "NUL bytes"), ("/dev/zero", "no line end")] {
        workspace.run(&["check", input]).exits_with(2).stderr_contains(&[input, problem]);
    }
}

#[test]
fn rows_that_agree_count_once_and_rows_that_do_not_are_invalid() {
    let workspace = Workspace::serving(&[person(1, "Ann")]);
    let row = "ann@example.com,Ann,Lee,enabled\n";
    let text = format!("email,firstName,lastName,status\n{row}{row}ANN@example.com,Ann,Lee,active\n");
    let run = workspace.sync_csv(&text, &[]).exits_with(0);
    assert!(run.stderr.contains("count once: 2, first on line 3"), "{}", run.stderr);
    let plan = workspace.plan(&[]);
    assert_eq!(
        (&plan["source"]["rows"], &plan["source"]["validRows"], &plan["source"]["invalidRows"]),
        (&3.into(), &1.into(), &0.into())
    );
    workspace.sync_csv(&format!("{text}ann@example.com,Ann,Lea,enabled\n"), &[]).exits_with(2);
}

#[test]
fn rows_that_name_other_groups_do_not_agree() {
    let with_groups = |first: &str, second: &str| {
        check(format!("email,groups\nann@example.com,{first}\nann@example.com,{second}\n").as_bytes(), &[])
    };
    for (first, second) in [("Sales", "Sales"), ("A; b", "B;A;B"), ("7", "id:7"), ("Zoe\u{308}", "ZO\u{cb}")] {
        with_groups(first, second).exits_with(0);
    }
    for (first, second) in [("Sales", "Marketing"), ("Sales", ""), ("<none>", "Sales"), ("A;B", "A")] {
        with_groups(first, second).exits_with(2);
    }
}

#[test]
fn hints_never_turn_a_meaning_around() {
    for (header, never) in [
        ("Unhidden", "isHidden"),
        ("Not Hidden", "isHidden"),
        ("Inactif ?", "status"),
        ("Non actif", "status"),
        ("Unlocked", "disabled"),
        ("Supervisor E-mail", "email"),
        ("suspended_till", "endDate"),
    ] {
        let run = check(format!("email,status,{header}\nann@example.com,enabled,\n").as_bytes(), &[]);
        let said = run.stdout + &run.stderr;
        assert!(!said.contains(&format!("--column {never}=")), "{header}: {said}");
    }
}

#[test]
fn a_file_of_a_header_alone_has_no_rows() {
    check(b"email,firstName,lastName,status\n", &[]).exits_with(3).stderr_contains(&["0 valid rows", "--min-rows"]);
    check(b"email,firstName,lastName,status\n", &["--min-rows", "0"]).exits_with(0);
}

#[test]
fn a_malformed_proxy_is_wrong_usage_for_a_real_tenant_alone() {
    let workspace = Workspace::serving(&[person(1, "Ann")]);
    workspace.write_csv("email\nann@example.com\n");
    let run = |arguments: &[&str]| {
        Run::of(&workspace.command(arguments).env("https_proxy", "http://proxy:port").output().unwrap())
    };
    run(&["plan", "users.csv"]).exits_with(2).stderr_contains(&["https_proxy", "no address of a proxy"]);
    run(&["export", "--sandbox"]).exits_with(0);
}

#[test]
fn commands_that_keep_nothing_need_no_home() {
    let workspace = Workspace::with_tenant_file();
    workspace.write_csv(UNCHANGED_CSV);
    let without_home = |arguments: &[&str]| {
        let mut command = workspace.command(arguments);
        Run::of(&command.env_remove("HOME").env_remove("LUMSYNC_STATE_DIR").output().unwrap())
    };
    without_home(&["check", "users.csv"]).exits_with(0);
    without_home(&["plan", "users.csv", "--sandbox", "tenant.jsonl"]).exits_with(0);
    without_home(&["export", "--sandbox", "tenant.jsonl"]).exits_with(0);
    without_home(&["sync", "users.csv", "--sandbox", "tenant.jsonl", "--yes"]).exits_with(2);
}
