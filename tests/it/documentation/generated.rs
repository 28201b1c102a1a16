//! The parts of the documentation that the program itself writes. With `UPDATE_DOCS=1` in the environment, these tests
//! bring them up to date instead of comparing.

use std::fmt::Write as _;

use clap::CommandFactory;
use lumsync::cli::Cli;
use lumsync::settings::reference;

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
        explained. Durations are written `90s`, `5m`, `1h30m`; a bare number is seconds.\n\n\
        Every option but `--yes` has a variable: `LUMSYNC_` and its name in capitals, those of single commands (`--out`, \
        `--full`, ...) too. A repeatable option takes a list with commas, a flag `true` or `false` (or `1`, `0`, `yes`, \
        `no`), and `LUMSYNC_SANDBOX=true` stands for `--sandbox` without a file; an empty variable is not set. Besides, \
        `LUMSYNC_TOKEN` holds the token itself, `LUMSYNC_CLIENT_SECRET` the secret itself, and `LUMSYNC_NOTIFY_URL` is \
        the same as `LUMSYNC_NOTIFY`. A variable that begins with `LUMSYNC_` and has no effect is warned of.\n\n\
        A list of a higher layer replaces that of a lower one; the entries of `csv.columns` are added to it. The highest \
        layer that names a login decides which is used. A value that can't be used is reported with the option, the \
        variable, or the line of the file that sets it; so is an unknown key. A config file that everybody may write, or \
        that belongs to another user than root and the one who runs lumsync, is refused.\n\n\
        This page is generated from the declarations in the program.\n"
        .to_owned();
    for section in reference() {
        writeln!(text, "\n## `[{}]`\n\n{}\n", section.name, section.about).unwrap();
        writeln!(text, "| key | default | option | environment | what for |\n| --- | --- | --- | --- | --- |").unwrap();
        for key in section.keys {
            let default = if key.is_example {
                format!("{} (example: `{}`)", key.default, key.toml)
            } else {
                format!("`{}`", key.toml)
            };
            let (name, option, variable, about) = (key.name, key.option, key.variable, key.about);
            writeln!(text, "| `{name}` | {default} | `{option}` | `{variable}` | {about} |").unwrap();
        }
    }
    assert_up_to_date("configuration.md", &text);
}

#[test]
fn every_command_has_examples_in_its_help() {
    let workspace = Workspace::with_tenant_file();
    for command in Cli::command().get_subcommands().filter(|command| command.get_name() != "help") {
        let help = workspace.run(&[command.get_name(), "-h"]).stdout;
        assert!(help.contains("\nExamples:\n"), "{help}");
    }
}
