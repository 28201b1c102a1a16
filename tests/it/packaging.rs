//! What the packaging says to lumsync is understood by it; that the files have the right form is for
//! `packaging/check.sh` to find out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::CommandFactory;
use lumsync::cli::Cli;

use crate::support::data::users::UNCHANGED_CSV;
use crate::support::external::tools;
use crate::support::workspace::Workspace;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn assert_understood<'a>(words: impl Iterator<Item = &'a str>) {
    let words: Vec<&str> = ["lumsync"].into_iter().chain(words).collect();
    let parsed = Cli::command().try_get_matches_from(&words);
    assert!(parsed.is_ok(), "{words:?}\n{}", parsed.unwrap_err());
}

/// The lines of a YAML block scalar or list below a key, without their indent.
fn below<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let mut lines = text.lines().skip_while(|line| line.trim() != key).skip(1).peekable();
    let indent = lines.peek().map_or(0, |line| line.len() - line.trim_start().len());
    let is_below = |line: &&str| line.is_empty() || (line.len() - line.trim_start().len() >= indent);
    lines.take_while(is_below).map(|line| line.get(indent..).unwrap_or_default()).collect()
}

#[test]
fn the_service_starts_a_command_that_lumsync_understands() {
    let unit = read("packaging/systemd/lumsync.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/bin/lumsync ")).unwrap();
    let defaults = read("packaging/debian/default");
    for variable in ["LUMSYNC_OPTIONS", "LUMSYNC_CSV"] {
        assert!(start.contains(variable) && defaults.contains(&format!("\n{variable}=")), "{variable}");
    }
    assert_understood(start.split(' ').filter(|word| *word != "$LUMSYNC_OPTIONS"));
}

#[test]
fn the_cron_job_gives_arguments_and_settings_that_lumsync_understands() {
    let manifest = read("packaging/kubernetes/lumsync.yaml");
    let arguments = below(&manifest, "args:");
    assert_understood(arguments.iter().map(|argument| argument.strip_prefix("- ").unwrap()));

    let workspace = Workspace::with_tenant_file();
    workspace.write("users.csv", UNCHANGED_CSV);
    workspace.write("map.toml", &below(&manifest, "lumsync.toml: |").join("\n"));
    let done = workspace.run(&["plan", "users.csv", "--sandbox", "tenant.jsonl", "--config", "map.toml"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.starts_with('{'), "the log's format is the map's: {}", done.stderr);
}

#[test]
fn the_workflow_runs_commands_that_lumsync_understands() {
    let workflow = read("packaging/github/lumsync.yml");
    let commands: Vec<&str> =
        workflow.lines().filter_map(|line| line.trim().strip_prefix("\"$LUMSYNC_IMAGE\" ")).collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        assert_understood(command.split(' '));
    }
}

#[test]
fn the_image_is_built_with_the_oldest_rust_that_is_supported() {
    let manifest = read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    assert!(read("packaging/Dockerfile").contains(&format!("FROM rust:{version}-")), "{version}");
}

#[test]
fn the_image_has_all_files_that_the_program_is_built_from() {
    let dockerfile = read("packaging/Dockerfile");
    let copied: Vec<PathBuf> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"))
        .flat_map(|line| line.split(' '))
        .map(|word| root().join(word))
        .collect();
    let mut folders = vec![root().join("src")];
    let mut included = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let program = text.split("#[cfg(test)]").next().unwrap();
            for name in program.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let file = path.parent().unwrap().join(name).canonicalize().unwrap();
                let is_copied = copied.iter().any(|copied| file.starts_with(copied));
                assert!(is_copied || is_test_only(&path), "{} of {}", file.display(), path.display());
                included += 1;
            }
        }
    }
    assert!(included > 0);
}

fn is_test_only(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "samples.rs" || name == "tests.rs")
}

#[test]
fn an_installation_has_binary_pages_and_completions() {
    let workspace = Workspace::with_tenant_file();
    let mut install = Command::new("sh");
    install.arg(root().join("packaging/install.sh")).env("DESTDIR", workspace.path("root"));
    install.env("PREFIX", "/usr").env("BINARY", env!("CARGO_BIN_EXE_lumsync"));
    tools::run(&mut install, "install coreutils");
    for file in [
        "bin/lumsync",
        "share/man/man1/lumsync.1",
        "share/man/man1/lumsync-sync.1",
        "share/bash-completion/completions/lumsync",
        "share/zsh/site-functions/_lumsync",
        "share/fish/vendor_completions.d/lumsync.fish",
    ] {
        assert!(workspace.path("root/usr").join(file).metadata().unwrap().len() > 100, "{file}");
    }
}
