//! What a job that nobody watches leaves behind: silence, log lines, metrics, notifications.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::data::users::{UNCHANGED_CSV, renamed_csv};
use crate::support::server::{Reply, Server};
use crate::support::workspace::Workspace;

/// A chat's hook: its server, and the URL to post to.
fn hook(answer: Reply) -> (Server, String) {
    let server = Server::start(move |_| answer.clone());
    let url = format!("{}/services/hush-hush", server.url());
    (server, url)
}

/// The text of the only message that was posted.
fn text_of(hook: &Server) -> String {
    let requests = hook.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((request.method.as_str(), request.uri.path()), ("POST", "/services/hush-hush"));
    assert_eq!(request.headers["content-type"], "application/json");
    request.json()["text"].as_str().unwrap().to_owned()
}

/// The name of the only run, which is its id.
fn run_id(workspace: &Workspace) -> String {
    workspace.runs()[0].file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_quiet_job_that_changes_nothing_says_nothing() {
    let workspace = Workspace::with_tenant_file();
    let csv = UNCHANGED_CSV.replace("status\n", "status,Team\n").replace("abled\n", "abled,Sales\n");
    // That a column is ignored is told once.
    workspace.sync_csv(&csv, &[]).exits_with(0);
    let done = workspace.sync_csv(&csv, &["-q"]);
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_quiet_job_that_does_its_work_says_nothing() {
    let workspace = Workspace::with_tenant_file();
    let done = workspace.sync_csv(&renamed_csv(), &["-q"]);
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, "", ""));
    assert!(workspace.read("tenant.jsonl").contains("Raymond"));
}

#[test]
fn a_quiet_job_that_leaves_something_for_a_person_prints_the_report() {
    let workspace = Workspace::with_tenant_file();
    let conflict = renamed_csv() + "admin@example.com,Ada,Min,enabled\n";
    let done = workspace.sync_csv(&conflict, &["-q"]);
    assert_eq!(done.code, 0);
    assert!(done.stdout.contains("Conflicts 1"), "{}", done.stdout);
    let again = workspace.sync_csv(&conflict, &["-q"]);
    assert!(again.stdout.contains("Conflicts 1"), "a conflict is told until somebody decides: {}", again.stdout);

    let stopped = workspace.sync_csv(UNCHANGED_CSV, &["-q", "--min-rows", "100"]);
    assert_eq!(stopped.code, 3);
    assert!(stopped.stdout.contains("a guardrail stopped the run"), "{}", stopped.stdout);
    assert!(stopped.stderr.starts_with("error: nothing was written"), "{}", stopped.stderr);
}

#[test]
fn a_quiet_job_still_prints_the_json_that_a_script_asked_for() {
    let done = Workspace::with_tenant_file().sync_csv(UNCHANGED_CSV, &["-q", "--output", "json"]);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["exitCode"], 0);
}

#[test]
fn with_json_logs_every_line_of_standard_error_is_an_object_with_the_run() {
    let workspace = Workspace::with_tenant_file();
    let with_problem = UNCHANGED_CSV.to_owned() + "not-an-address,A,B,enabled\n";
    for (csv, more, code) in [
        (UNCHANGED_CSV.to_owned(), &[][..], 0),
        (UNCHANGED_CSV.to_owned(), &["--min-rows", "100"], 3),
        (with_problem.clone(), &[], 2),
        (with_problem, &["--on-invalid", "skip"], 0),
        (UNCHANGED_CSV.to_owned(), &["--max-shrink", "7"], 2),
        (UNCHANGED_CSV.to_owned(), &["--report", "run.odd"], 2),
    ] {
        let done = workspace.sync_csv(&csv, &[&["--log-format", "json"], more].concat());
        assert_eq!(done.code, code, "{}", done.stderr);
        let lines: Vec<Value> = done.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!lines.is_empty());
        for line in &lines {
            assert!(line["run_id"].as_str().is_some_and(|id| id.len() > 16) && line["time"].is_string(), "{line}");
        }
        let errors = lines.iter().filter(|line| line["level"] == "error").count();
        assert_eq!(errors > 0, code != 0 || done.stderr.contains("invalid row"), "{}", done.stderr);
    }
}

#[test]
fn the_run_of_the_log_is_the_run_of_the_report() {
    let workspace = Workspace::with_tenant_file();
    let done = workspace.sync_csv(UNCHANGED_CSV, &["--log-format", "json"]);
    let run = &run_id(&workspace);
    assert!(done.stderr.lines().count() > 1 && done.stderr.lines().all(|line| line.contains(run)), "{}", done.stderr);
}

