//! Every CSV fixture, checked by the built binary: what an operator reads of it, and how the process ends.

use std::path::{Path, PathBuf};

use crate::support::run::Run;
use crate::support::workspace::{Workspace, binary};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/csv")
}

/// `lumsync check` in the folder of the fixtures.
fn check(arguments: &[&str]) -> Run {
    Run::of(&binary(&folder()).arg("check").args(arguments).output().unwrap())
}

/// The exit code and the output of `lumsync check` in the folder of the fixtures.
fn check_and_describe(arguments: &[&str]) -> String {
    let run = check(arguments);
    let part = |title: &str, text: &str| match text {
        "" => String::new(),
        text => format!("--- {title} ---\n{text}"),
    };
    let (stdout, stderr) = (part("standard output", &run.stdout), part("standard error", &run.stderr));
    format!("exit code {}\n{stdout}{stderr}", run.code)
}

#[test]
fn every_fixture_gives_its_diagnostics() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".csv"))
        .collect();
    names.sort();
    assert!(names.len() > 60, "the fixtures are there");
    for name in names {
        insta::assert_snapshot!(name.replace('.', "-"), check_and_describe(&[&name]));
    }
}

#[test]
fn the_operator_can_say_what_is_otherwise_detected() {
    insta::assert_snapshot!("option-column", check_and_describe(&["two-email-headers.csv", "--column", "email=Mail"]));
    insta::assert_snapshot!(
        "option-column-misspelt",
        check_and_describe(&["two-email-headers.csv", "--column", "email=Mial"])
    );
    insta::assert_snapshot!(
        "option-encoding",
        check_and_describe(&["utf16-without-mark.csv", "--encoding", "utf-16le"])
    );
    insta::assert_snapshot!(
        "option-encoding-contradicted",
        check_and_describe(&["utf8-with-mark.csv", "--encoding", "latin1"])
    );
    insta::assert_snapshot!("option-encoding-unknown", check_and_describe(&["clean.csv", "--encoding", "ebcdic"]));
    insta::assert_snapshot!("option-delimiter", check_and_describe(&["semicolon.csv", "--delimiter", "comma"]));
    insta::assert_snapshot!("missing-file", check_and_describe(&["no-such-file.csv"]));
    insta::assert_snapshot!("folder", check_and_describe(&["."]));
}

#[test]
fn standard_input_is_read_like_a_file() {
    let packed = std::fs::File::open(folder().join("packed.csv.gz")).unwrap();
    let run = Run::of(&binary(&folder()).args(["check", "-"]).stdin(packed).output().unwrap());
    assert!(run.exits_with(0).stdout.contains("all 3 rows can be used"));
}

#[test]
fn the_json_output_holds_every_problem_and_the_profile() {
    let document = check(&["many-problems.csv", "--output", "json"]).json();
    assert_eq!(document["format"], "lumsync-check");
    assert_eq!(document["problems"].as_array().unwrap().len(), 25);
    insta::assert_json_snapshot!("json-output", document, { ".problems" => "[25 problems]" });
}

#[test]
fn reports_hold_every_problem_and_no_formula() {
    let workspace = Workspace::with_tenant_file();
    workspace.write_csv("email,status\n=cmd()|x,enabled\nann@example.com,@SUM(1)\n\"bo\nb@example.com\",1\n");
    let json = workspace.path("problems.json");
    let reports = ["--report", "problems.csv", "--report", json.to_str().unwrap()];
    workspace.run(&[&["check", "users.csv"], &reports[..]].concat()).exits_with(2);
    insta::assert_snapshot!("report-csv", workspace.read("problems.csv"));
    let document: serde_json::Value = serde_json::from_str(&workspace.read("problems.json")).unwrap();
    assert_eq!(document["problems"].as_array().unwrap().len(), 3);
    assert_eq!(mode_of(&workspace.path("problems.csv")), 0o600);
    assert_eq!(mode_of(&json), 0o600);
}

fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn no_password_reaches_any_output() {
    let reports = tempfile::tempdir().unwrap();
    let report = reports.path().join("problems.csv");
    for format in ["text", "json"] {
        let run = check(&["passwords.csv", "--output", format, "--report", report.to_str().unwrap()]);
        let output = run.stdout + &run.stderr + &std::fs::read_to_string(&report).unwrap();
        // `three` is in a row whose cells are in the wrong places.
        for secret in ["s3", "cret", "three"] {
            assert!(!output.contains(secret), "{secret} in {output}");
        }
    }
}
