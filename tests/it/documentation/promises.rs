//! `docs/reliability.md` names only tests that there are, and each of them has been seen to fall: `tests/breakages.toml`
//! says how to break its promise.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

struct Breakage {
    test: String,
    file: String,
    find: String,
    put: String,
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

fn breakages() -> Vec<Breakage> {
    let text = read("tests/breakages.toml");
    let table = DeTable::parse(&text).unwrap();
    let entries = table.get_ref().values().flat_map(|entries| entries.get_ref().as_array().unwrap().iter());
    let breakage = |entry: &DeValue<'_>| {
        let of = |name: &str| entry[name].get_ref().as_str().unwrap().to_owned();
        Breakage { test: of("test"), file: of("file"), find: of("find"), put: of("put") }
    };
    entries.map(|entry| breakage(entry.get_ref())).collect()
}

/// The tests in the last column of each table of promises.
fn tests_of_promises() -> BTreeSet<String> {
    let text = read("docs/reliability.md");
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |"));
    let tests = rows.flat_map(|row| row.rsplit(" | ").next().unwrap().split('`').skip(1).step_by(2));
    tests.map(str::to_owned).collect()
}

/// The files that may hold a module of tests: `safety::kill` of the integration tests, `api::pace::gate::tests` and
/// `plan::tests::grace` of the library.
fn sources_of(module: &str) -> Vec<PathBuf> {
    let of = |folder: &str, module: &str| {
        let path = Path::new(folder).join(module.replace("::", "/"));
        [path.with_extension("rs"), path.join("mod.rs")]
    };
    match module.strip_suffix("::tests") {
        Some(inline) => [of("src", inline), of("src", module)].concat(),
        None if module.contains("::tests::") => of("src", module).to_vec(),
        None => of("tests/it", module).to_vec(),
    }
}

fn is_a_test(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else { return false };
    let is_in = |source: String| {
        source.match_indices(&format!("fn {function}(")).any(|(place, _)| {
            let before = source[..place].trim_end().trim_end_matches("async").trim_end();
            before.lines().next_back().is_some_and(|line| line.trim().starts_with("#[") && line.contains("test"))
        })
    };
    sources_of(module).into_iter().any(|path| is_in(read(path)))
}

#[test]
fn every_promise_names_a_test_that_is_there() {
    let tests = tests_of_promises();
    assert!(tests.len() > 100, "{} tests", tests.len());
    for test in tests {
        assert!(is_a_test(&test), "there is no test {test}");
    }
    assert!(!is_a_test("safety::kill::no_such_test") && !is_a_test("documentation::promises::read"));
}

#[test]
fn every_test_of_a_promise_has_a_breakage_that_can_be_made() {
    let breakages = breakages();
    let broken: BTreeSet<String> = breakages.iter().map(|breakage| breakage.test.clone()).collect();
    let tests = tests_of_promises();
    assert_eq!(tests.difference(&broken).collect::<Vec<_>>(), [""; 0], "without an entry in tests/breakages.toml");
    assert_eq!(broken.difference(&tests).collect::<Vec<_>>(), [""; 0], "without a promise in docs/reliability.md");
    for Breakage { test, file, find, put } in breakages {
        let times = read(&file).matches(&find).count();
        assert!(times == 1 && find != put, "{test}: `{find}` stands {times} times in {file}");
        assert!(file.starts_with("src/"), "{test}: {file}");
    }
}
