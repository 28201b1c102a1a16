//! The exit codes are told in five places, and all say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lumsync::exit::Exit;
use serde_json::Value;

use crate::support::workspace::Workspace;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn numbers(text: &str) -> BTreeSet<u8> {
    text.split(|character: char| !character.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
}

/// The codes of the table below a heading, and its text.
fn table(path: &str, head: &str) -> (BTreeSet<u8>, String) {
    let text = read(path);
    let (_, rest) = text.split_once(head).unwrap_or_else(|| panic!("{path} has no table {head}"));
    let rows: Vec<&str> = rest.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let code = |row: &&str| {
        let cell = row.split('|').nth(1).unwrap();
        numbers(cell.split("](").next().unwrap())
    };
    (rows.iter().flat_map(code).collect(), rows.join("\n"))
}

#[test]
fn the_tables_the_runbook_the_help_and_the_program_agree() {
    let all: BTreeSet<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
    let (interface, told) = table("docs/interface.md", "| code | means |");
    let (readme, told_again) = table("README.md", "| code | means |");
    let (runbook, _) = table("docs/runbook.md", "| code | in a word | at 3 a.m. |");
    assert_eq!((&interface, &readme, &runbook), (&all, &all, &all));
    assert_eq!(told, told_again);
    let help = Workspace::with_tenant_file().run(&["--help"]).exits_with(0).stdout;
    let (_, help) = help.split_once("Exit codes: ").unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for &exit in Exit::ALL {
        assert!(
            help.contains(&format!("{} {}", exit.code(), exit.words())),
            "{} {} in: {help}",
            exit.code(),
            exit.words()
        );
    }
    assert_eq!(numbers(&help), all);
    let schema: Value = serde_json::from_str(&read("docs/schema/report.schema.json")).unwrap();
    let known = schema["properties"]["exitCode"]["enum"].as_array().unwrap();
    let known: BTreeSet<u8> = known.iter().map(|code| u8::try_from(code.as_u64().unwrap()).unwrap()).collect();
    // A plan alone is pending; a run that was killed has no code of its own.
    let of_a_run = all.iter().copied().filter(|code| *code != Exit::Pending.code()).chain([137]).collect();
    assert_eq!(known, of_a_run);
}
