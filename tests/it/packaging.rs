//! What the packaging says to lumsync is understood by it; that the files have the right form is for
//! `packaging/check.sh` to find out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::CommandFactory;
use lumsync::cli::Cli;
use lumsync::exit::Exit;

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
    let manifest = read("packaging/kubernetes/base/lumsync.yaml");
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
fn each_tenant_of_the_cluster_has_arguments_and_settings_that_lumsync_understands() {
    let fleet = read("packaging/kubernetes/fleet.yaml");
    let configs: Vec<String> = (0..100)
        .map(|index| below(&fleet, &format!("{index}.toml: |")).join("\n"))
        .take_while(|config| !config.is_empty())
        .chain(["amber", "birch"].map(|tenant| read(&format!("packaging/kubernetes/overlays/{tenant}/lumsync.toml"))))
        .collect();
    assert!(fleet.contains(&format!("completions: {}\n", configs.len() - 2)), "a completion for each config");
    let arguments: Vec<String> = below(&fleet, "args:")
        .iter()
        .map(|argument| argument.strip_prefix("- ").unwrap().replace("$(JOB_COMPLETION_INDEX)", "0"))
        .collect();
    assert_understood(arguments.iter().map(String::as_str));

    let workspace = Workspace::with_tenant_file();
    workspace.write("users.csv", UNCHANGED_CSV);
    for config in configs {
        workspace.write("map.toml", &config);
        let tenant = ["plan", "users.csv", "--sandbox", "tenant.jsonl", "--config", "map.toml"];
        workspace.run(&tenant).exits_with(0);
    }
}

#[test]
fn the_cron_jobs_logs_name_nobody_and_end_with_the_end_of_the_run() {
    let manifest = read("packaging/kubernetes/base/lumsync.yaml");
    let workspace = Workspace::with_tenant_file();
    workspace.write("map.toml", &below(&manifest, "lumsync.toml: |").join("\n"));
    let arguments = below(&manifest, "args:");
    let quiet: Vec<&str> = arguments
        .iter()
        .map(|argument| argument.strip_prefix("- ").unwrap())
        .filter(|argument| !argument.starts_with("https:") && !argument.starts_with("--config") && *argument != "sync")
        .collect();
    let conflict = "admin@example.com,Ada,Min,enabled\n";
    for (row, code) in [(conflict, 0), ("kim@example,K,N,enabled\n", 2), ("kim@example.com,,,maybe\n", 2)] {
        workspace.write("users.csv", &(UNCHANGED_CSV.to_owned() + row));
        let tenant = ["sync", "users.csv", "--sandbox", "tenant.jsonl", "--config", "map.toml"];
        let ran = workspace.run(&[&tenant[..], &quiet].concat()).exits_with(code);
        assert_eq!(ran.stdout, "");
        assert!(
            !ran.stderr.contains("@example") && ran.stderr.lines().last().unwrap().contains("run ended"),
            "{ran:?}"
        );
    }
}

/// What follows the program's name in the scripts of a workflow.
fn commands_in(workflow: &str, program: &str) -> Vec<String> {
    let joined = workflow.replace("\\\n", "");
    let lines = joined.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let commands = lines.filter_map(|line| line.split_once(program)).map(|(_, rest)| rest.to_owned());
    commands.map(|rest| rest.split(" ||").next().unwrap().to_owned()).collect()
}

#[test]
fn the_workflows_plan_for_review_and_apply_the_plan_that_was_reviewed() {
    for (path, program) in [
        ("packaging/github/lumsync.yml", "\"$LUMSYNC_IMAGE\" "),
        ("packaging/gitlab/lumsync.gitlab-ci.yml", "- lumsync "),
    ] {
        let commands = commands_in(&read(path), program);
        let [plan, apply] = &commands[..] else { panic!("{path}: {commands:?}") };
        let [plan, apply]: [Vec<&str>; 2] = [plan, apply].map(|command| command.split_whitespace().collect());
        for command in [&plan, &apply] {
            assert_understood(command.iter().copied());
        }
        // As they stand, one after the other, on a tenant in a file.
        let workspace = Workspace::with_tenant_file();
        workspace.write("users.csv", &UNCHANGED_CSV.replace("Ray", "Raymond"));
        fs::create_dir(workspace.path("out")).unwrap();
        let tenant = ["--sandbox", "tenant.jsonl", "--rps", "unlimited"];
        workspace.run(&[&plan[..], &tenant].concat()).exits_with(5);
        assert!(workspace.read("out/plan.md").contains("1 change for"));
        workspace.write("users.csv", UNCHANGED_CSV);
        workspace.run(&[&apply[..], &tenant].concat()).exits_with(2).stderr_contains(&["another CSV"]);
        workspace.write("users.csv", &UNCHANGED_CSV.replace("Ray", "Raymond"));
        workspace.run(&[&apply[..], &tenant].concat()).exits_with(0);
        assert!(workspace.read("tenant.jsonl").contains("Raymond"));
    }
}

#[test]
fn the_workflow_mounts_its_files_where_the_image_works() {
    let dockerfile = read("packaging/Dockerfile");
    let place = dockerfile.lines().filter_map(|line| line.strip_prefix("WORKDIR ")).next_back().unwrap();
    let workflow = read("packaging/github/lumsync.yml");
    let mounts = workflow.matches(&format!("--volume \"$PWD:{place}\"")).count();
    assert_eq!((mounts, workflow.matches("docker run").count()), (2, 2));
    assert_eq!(workflow.matches(&format!("LUMSYNC_STATE_DIR={place}/out/state")).count(), 2);
}

#[test]
fn what_the_runbook_says_to_run_again_is_run_again_and_nothing_else() {
    let runbook = read("docs/runbook.md");
    let is_run_again = |code: u8| {
        let row = runbook.lines().find(|line| line.starts_with(&format!("| [{code}](")));
        row.unwrap_or_else(|| panic!("no {code} in the runbook")).contains("run it again")
    };
    let unit = read("packaging/systemd/lumsync.service");
    let prevented = unit.lines().find_map(|line| line.strip_prefix("RestartPreventExitStatus=")).unwrap();
    let manifest = read("packaging/kubernetes/base/lumsync.yaml");
    let fleet = read("packaging/kubernetes/fleet.yaml");
    let [failed, failed_of_fleet] =
        [&manifest, &fleet].map(|text| text.lines().find_map(|line| line.trim().strip_prefix("values: [")).unwrap());
    let codes = |text: &str| -> Vec<u8> {
        text.split([' ', ',', ']']).filter(|word| !word.is_empty()).map(|word| word.parse().unwrap()).collect()
    };
    for exit in [Exit::CouldNot, Exit::Usage, Exit::Guardrail, Exit::Partial, Exit::Locked] {
        let is_left = !is_run_again(exit.code());
        assert_eq!(codes(prevented).contains(&exit.code()), is_left, "systemd: {exit:?}");
        assert_eq!(codes(failed).contains(&exit.code()), is_left, "Kubernetes: {exit:?}");
        assert_eq!(codes(failed_of_fleet).contains(&exit.code()), is_left, "Kubernetes, many tenants: {exit:?}");
    }
    assert!(unit.contains("\nRestart=on-failure\n") && manifest.contains("restartPolicy: Never"));
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
