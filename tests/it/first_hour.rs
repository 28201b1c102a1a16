//! What an admin meets in the first hour: init, doctor, runs, completions, man.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::data::users::{UNCHANGED_CSV, renamed_csv};
use crate::support::external::tools;
use crate::support::sandbox_process::SandboxProcess;
use crate::support::workspace::Workspace;

#[test]
fn init_writes_a_file_that_changes_nothing_until_a_key_is_set() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("users.csv", UNCHANGED_CSV);
    let plan = ["plan", "users.csv", "--sandbox", "tenant.jsonl", "--detailed-exitcode"];
    assert_eq!(workspace.run(&["init"]).code, 0);
    assert_eq!(fs::metadata(workspace.path("lumsync.toml")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(workspace.run(&plan).code, 0);

    let mut all_set = String::new();
    for line in workspace.read("lumsync.toml").lines() {
        all_set += line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line);
        all_set += "\n";
    }
    workspace.write("all.toml", &all_set);
    let with_all =
        workspace.run(&["doctor", "--config", "all.toml", "--sandbox", "tenant.jsonl", "--state-dir", "state"]);
    assert!(with_all.stdout.starts_with("✓ settings      all.toml can be used\n"), "{}", with_all.stdout);
}

#[test]
fn init_leaves_a_file_that_is_there_unless_forced() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("lumsync.toml", "# mine\n");
    let refused = workspace.run(&["init"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(workspace.read("lumsync.toml"), "# mine\n");
    assert_eq!(workspace.run(&["init", "--force"]).code, 0);
    assert!(workspace.read("lumsync.toml").contains("\n#rps = 10\n"));
    assert_eq!(workspace.run(&["init", "--config", "other.toml"]).code, 0);
    assert_eq!(workspace.run(&["init", "-"]).stdout, workspace.read("other.toml"));
}

#[test]
fn doctor_finds_a_healthy_tenant_fit_and_names_what_it_did_not_try() {
    let done = Workspace::with_tenant_file().run(&["doctor", "--sandbox", "tenant.jsonl"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    insta::with_settings!({filters => vec![(r"\d+ ms", "[n] ms"), (r"about \d+ \w+", "about [time]")]}, {
        insta::assert_snapshot!(done.stdout);
    });
    assert_eq!(done.stderr, "");
}

#[test]
fn doctor_tells_a_wrong_setting_a_dead_host_and_a_refused_login_apart() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("token", "some-token");
    let at = |url: &str| workspace.run(&["doctor", "--base-url", url, "--token-file", "token", "--output", "json"]);
    let failed = |stdout: &str| {
        let document: Value = serde_json::from_str(stdout).unwrap();
        let checks = document["checks"].as_array().unwrap().clone();
        let failed: Vec<_> = checks.iter().filter(|check| check["verdict"] == "failed").collect();
        assert!(failed.iter().all(|check| !check["hint"].as_str().unwrap().is_empty()));
        failed.iter().map(|check| check["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    workspace.write("wrong.toml", "[rate]\nrpx = 10\n");
    let wrong = workspace.run(&["doctor", "--config", "wrong.toml", "--output", "json"]);
    assert_eq!((wrong.code, failed(&wrong.stdout)), (2, vec!["settings".to_owned()]));
    assert!(wrong.stdout.contains("wrong.toml:2"), "{}", wrong.stdout);

    let without_login = workspace.run(&["doctor", "--base-url", "https://cell.example.com", "--output", "json"]);
    assert_eq!((without_login.code, failed(&without_login.stdout)), (2, vec!["login".to_owned()]));

    let dead = at("http://127.0.0.1:1");
    assert_eq!((dead.code, failed(&dead.stdout)), (1, vec!["tenant".to_owned()]));

    let sandbox = SandboxProcess::start(&[]);
    let refused = at(sandbox.url());
    assert_eq!((refused.code, failed(&refused.stdout)), (1, vec!["login".to_owned()]), "{}", refused.stdout);
    assert!(!refused.stdout.contains("some-token"));
}

#[test]
fn doctor_writes_nothing_to_the_tenant() {
    let workspace = Workspace::with_tenant_file();
    let sandbox = SandboxProcess::start(&[]);
    let mut command = workspace.command(&["doctor"]);
    command.envs(&sandbox.variables);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!sandbox.read("/_sandbox/traffic").contains("save"));
}

#[test]
fn doctor_finds_a_state_dir_that_can_not_be_written_to() {
    let workspace = Workspace::with_tenant_file();
    workspace.write("file", "");
    let done = workspace.run(&["doctor", "--sandbox", "tenant.jsonl", "--state-dir", "file/state", "-q"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.starts_with("✗ state dir"), "{}", done.stdout);
}

#[test]
fn runs_lists_the_latest_first_with_what_became_of_each() {
    let workspace = Workspace::with_tenant_file();
    let none = workspace.run(&["runs"]);
    assert_eq!((none.code, none.stdout.as_str(), none.stderr.as_str()), (0, "", "No run yet in state\n"));

    assert_eq!(workspace.sync_csv(&renamed_csv(), &["-q"]).code, 0);
    assert_eq!(workspace.sync_csv(UNCHANGED_CSV, &["-q", "--min-rows", "100"]).code, 3);
    fs::create_dir(workspace.path("state/runs/20200101T000000000Z-aaaaaa")).unwrap();
    let done = workspace.run(&["runs"]);
    assert_eq!(done.code, 0);
    let filters = vec![
        (r"2\d{7}T\d{9}Z-[0-9a-f]{6}-[0-9a-f]{4}", "[run                         ]"),
        (r"20\d\d-\d\d-\d\d \d\d:\d\d UTC", "[started          ]"),
        (r"\d\.\d s", "[s] s"),
    ];
    insta::with_settings!({filters => filters}, {
        insta::assert_snapshot!(done.stdout);
    });

    let failed = workspace.run(&["runs", "--failed", "--limit", "1"]);
    assert!(failed.stdout.contains("guardrail") && !failed.stdout.contains("done: "), "{}", failed.stdout);
    assert!(failed.stderr.contains("1 earlier"), "of those that failed: {}", failed.stderr);
    let document: Value = serde_json::from_str(&workspace.run(&["runs", "--output", "json"]).stdout).unwrap();
    assert_eq!(document["runs"][0]["exitCode"], 3);
    assert_eq!(document["runs"][1]["summary"]["update"]["applied"], 1);
    assert_eq!(document["runs"][2]["outcome"], "nothing written: killed before it had a plan, or just begun");
}

#[test]
fn completions_are_scripts_that_their_shells_can_read() {
    let workspace = Workspace::with_tenant_file();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = workspace.run(&["completions", shell]);
        assert_eq!(done.code, 0);
        assert!(done.stdout.contains("detailed-exitcode"), "{shell}");
    }
    let script = workspace.run(&["completions", "bash"]).stdout;
    workspace.write("lumsync.bash", &script);
    let read = "source lumsync.bash && COMP_WORDS=(lumsync do) COMP_CWORD=1 && _lumsync lumsync do lumsync \
        && echo ${COMPREPLY[@]}";
    let output = tools::run(Command::new("bash").args(["-c", read]).current_dir(workspace.path("")), "install bash");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "doctor");
}

#[test]
fn there_is_a_manual_page_for_every_command_without_a_fault_of_form() {
    let workspace = Workspace::with_tenant_file();
    assert_eq!(workspace.run(&["man", "--dir", "pages/man1"]).code, 0);
    let pages =
        fs::read_dir(workspace.path("pages/man1")).unwrap().map(|page| page.unwrap().path()).collect::<Vec<_>>();
    for command in ["check", "plan", "apply", "sync", "export", "report", "runs", "init", "doctor", "sandbox", "man"] {
        let name = format!("lumsync-{command}.1");
        let page = fs::read_to_string(workspace.path("pages/man1").join(&name)).unwrap();
        assert!(page.contains("Examples"), "{name}");
    }
    for page in pages {
        let mut man = Command::new("man");
        man.args(["--warnings", "-l"]).arg(&page).env("MANWIDTH", "100").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        let output = tools::run(&mut man, "install Debian's package `man-db`");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", page.display());
    }
    assert!(workspace.run(&["man"]).stdout.contains(".TH lumsync 1"));
}
