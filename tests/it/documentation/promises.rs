//! `docs/reliability.md` names only tests that there are.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The file that holds a module of tests: `safety::kill` in the integration tests, `api::gate::tests` in the library.
fn source_of(module: &str) -> PathBuf {
    let (folder, module) = match module.strip_suffix("::tests") {
        Some(module) => ("src", module),
        None => ("tests/it", module),
    };
    let path = root().join(folder).join(module.replace("::", "/"));
    let file = path.with_extension("rs");
    if file.exists() { file } else { path.join("mod.rs") }
}

fn is_a_test(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else { return false };
    let source = fs::read_to_string(source_of(module)).unwrap_or_default();
    source.match_indices(&format!("fn {function}(")).any(|(place, _)| {
        let before = source[..place].trim_end().trim_end_matches("async").trim_end();
        before.lines().next_back().is_some_and(|line| line.trim().starts_with("#[") && line.contains("test"))
    })
}

#[test]
fn every_promise_names_a_test_that_is_there() {
    let text = fs::read_to_string(Path::new(&root()).join("docs/reliability.md")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |")).collect();
    assert!(rows.len() > 40, "{} promises", rows.len());
    for row in rows {
        let name = row.trim_end_matches("` |").rsplit_once('`').unwrap().1;
        assert!(is_a_test(name), "there is no test {name}");
    }
    assert!(!is_a_test("safety::kill::no_such_test") && !is_a_test("documentation::promises::root"));
}
