//! The parts of the documentation that the program itself writes. With `UPDATE_DOCS=1` in the environment, these tests
//! bring them up to date instead of comparing.

use std::fmt::Write as _;

use clap::CommandFactory;
use lumsync::cli::Cli;
use lumsync::settings::{SECTIONS, Value};

use crate::support::assertions::generated::assert_up_to_date;
use crate::support::workspace::Workspace;

#[test]
fn the_command_reference_is_what_help_says() {
    let workspace = Workspace::with_tenant_file();
    let mut text = "# Commands\n\n\
        What `lumsync help` and `lumsync help COMMAND` say; written by a test, so that it is never out of date.\n"
        .to_owned();
    let mut push = |title: &str, arguments: &[&str]| {
        let help = workspace.run(arguments).stdout;
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        writeln!(text, "\n## {title}\n\n```text\n{}\n```", help.join("\n").trim_end()).unwrap();
    };
    push("lumsync", &["--help"]);
    for command in Cli::command().get_subcommands() {
        push(&format!("lumsync {}", command.get_name()), &["help", command.get_name()]);
    }
    assert_up_to_date("cli.md", &text);
}

#[test]
fn the_configuration_reference_is_what_the_code_reads() {
    let mut text = "# Configuration\n\n\
        An option goes over a variable of the environment, that over the config file (`--config FILE`, else \
        `./lumsync.toml` where it exists), and the file over the defaults. `lumsync init` writes a file with every key \
        explained; a key that lumsync does not know is an error with its line. Durations are written `90s`, `5m`, `1h30m`; \
        a bare number is seconds.\n\n\
        This page is written by a test from the list that the program itself uses.\n"
        .to_owned();
    for section in SECTIONS {
        writeln!(text, "\n## `[{}]`\n\n{}\n", section.name, section.about).unwrap();
        writeln!(text, "| key | default | option | environment | what for |\n| --- | --- | --- | --- | --- |").unwrap();
        for key in section.keys {
            let default = match key.value {
                Value::Default(toml) => format!("`{toml}`"),
                Value::Example { toml, absent } => format!("{absent} (example: `{toml}`)"),
            };
            let code = |word: Option<&str>| word.map_or_else(String::new, |word| format!("`{word}`"));
            let (option, variable) = (code(key.option), code(key.variable));
            writeln!(text, "| `{}` | {default} | {option} | {variable} | {} |", key.name, key.about).unwrap();
        }
    }
    assert_up_to_date("configuration.md", &text);
}

#[test]
fn every_option_that_the_configuration_names_is_one_of_sync() {
    let sync = Cli::command();
    let sync = sync.find_subcommand("sync").unwrap();
    let global = Cli::command();
    let mut options: Vec<&str> = sync.get_arguments().filter_map(clap::Arg::get_long).collect();
    options.extend(global.get_arguments().filter_map(clap::Arg::get_long));
    for key in SECTIONS.iter().flat_map(|section| section.keys) {
        if let Some(option) = key.option {
            let long = option.split(' ').next().unwrap().trim_start_matches("--");
            assert!(options.contains(&long), "{option}");
        }
    }
}

#[test]
fn every_command_has_examples_in_its_help() {
    let workspace = Workspace::with_tenant_file();
    for command in Cli::command().get_subcommands().filter(|command| command.get_name() != "help") {
        let help = workspace.run(&[command.get_name(), "-h"]).stdout;
        assert!(help.contains("\nExamples:\n"), "{help}");
    }
}