#[test]
fn the_metrics_file_tells_how_every_run_ended_and_can_be_read_by_the_collector() {
    let workspace = Workspace::with_tenant_file();
    for (more, code) in [(&[][..], "0"), (&["--min-rows", "100"], "3")] {
        workspace.sync_csv(&renamed_csv(), &[&["--metrics-file", "run.prom"], more].concat());
        let metrics = workspace.read("run.prom");
        let line = metrics.lines().find(|line| line.starts_with("lumsync_last_run_exit_code{")).unwrap();
        assert!(line.ends_with(&format!("}} {code}")), "{line}");
    }
    assert_eq!(fs::metadata(workspace.path("run.prom")).unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn metrics_that_can_not_be_written_make_a_good_run_a_bad_one() {
    let done = Workspace::with_tenant_file().sync_csv(UNCHANGED_CSV, &["--metrics-file", "no/such/folder/run.prom"]);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("no/such/folder/run.prom"), "{}", done.stderr);
}

#[test]
fn a_change_is_posted_when_changes_are_asked_for() {
    let (workspace, (hook, url)) = (Workspace::with_tenant_file(), hook(Reply::status(200)));
    let run = workspace.sync_csv(&renamed_csv(), &["--notify", &url, "--notify-on", "change", "-q"]);
    assert_eq!(run.code, 0);
    let text = text_of(&hook);
    assert!(text.contains("Applied 1 of 1 change") && text.contains(&run_id(&workspace)), "{text}");
    assert!(!text.contains("bob@example.com"), "a chat has other readers than the report: {text}");
}

#[test]
fn a_guardrail_is_posted_by_default() {
    let (workspace, (hook, url)) = (Workspace::with_tenant_file(), hook(Reply::status(200)));
    assert_eq!(workspace.sync_csv(UNCHANGED_CSV, &["--notify", &url, "--min-rows", "100"]).code, 3);
    assert!(text_of(&hook).contains("min_rows"));
}

#[test]
fn a_job_that_could_not_begin_is_posted_as_a_failure() {
    let (workspace, (hook, url)) = (Workspace::with_tenant_file(), hook(Reply::status(202)));
    workspace.write_csv(UNCHANGED_CSV);
    workspace.write("lumsync.toml", &format!("[notify]\nurl = \"{url}\"\n"));
    assert_eq!(workspace.run(&["sync", "users.csv", "--yes"]).code, 2);
    let text = text_of(&hook);
    assert!(text.contains("did not begin") && text.contains("wrong usage"), "{text}");
}

#[test]
fn a_good_run_is_posted_to_nobody_by_default() {
    let (workspace, (hook, url)) = (Workspace::with_tenant_file(), hook(Reply::status(200)));
    assert_eq!(workspace.sync_csv(&renamed_csv(), &["--notify", &url]).code, 0);
    assert!(hook.requests().is_empty());
}

#[test]
fn a_hook_that_fails_is_a_warning_and_its_url_is_written_nowhere() {
    for answer in [Reply::status(500), Reply::status(302), Reply::close()] {
        let (workspace, (hook, url)) = (Workspace::with_tenant_file(), hook(answer));
        let more = ["-vv", "--notify", &url, "--notify-on", "always", "--report", "run.json"];
        let run = workspace.sync_csv(&renamed_csv(), &more).exits_with(0);
        assert!(run.stderr.contains("warning: the notification could not be posted"), "{}", run.stderr);
        assert!(!hook.requests().is_empty());
        let folder = &workspace.runs()[0];
        let kept =
            ["plan.json", "report.json", "journal.jsonl"].map(|name| fs::read_to_string(folder.join(name)).unwrap());
        for text in kept.iter().chain([&run.stdout, &run.stderr, &workspace.read("run.json")]) {
            assert!(!text.contains("hush-hush"), "{text}");
        }
    }
}

#[test]
fn a_hook_that_moved_is_not_followed() {
    let (workspace, (elsewhere, new_url)) = (Workspace::with_tenant_file(), hook(Reply::status(200)));
    let (_hook, url) = hook(Reply::status(307).header("location", &new_url));
    let run = workspace.sync_csv(&renamed_csv(), &["--notify", &url, "--notify-on", "always"]);
    assert!(run.stderr.contains("the answer was 307"), "{}", run.stderr);
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_hook_without_https_is_refused_without_being_repeated() {
    let run =
        Workspace::with_tenant_file().sync_csv(UNCHANGED_CSV, &["--notify", "http://hooks.example.com/hush-hush"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("https://") && !run.stderr.contains("hush-hush"), "{}", run.stderr);
}
