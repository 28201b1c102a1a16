//! The layer rule: data flows one way, so imports go one way (see `src/lib.rs` and `docs/architecture.md`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, and what it may use beside itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("clock", &[]),
    ("approval", &[]),
    ("source", &["model"]),
    ("plan", &["model"]),
    ("api", &["model", "clock"]),
    ("execute", &["model", "plan", "api"]),
    ("exit", &["model", "execute", "plan"]),
    ("record", &["model", "plan", "execute", "report", "clock"]),
    ("report", &["model", "plan", "execute"]),
    ("console", &["model", "plan", "execute"]),
    ("sandbox", &["clock"]),
    ("settings", &["model", "source", "plan", "api", "console"]),
    ("cli", &["settings", "sandbox", "console"]),
];

#[test]
fn imports_go_one_way() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut offences = Vec::new();
    for (layer, allowed) in ALLOWED {
        for file in files_of(&source, layer) {
            let text = fs::read_to_string(&file).unwrap();
            for used in layers_used(&text) {
                if used != *layer && !allowed.contains(&used.as_str()) {
                    offences.push(format!("{} uses {used}", file.strip_prefix(&source).unwrap().display()));
                }
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn every_folder_has_its_place_in_the_layers() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let above = ["commands"];
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_known = ALLOWED.iter().any(|(layer, _)| *layer == name) || above.contains(&name.as_str());
        assert!(is_known || ["lib", "main"].contains(&name.as_str()), "{name} has no place in the layers");
    }
}

/// The planner decides over people's access: nothing there may look at a clock, a file, the network or the log.
#[test]
fn the_pure_layers_hold_no_effects() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let effects = ["std::fs", "std::net", "std::time", "std::env", "tokio", "reqwest", "tracing", "async fn", ".await"];
    for layer in ["model", "plan", "approval"] {
        for file in files_of(&source, layer) {
            let text = fs::read_to_string(&file).unwrap();
            for effect in effects {
                assert!(!text.contains(effect), "{} holds {effect}", file.display());
            }
        }
    }
}

/// What the verbs share knows none of them, and they don't know each other.
#[test]
fn the_job_knows_no_verb() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in files_of(&source, "commands/job") {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("pub(in "));
        for line in code {
            let is_verb = line.replace("crate::commands::job", "").contains("crate::commands::")
                || line.contains("super::super::");
            assert!(!is_verb, "{}: {line}", file.display());
        }
    }
}

fn files_of(source: &Path, layer: &str) -> Vec<PathBuf> {
    let file = source.join(format!("{layer}.rs"));
    if file.is_file() {
        return vec![file];
    }
    let mut files = Vec::new();
    let mut folders = vec![source.join(layer)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "{layer} has no files");
    files
}

/// Every `crate::NAME` outside comments.
fn layers_used(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut used = BTreeSet::new();
    for line in code {
        for (start, _) in line.match_indices("crate::") {
            let name: String = line[start + 7..].chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect();
            used.insert(name);
        }
    }
    used.retain(|name| name.chars().next().is_some_and(char::is_lowercase));
    used
}
