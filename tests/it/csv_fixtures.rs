//! Every CSV fixture, checked by the built binary: what an operator reads of it, and how the process ends.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/csv")
}

/// Runs `lumsync check` inside the fixtures' folder and tells what came of it.
fn check(arguments: &[&str]) -> String {
    let output =
        Command::cargo_bin("lumsync").unwrap().current_dir(folder()).arg("check").args(arguments).output().unwrap();
    let part = |title: &str, bytes: &[u8]| match std::str::from_utf8(bytes).unwrap() {
        "" => String::new(),
        text => format!("--- {title} ---\n{text}"),
    };
    let code = output.status.code().unwrap();
    format!("exit code {code}\n{}{}", part("standard output", &output.stdout), part("standard error", &output.stderr))
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
        insta::assert_snapshot!(name.replace('.', "-"), check(&[&name]));
    }
}

#[test]
fn the_operator_can_say_what_is_otherwise_detected() {
    insta::assert_snapshot!("option-column", check(&["two-email-headers.csv", "--column", "email=Mail"]));
    insta::assert_snapshot!("option-column-misspelt", check(&["two-email-headers.csv", "--column", "email=Mial"]));
    insta::assert_snapshot!("option-encoding", check(&["utf16-without-mark.csv", "--encoding", "utf-16le"]));
    insta::assert_snapshot!("option-encoding-contradicted", check(&["utf8-with-mark.csv", "--encoding", "latin1"]));
    insta::assert_snapshot!("option-encoding-unknown", check(&["clean.csv", "--encoding", "ebcdic"]));
    insta::assert_snapshot!("option-delimiter", check(&["semicolon.csv", "--delimiter", "comma"]));
    insta::assert_snapshot!("missing-file", check(&["no-such-file.csv"]));
    insta::assert_snapshot!("folder", check(&["."]));
}

#[test]
fn standard_input_is_read_like_a_file() {
    let bytes = std::fs::read(folder().join("packed.csv.gz")).unwrap();
    let output = Command::cargo_bin("lumsync").unwrap().args(["check", "-"]).write_stdin(bytes).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("all 3 rows can be used"));
}

#[test]
fn the_json_output_holds_every_problem_and_the_profile() {
    let output = Command::cargo_bin("lumsync")
        .unwrap()
        .current_dir(folder())
        .args(["check", "many-problems.csv", "--output", "json"])
        .output()
        .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["format"], "lumsync-check");
    assert_eq!(document["problems"].as_array().unwrap().len(), 25);
    insta::assert_json_snapshot!("json-output", document, { ".problems" => "[25 problems]" });
}

#[test]
fn reports_hold_every_problem_and_no_formula() {
    let reports = tempfile::tempdir().unwrap();
    let [csv, json] = ["problems.csv", "problems.json"].map(|name| reports.path().join(name));
    let file = reports.path().join("users.csv");
    std::fs::write(&file, "email,status\n=cmd()|x,enabled\nann@example.com,@SUM(1)\n\"bo\nb@example.com\",1\n")
        .unwrap();
    let status = Command::cargo_bin("lumsync")
        .unwrap()
        .current_dir(reports.path())
        .args(["check", "users.csv", "--report", "problems.csv", "--report"])
        .arg(&json)
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(2));
    insta::assert_snapshot!("report-csv", std::fs::read_to_string(&csv).unwrap());
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(document["problems"].as_array().unwrap().len(), 3);
    assert_eq!(mode_of(&csv), 0o600);
    assert_eq!(mode_of(&json), 0o600);
}

fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn no_password_reaches_any_output() {
    let file = folder().join("passwords.csv");
    let secrets = ["s3", "cret", "three"];
    let reports = tempfile::tempdir().unwrap();
    let report = reports.path().join("problems.csv");
    for format in ["text", "json"] {
        let output = Command::cargo_bin("lumsync")
            .unwrap()
            .arg("check")
            .arg(&file)
            .args(["--output", format, "--report"])
            .arg(&report)
            .output()
            .unwrap();
        let mut said = String::from_utf8(output.stdout).unwrap();
        said.push_str(&String::from_utf8(output.stderr).unwrap());
        said.push_str(&std::fs::read_to_string(&report).unwrap());
        // `three` stands in a row whose cells are in the wrong places.
        for secret in secrets {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
}
